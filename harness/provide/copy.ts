/** Copies the working tree's modules into a checkout. Links into the working tree become links into the checkout. */
import { lstatSync } from 'node:fs'
import { constants, copyFile, lstat, mkdir, readdir, readlink, realpath, symlink } from 'node:fs/promises'
import { basename, dirname, join, relative, resolve, sep } from 'node:path'
import { filesOf } from '../git/repository.ts'
import { MeasureError } from '../model/errors.ts'
import type { Checkout } from '../model/plan.ts'
import type { World } from '../model/world.ts'
import { isInside } from '../paths/inside.ts'
import { hasNpmScript, INSTALL_SCRIPTS } from './files.ts'
import { type OwnPackages, ownPackages } from './own-packages.ts'

export const MODULES = 'node_modules'

/** What package managers make in a project's folder; the last ones are from Yarn Plug'n'Play. */
const PLACES = [MODULES, '.pnp.cjs', '.pnp.loader.mjs', '.pnp.data.json', '.yarn/cache', '.yarn/unplugged']

/** Their folders in `node_modules`. Other dot folders are caches, or generated from files of the working tree. */
const STORES = new Set(['.bin', '.pnpm', '.store', '.bun'])

/** Places, relative to the repository, where the working tree has modules and the checkout has none. */
export async function modulesToCopy(checkout: Checkout, world: World): Promise<string[]> {
  const { repository, folder } = checkout
  const places = (await foldersOf(checkout, world)).flatMap(each => PLACES.map(name => join(each, name)))
  return places.filter(place => isTaken(join(repository, place)) && !isTaken(join(folder, place)))
}

/**
 * Nothing is shared: modules find others only in the checkout, and nothing is written into the working tree.
 *
 * @returns packages that have install scripts
 * @throws MeasureError when the copy fails, or a manager keeps the repository's packages in archives
 */
export async function copyModules(checkout: Checkout, places: string[], world: World): Promise<string[]> {
  const { repository, folder } = checkout
  const own = await ownPackages(folder, await filesIn(checkout, world))
  refuseArchives(places, own)
  const scripted: string[] = []
  const copying = { checkout, own, signal: world.signal, scripted }
  try {
    for (const place of places) {
      await mkdir(dirname(join(folder, place)), { recursive: true })
      await copy(join(repository, place), join(folder, place), copying)
    }
  } catch (cause) {
    world.signal.throwIfAborted()
    throw new MeasureError('The modules of the working tree cannot be copied.', {
      place: folder,
      details: cause instanceof Error ? cause.message : String(cause),
      advice: 'Free some space, or set `prepare` of the target to the command that installs them.',
      cause,
    })
  }
  return [...new Set(scripted)].toSorted()
}

/** All files of the commit. */
export const filesIn = ({ repository, commit }: Checkout, { environment }: World) =>
  filesOf({ root: repository, environment }, commit)

/** The folders of a commit, the root first. */
export async function foldersOf(checkout: Checkout, world: World): Promise<string[]> {
  const folders = new Set<string>(['.'])
  for (const file of await filesIn(checkout, world))
    for (let folder = dirname(file); !folders.has(folder); folder = dirname(folder)) folders.add(folder)
  return [...folders].filter(folder => !folder.split('/').includes(MODULES)).toSorted()
}

/** Also true for a link that leads nowhere. */
const isTaken = (path: string) => lstatSync(path, { throwIfNoEntry: false }) !== undefined

/** An archive cannot be replaced by a folder. */
function refuseArchives(places: string[], { asked }: OwnPackages): void {
  const names = asked.flatMap(({ name, byPath }) => (byPath ? [name] : []))
  if (names.length === 0 || !places.some(place => basename(place) === '.pnp.cjs')) return
  throw new MeasureError('The working tree’s modules hold packages of the repository in archives.', {
    place: names.join(', '),
    advice: 'Install Yarn, or use `link:` or `portal:` where the manifest says `file:`.',
  })
}

interface Copying {
  checkout: Checkout
  own: OwnPackages
  signal: AbortSignal
  /** Packages with install scripts, as they are found. */
  scripted: string[]
}

async function copy(from: string, to: string, copying: Copying): Promise<void> {
  const it = await lstat(from)
  if (it.isSymbolicLink()) return await symlink(await targetOf(from, to, copying.checkout), to)
  if (it.isDirectory()) return await copyFolder(from, to, copying)
  if (it.isFile()) await copyFile(from, to, constants.COPYFILE_FICLONE)
}

async function copyFolder(from: string, to: string, copying: Copying): Promise<void> {
  const { checkout, own, signal, scripted } = copying
  signal.throwIfAborted()
  await mkdir(to)
  const entries = await readdir(from, { withFileTypes: true })
  const folders = entries.filter(it => it.isDirectory())
  const others = entries.filter(it => !it.isDirectory())
  // Wait for all of them before an error ends the copy: one that still writes would get in the way of the removal.
  const ended = await Promise.allSettled(
    others.map(({ name }) => copy(join(from, name), join(to, name), copying)),
  )
  for (const each of ended) if (each.status === 'rejected') throw each.reason
  for (const { name } of folders) {
    const [source, target] = [join(from, name), join(to, name)]
    const packageName = packageAt(source)
    const home = packageName && own.copiedFrom(packageName, relative(checkout.repository, source))
    if (home) await copyOwn(home, source, target, copying)
    else if (basename(from) !== MODULES || !name.startsWith('.') || STORES.has(name))
      await copyFolder(source, target, copying)
    if (packageName && !home && (await hasNpmScript(source, ...INSTALL_SCRIPTS))) scripted.push(packageName)
  }
}

/** A package of the repository comes from the commit; only its own modules come from the working tree. */
async function copyOwn(home: string, from: string, to: string, copying: Copying): Promise<void> {
  const source = join(copying.checkout.folder, home)
  if (!isTaken(source)) return
  await mkdir(to)
  for (const name of await readdir(source))
    if (name !== MODULES && name !== '.git') await copy(join(source, name), join(to, name), copying)
  if (isTaken(join(from, MODULES))) await copyFolder(join(from, MODULES), join(to, MODULES), copying)
}

/** The same place in the checkout, if the link leads into the repository in any way; otherwise the place itself. */
async function targetOf(from: string, to: string, { repository, folder }: Checkout): Promise<string> {
  const written = resolve(dirname(from), await readlink(from))
  const next = join(await realpath(dirname(written)).catch(() => dirname(written)), basename(written))
  const end = await realpath(from).catch(() => next)
  const isOwn = isInside(repository, end) && !isInstalled(relative(repository, end))
  const place = isOwn || !isInside(repository, next) ? end : next
  if (!isInside(repository, place)) return isInside(folder, place) ? relative(dirname(to), place) : place
  return relative(dirname(to), join(folder, relative(repository, place)))
}

/** The name of a package directly in a `node_modules`: `name` or `@scope/name`. */
function packageAt(path: string): string | undefined {
  const [name = '', parent = '', above = ''] = path.split(sep).toReversed()
  if (parent === MODULES) return name.startsWith('.') || name.startsWith('@') ? undefined : name
  return above === MODULES && parent.startsWith('@') ? `${parent}/${name}` : undefined
}

/** Whether a place in the repository was made by a package manager. */
export const isInstalled = (place: string) =>
  place.split(sep).some(part => part === MODULES || part === '.yarn')
