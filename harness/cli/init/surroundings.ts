/** The repository and the lock file that a project belongs to. */
import { existsSync } from 'node:fs'
import { readFile, realpath } from 'node:fs/promises'
import { dirname, join, relative, sep } from 'node:path'
import { openRepository, resolveCommit } from '../../git/repository.ts'
import type { Host } from '../host.ts'

/** The first lock file of a folder decides. */
const LOCK_FILES = [
  ['pnpm-lock.yaml', 'pnpm'],
  ['yarn.lock', 'yarn'],
  ['bun.lock', 'bun'],
  ['bun.lockb', 'bun'],
  ['package-lock.json', 'npm'],
  ['npm-shrinkwrap.json', 'npm'],
] as const

export type Manager = (typeof LOCK_FILES)[number][1]

export interface Surroundings {
  /** Absent when there is no lock file. */
  manager?: Manager
  /** Whether it is Yarn 2 or later, which has settings of its own. */
  berry: boolean
  /** Whether the manifest next to the lock file names the version of the manager. */
  pinned: boolean
  /** The repository's folder, relative to the project (`../..`, or `.`); absent when there is no repository. */
  root?: string
  /** Whether there is a commit to compare with. */
  committed: boolean
  /** The project's folder in the repository, with slashes; `.` for its root. */
  folder: string
  system: 'github' | 'gitlab' | 'none'
}

export async function surroundingsOf(host: Host): Promise<Surroundings> {
  const directory = await realpath(host.cwd())
  const repository = await openRepository(directory, host.env).catch(() => undefined)
  const top = repository && (await realpath(repository.root))
  const committed = repository !== undefined && (await resolveCommit(repository, 'HEAD').then(...YES_OR_NO))
  const above = upwards(directory, top)
  const [place, manager] = above.flatMap(lockIn)[0] ?? []
  return {
    manager,
    berry: place !== undefined && existsSync(join(place, '.yarnrc.yml')),
    pinned: place !== undefined && /"packageManager"\s*:/.test(await textOf(join(place, 'package.json'))),
    root: top && (slashed(relative(directory, top)) || '.'),
    committed,
    folder: (top && slashed(relative(top, directory))) || '.',
    system: top === undefined ? 'none' : existsSync(join(top, '.gitlab-ci.yml')) ? 'gitlab' : 'github',
  }
}

const YES_OR_NO = [() => true, () => false] as const

const textOf = (path: string) => readFile(path, 'utf8').catch(() => '')

function lockIn(folder: string): [string, Manager][] {
  const found = LOCK_FILES.find(([file]) => existsSync(join(folder, file)))
  return found ? [[folder, found[1]]] : []
}

/** The folder and those above it, up to the repository; without one, only the folder. */
export function upwards(folder: string, top = folder): string[] {
  return folder === top || dirname(folder) === folder ? [folder] : [folder, ...upwards(dirname(folder), top)]
}

/** A path with slashes on every platform. */
export const slashed = (path: string) => path.split(sep).join('/')
