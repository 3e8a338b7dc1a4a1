/** Packages that lie in the repository, and which of them package managers install as copies. */
import { readFile } from 'node:fs/promises'
import { join, posix, sep } from 'node:path'

export interface OwnPackages {
  /** Names under which manifests ask for a copy, with the folder relative to the repository. */
  declared: Map<string, string>
  /**
   * Where a package in `node_modules` was copied from; `undefined` where it comes from elsewhere.
   *
   * @param place relative to the repository
   */
  copiedFrom(name: string, place: string): string | undefined
}

interface Manifest {
  name?: string
  dependencies?: Record<string, string>
  devDependencies?: Record<string, string>
  optionalDependencies?: Record<string, string>
}

/**
 * @param folder the checkout
 * @param files all of them, relative to it
 */
export async function ownPackages(folder: string, files: string[]): Promise<OwnPackages> {
  const named = new Map<string, string>()
  const declared = new Map<string, string>()
  const isFolder = new Set(files.map(file => posix.dirname(file)))
  for (const file of files.filter(isManifest)) {
    const home = posix.dirname(file)
    const { name, ...manifest } = await manifestAt(join(folder, file))
    if (name) named.set(name, home)
    for (const [key, range] of dependenciesOf(manifest)) {
      const place = /^file:(.+)/.exec(range)?.[1]
      const source = place && posix.join(home, place.replace(/\/$/, ''))
      if (source && isFolder.has(source)) declared.set(key, source)
    }
  }
  return {
    declared,
    copiedFrom(name, place) {
      // pnpm has each package in a folder that says where it is from; in its store, a name alone says nothing.
      if (place.includes('@file+')) return declared.get(name) ?? named.get(name)
      const isDirect = place.split(sep).filter(part => part === 'node_modules').length === 1
      return isDirect ? declared.get(name) : undefined
    },
  }
}

const isManifest = (file: string) =>
  posix.basename(file) === 'package.json' && !file.split('/').includes('node_modules')

const dependenciesOf = ({ dependencies, devDependencies, optionalDependencies }: Manifest) =>
  Object.entries({ ...dependencies, ...devDependencies, ...optionalDependencies })

async function manifestAt(path: string): Promise<Manifest> {
  try {
    return JSON.parse(await readFile(path, 'utf8')) as Manifest
  } catch {
    return {}
  }
}
