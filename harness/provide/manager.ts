/** Finds the package manager of a lock file on this machine. */
import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { dirname, join, relative } from 'node:path'
import { execa } from 'execa'
import type { Checkout } from '../model/plan.ts'
import type { World } from '../model/world.ts'
import { isInside } from '../paths/inside.ts'

/** Time limit for `--version`, in ms: starting a manager through Corepack is slow. */
const PATIENCE = 30_000

/** Corepack must not ask, because nobody would answer, and must not download anything. */
const UNASKED = { COREPACK_ENABLE_DOWNLOAD_PROMPT: '0' }
const OFFLINE = { COREPACK_ENABLE_NETWORK: '0' }

/**
 * The words that start it: the commit's own, the working tree's, the one on `PATH`, or Corepack's.
 *
 * @param command the install command, with the plain name of the manager
 * @param directory where it will run, in the checkout
 */
export async function findManager(
  command: string[],
  directory: string,
  { repository, folder }: Checkout,
  { environment, signal, platform }: World,
): Promise<string[] | undefined> {
  const name = command[0]!
  const brought = name === 'yarn' ? await broughtYarn(directory) : undefined
  const candidates = [
    ...(brought ? [[platform.execPath, brought]] : []),
    ...installed(name, join(repository, relative(folder, directory)), repository),
    [name],
    ['corepack', name],
  ]
  for (const words of candidates) {
    const [program, ...args] = words
    const { exitCode, stdout } = await execa(program!, [...args, '--version'], {
      cwd: directory,
      env: { ...environment, ...UNASKED, ...(program === 'corepack' && OFFLINE) },
      extendEnv: false,
      stdin: 'ignore',
      reject: false,
      timeout: PATIENCE,
      cancelSignal: signal,
    })
    signal.throwIfAborted()
    if (exitCode === 0 && isSuited(command, stdout.trim())) return words
  }
  return undefined
}

/** A repository can contain its own Yarn. */
async function broughtYarn(directory: string): Promise<string | undefined> {
  const settings = await readFile(join(directory, '.yarnrc.yml'), 'utf8').catch(() => '')
  const path = /^yarnPath:\s*["']?([^"'\r\n]+)/m.exec(settings)?.[1]?.trim()
  return path && existsSync(join(directory, path)) ? join(directory, path) : undefined
}

/** Installed as a dependency, in the folder or above it. */
function installed(name: string, directory: string, root: string): string[][] {
  if (!isInside(root, directory)) return []
  const program = join(directory, 'node_modules', '.bin', name)
  return [...(existsSync(program) ? [[program]] : []), ...installed(name, dirname(directory), root)]
}

/** Yarn 1 cannot read the lock files of later versions, which have other flags. */
const isSuited = ([name, ...args]: string[], version: string) =>
  name === 'yarn' ? /^[01]\./.test(version) === !args.includes('--immutable') : /^\d+\./.test(version)
