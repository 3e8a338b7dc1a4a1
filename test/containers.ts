/** The container engine of this machine, and images made of the machine's own files, so that no registry is asked. */
import { execFileSync } from 'node:child_process'
import { existsSync, realpathSync } from 'node:fs'
import { dirname, join } from 'node:path'

process.env.CONTAINERS_CONF ??= join(import.meta.dirname, 'fixtures', 'containers.conf')

/** Path of podman, if it is installed. */
export const podman: string | undefined = findPodman()

function findPodman(): string | undefined {
  try {
    return execFileSync('which', ['podman'], { encoding: 'utf8' }).trim()
  } catch {
    return undefined
  }
}

/**
 * Makes an image of programs with the libraries that they need.
 *
 * @param paths absolute: programs, and other files or folders
 * @param changes as in a Dockerfile, for example `ENTRYPOINT ["/bin/sh"]`
 */
export function makeImage(name: string, paths: string[], changes: string[] = []): void {
  const all = [...new Set(paths.flatMap(path => [path, ...librariesOf(path)]))].filter(path =>
    existsSync(path),
  )
  // Links become the files that they name: the image has none of their targets.
  const tar = execFileSync('tar', ['-chf', '-', '-C', '/', ...all.map(path => path.slice(1))], {
    maxBuffer: 2 ** 30,
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  execFileSync(podman!, ['import', ...changes.flatMap(change => ['--change', change]), '-', name], {
    input: tar,
    stdio: ['pipe', 'ignore', 'pipe'],
  })
}

/** Flamegate's containers of these services or needs. Others may be those of a test that runs at the same time. */
export function containersOf(...names: string[]): string[] {
  const known = new RegExp(`^flamegate-(?:${names.join('|')})(?:-again)?-[0-9a-f]+$`)
  const all = execFileSync(podman!, ['ps', '--all', '--format', '{{.Names}}'], { encoding: 'utf8' })
  return all.split('\n').filter(name => known.test(name))
}

export function removeImage(name: string): void {
  execFileSync(podman!, ['rmi', '--force', name], { stdio: 'ignore' })
}

/** Shared libraries of a program, and the loader. */
function librariesOf(path: string): string[] {
  try {
    const text = execFileSync('ldd', [realpathSync(path)], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    })
    return text.match(/\/\S+/g)?.filter(library => dirname(library) !== '/') ?? []
  } catch {
    return []
  }
}
