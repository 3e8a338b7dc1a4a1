/** How a commit gets its modules: its lock file, the package manager, and whether the working tree's are the same. */
import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { dirname, join, posix } from 'node:path'
import { blobOf, changedSince, filesOf, type Repository, textOf } from '../git/repository.ts'
import type { Checkout } from '../model/plan.ts'
import type { World } from '../model/world.ts'

const NPM_CI = 'npm ci --no-audit --no-fund --prefer-offline'
const BUN = 'bun install --frozen-lockfile'

/** The command for each lock file. Where there are several, `packageManager` in the manifest decides, or else this order. */
const INSTALLS = Object.entries({
  'package-lock.json': NPM_CI,
  'npm-shrinkwrap.json': NPM_CI,
  'pnpm-lock.yaml': 'pnpm install --frozen-lockfile --prefer-offline',
  'yarn.lock': 'yarn install --frozen-lockfile --prefer-offline --non-interactive',
  'bun.lock': BUN,
  'bun.lockb': BUN,
})

/** Yarn 2 and later, known by a section of their lock files. */
const BERRY = { mark: /^__metadata:/m, install: 'yarn install --immutable' }

/** Scripts of the project that a package manager runs, and that can change `node_modules`. */
const INSTALL_SCRIPTS = ['preinstall', 'install', 'postinstall']

/** Other scripts that it runs; their effects are outside of `node_modules`. */
const OTHER_SCRIPTS = ['prepublish', 'prepare']

/** Matches a command that installs modules itself. */
const INSTALLING = /\b(npm|pnpm|yarn|bun)\b[^&|;]*\b(ci|i|install)\b|\byarn\s*($|--|&&|;)/

type Section = 'scripts' | 'dependencies' | 'devDependencies' | 'optionalDependencies'

interface Manifest extends Partial<Record<Section, Record<string, unknown>>> {
  workspaces?: unknown
  packageManager?: unknown
}

/** A commit, and the folder of the service in it, relative to the repository. */
interface Place {
  repository: Repository
  commit: string
  directory: string
}

/** What installs the commit's modules, and whether a copy of the working tree's would do. */
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
  // Why a copy of the working tree's modules would differ from an install; undefined if it would not.
  const otherModules = (await scriptIn(place)) ?? (await differenceIn(place, lockfile))
  // A command of the target can change the modules after the install.
  const kept = !prepare && lockfile?.install[0] === 'npm' && (await keptModules(place, lockfile, world))
  const install = lockfile &&
    prepare !== false && {
      command: lockfile.install,
      directory: join(folder, dirname(lockfile.path)),
      lockfile: lockfile.path,
      kept: kept || undefined,
    }
  return { install: install || undefined, prepare: own, otherModules }
}

interface Lockfile {
  /** Relative to the repository. */
  path: string
  /** The command that installs exactly this. */
  install: string[]
}

/** The nearest lock file in the folder or above it. */
async function lockfileOf({ repository, commit, directory }: Place): Promise<Lockfile | null> {
  const files = new Set(await filesOf(repository, commit))
  for (const folder of upwards(directory)) {
    const found = INSTALLS.filter(([file]) => files.has(posix.join(folder, file)))
    if (found.length === 0) continue
    const { packageManager } = await manifestIn(repository, commit, folder)
    const isNamed = ([, command]: [string, string]) =>
      String(packageManager).startsWith(`${command.split(' ')[0]}@`)
    const [file, install] = found.find(isNamed) ?? found[0]!
    const path = posix.join(folder, file)
    const text = install.startsWith('yarn') ? await textOf(repository, commit, path) : null
    return { path, install: (BERRY.mark.test(text ?? '') ? BERRY.install : install).split(' ') }
  }
  return null
}

/** The folder and those above it, up to the repository. */
function upwards(directory: string): string[] {
  const within = slashed(directory) || '.'
  return within === '.' ? ['.'] : [within, ...upwards(dirname(within))]
}

/** An install script can change the modules in any way, depending on any file of the commit. */
async function scriptIn({ repository, commit, directory }: Place): Promise<string | undefined> {
  for (const folder of upwards(directory)) {
    const { scripts = {} } = await manifestIn(repository, commit, folder)
    const name = INSTALL_SCRIPTS.find(script => Object.hasOwn(scripts, script))
    if (name) return `\`${name}\` in ${posix.join(folder, 'package.json')} is part of the install`
  }
  return undefined
}

async function differenceIn({ repository, commit }: Place, lockfile: Lockfile | null) {
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
 * Whether modules installed for `after` also serve `before`. An extra runtime dependency rules that out, because older code
 * may probe for it; an extra tool does not.
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
 * Where the modules are kept for the next checkout that needs the same ones; `undefined` when an install depends on more
 * than the lock file: on folders of the repository, or on scripts, which can read any file.
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

/** Whether every package comes from a registry and is only unpacked. Lock files before npm 7 do not list scripts. */
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

/** Broken JSON counts as empty: the package manager will report it. */
function parsed(text: string | null): Manifest {
  try {
    const value: unknown = JSON.parse(text ?? '{}')
    return value !== null && typeof value === 'object' ? value : {}
  } catch {
    return {}
  }
}

/** git writes paths with slashes on every platform. */
const slashed = (path: string) => path.replaceAll('\\', '/')
