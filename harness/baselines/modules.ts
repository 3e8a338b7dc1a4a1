/** What a commit's modules are: its lock file, whose it is, and whether the working tree has the same ones. */
import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { dirname, join, posix } from 'node:path'
import { blobOf, changedSince, filesOf, type Repository, textOf } from '../git/index.ts'
import type { Checkout } from '../model/plan.ts'
import type { World } from '../model/world.ts'

/** The order decides where a folder has lock files of several, unless `packageManager` of its manifest does. */
const MANAGERS = [
  {
    name: 'npm',
    lockfiles: ['package-lock.json', 'npm-shrinkwrap.json'],
    install: ['npm', 'ci', '--no-audit', '--no-fund', '--prefer-offline'],
  },
  {
    name: 'pnpm',
    lockfiles: ['pnpm-lock.yaml'],
    install: ['pnpm', 'install', '--frozen-lockfile', '--prefer-offline'],
  },
  {
    name: 'yarn',
    lockfiles: ['yarn.lock'],
    install: ['yarn', 'install', '--frozen-lockfile', '--prefer-offline', '--non-interactive'],
  },
  { name: 'bun', lockfiles: ['bun.lock', 'bun.lockb'], install: ['bun', 'install', '--frozen-lockfile'] },
]

/** Yarn 2 and later; their lock files have a section of this name. */
const BERRY = { mark: /^__metadata:/m, install: ['yarn', 'install', '--immutable'] }

/** What a package manager runs for the project itself, and what it makes of `node_modules` in doing so. */
const INSTALL_SCRIPTS = ['preinstall', 'install', 'postinstall']

/** What it runs beside these, whose effects lie outside of `node_modules`. */
const OTHER_SCRIPTS = ['prepublish', 'prepare']

/** A command of the target that installs by itself. */
const INSTALLING = /\b(npm|pnpm|yarn|bun)\b[^&|;]*\b(ci|i|install)\b|\byarn\s*($|--|&&|;)/

interface Manifest {
  workspaces?: unknown
  packageManager?: unknown
  scripts?: Record<string, unknown>
  dependencies?: Record<string, unknown>
  devDependencies?: Record<string, unknown>
  optionalDependencies?: Record<string, unknown>
}

/** A commit, and the folder in it that the service runs in, relative to the repository. */
interface Place {
  repository: Repository
  commit: string
  directory: string
}

/** Where the commit’s modules come from: what installs them, and whether those of the working tree would do. */
export async function planModules(
  place: Place,
  prepare: string[] | false | undefined,
  folder: string,
  world: World,
): Promise<Pick<Checkout, 'install' | 'prepare' | 'otherModules'>> {
  const installs = prepare ? INSTALLING.test(prepare.join(' ')) : false
  const own = prepare
    ? { command: prepare, directory: join(folder, place.directory), installs: installs || undefined }
    : undefined
  if (installs) return { prepare: own }
  const lockfile = await lockfileOf(place)
  const other = await otherModules(place, lockfile)
  // What the target does after the install may change the modules.
  const kept = !prepare && lockfile?.install[0] === 'npm' && (await keptModules(place, lockfile, world))
  const install = lockfile &&
    prepare !== false && {
      command: lockfile.install,
      directory: join(folder, dirname(lockfile.path)),
      lockfile: lockfile.path,
      kept: kept || undefined,
    }
  return { install: install || undefined, prepare: own, otherModules: other }
}

interface Lockfile {
  /** Relative to the repository. */
  path: string
  /** The command that installs what it says, and nothing else. */
  install: string[]
}

/** The nearest one in the folder or above it. */
async function lockfileOf(place: Place): Promise<Lockfile | null> {
  const { repository, commit, directory } = place
  const files = new Set(await filesOf(repository, commit))
  for (const folder of upwards(directory)) {
    const found = MANAGERS.flatMap(({ name, lockfiles, install }) => {
      const path = lockfiles.map(file => posix.join(folder, file)).find(file => files.has(file))
      return path === undefined ? [] : [{ name, path, install }]
    })
    if (found.length === 0) continue
    const { packageManager } = await manifestIn(repository, commit, folder)
    const { name, path, install } =
      found.find(({ name }) => String(packageManager).startsWith(`${name}@`)) ?? found[0]!
    const text = name === 'yarn' ? ((await textOf(repository, commit, path)) ?? '') : ''
    return { path, install: BERRY.mark.test(text) ? BERRY.install : install }
  }
  return null
}

/** The folder and those above it, up to the repository's own. */
function upwards(directory: string): string[] {
  const within = slashed(directory) || '.'
  return within === '.' ? ['.'] : [within, ...upwards(dirname(within))]
}

/** Why a copy of the working tree's modules would not be what an install of the commit makes; `undefined` where it is. */
async function otherModules(place: Place, lockfile: Lockfile | null): Promise<string | undefined> {
  const { repository, commit } = place
  return (await scriptIn(place)) ?? (await differenceIn(repository, commit, lockfile))
}

/** A script of the project may make anything of the modules, from any file of the commit. */
async function scriptIn({ repository, commit, directory }: Place): Promise<string | undefined> {
  for (const folder of upwards(directory)) {
    const { scripts = {} } = await manifestIn(repository, commit, folder)
    const name = INSTALL_SCRIPTS.find(script => Object.hasOwn(scripts, script))
    if (name) return `\`${name}\` in ${posix.join(folder, 'package.json')} is a part of the install`
  }
  return undefined
}

async function differenceIn(repository: Repository, commit: string, lockfile: Lockfile | null) {
  const patterns = lockfile ? [`:(literal)${lockfile.path}`] : [':(glob)**/package.json', ':(glob)**/*.tgz']
  for (const path of await changedSince(repository, commit, patterns)) {
    if (lockfile || !path.endsWith('.json')) return `${path} differs from the working tree’s`
    const before = await manifestIn(repository, commit, dirname(path))
    const after = parsed(await readFile(join(repository.root, path), 'utf8').catch(() => null))
    if (!isCovered(before, after)) return `the dependencies in ${path} differ from the working tree’s`
  }
  return undefined
}

/**
 * Whether what is installed for one manifest does for an older one. What only the newer one has could be found where the
 * older one finds nothing, except for tools.
 */
function isCovered(before: Manifest, after: Manifest): boolean {
  const all = ({ dependencies, devDependencies, optionalDependencies }: Manifest) => ({
    ...devDependencies,
    ...optionalDependencies,
    ...dependencies,
  })
  const [wanted, there] = [all(before), all(after)]
  if (Object.keys(wanted).length === 0) return true
  const added = Object.keys({ ...after.dependencies, ...after.optionalDependencies })
  return (
    Object.entries(wanted).every(([name, range]) => there[name] === range) &&
    added.every(name => Object.hasOwn(wanted, name))
  )
}

/**
 * Where the modules wait for the next checkout that needs the same ones; `undefined` where an install depends on more
 * than the lock file: on folders of the repository, or on what scripts read, which can be any file.
 */
async function keptModules(
  { repository, commit }: Place,
  { path }: Lockfile,
  { directory, environment }: World,
): Promise<string | undefined> {
  const folder = dirname(path)
  const { workspaces, scripts = {} } = await manifestIn(repository, commit, folder)
  const runsScripts = [...INSTALL_SCRIPTS, ...OTHER_SCRIPTS].some(name => Object.hasOwn(scripts, name))
  const text = await textOf(repository, commit, path)
  if (workspaces !== undefined || runsScripts || !isPure(text)) return undefined
  const settings = Object.entries(environment).filter(([name]) => /^(npm_config_|NODE_ENV$)/i.test(name))
  const user = environment.NPM_CONFIG_USERCONFIG ?? join(environment.HOME ?? homedir(), '.npmrc')
  const key = [
    text,
    await blobOf(repository, commit, posix.join(folder, '.npmrc')),
    await readFile(user, 'utf8').catch(() => null),
    settings.toSorted(),
    // Native modules are built for one Node on one kind of machine.
    [process.version, process.platform, process.arch],
  ]
  const hash = createHash('sha256').update(JSON.stringify(key)).digest('hex')
  return join(directory, '.bench', 'cache', 'modules', hash.slice(0, 24))
}

interface NpmLock {
  packages?: Record<
    string,
    { link?: boolean; hasInstallScript?: boolean; integrity?: string; inBundle?: boolean }
  >
}

/** Whether all of it comes from a registry and is only unpacked. Locks before npm 7 do not say which packages run scripts. */
function isPure(text: string | null): boolean {
  const { packages } = parsed(text) as NpmLock
  if (!packages) return false
  return Object.entries(packages).every(
    ([path, { link, hasInstallScript, integrity, inBundle }]) =>
      path === '' || (!link && !hasInstallScript && (integrity !== undefined || inBundle === true)),
  )
}

const manifestIn = async (repository: Repository, commit: string, folder: string): Promise<Manifest> =>
  parsed(await textOf(repository, commit, posix.join(folder, 'package.json')))

/** A package manager will say what is wrong with it, in its own words. */
function parsed(text: string | null): Manifest {
  try {
    const value: unknown = JSON.parse(text ?? '{}')
    return value !== null && typeof value === 'object' ? value : {}
  } catch {
    return {}
  }
}

/** git writes paths with slashes everywhere. */
const slashed = (path: string) => path.replaceAll('\\', '/')
