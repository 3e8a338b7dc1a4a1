/** Packages that lie in the repository, and those in `node_modules` that a package manager has copied from them. */
import { readdir, readFile, realpath } from 'node:fs/promises'
import { dirname, join, posix, relative, sep } from 'node:path'
import { MeasureError } from '../model/errors.ts'
import { isInside } from '../paths/inside.ts'

export interface OwnPackages {
  /** Dependencies on them. */
  asked: Asked[]
  /**
   * Where a package in `node_modules` was copied from, relative to the repository; `undefined` where it comes from
   * elsewhere.
   *
   * @param place relative to the repository
   */
  copiedFrom(name: string, place: string): string | undefined
}

/** In the store of pnpm and of Bun, the folder of a package says where it is from. */
const BY_PATH = '@file+'

interface Asked {
  /** Folder of the package that asks, relative to the repository. */
  by: string
  /** Under which name. */
  name: string
  /** Folder of the required package, relative to the repository. */
  source: string
  /** Required by `file:`; a manager may make a copy of it. */
  byPath: boolean
}

interface Manifest {
  name?: string
  dependencies?: Record<string, string>
  devDependencies?: Record<string, string>
  optionalDependencies?: Record<string, string>
}

/**
 * @param root the repository, or a checkout of it
 * @param files all of a commit, relative to it
 */
export async function ownPackages(root: string, files: string[]): Promise<OwnPackages> {
  const manifests = await Promise.all(
    files
      .filter(isManifest)
      .map(async file => ({ by: posix.dirname(file), ...(await manifestAt(join(root, file))) })),
  )
  const homes = new Set(manifests.map(({ by }) => by))
  const named = new Map(manifests.flatMap(({ name, by }) => (name ? [[name, by] as const] : [])))
  const asked = manifests.flatMap(({ by, dependencies, devDependencies, optionalDependencies }) =>
    Object.entries({ ...dependencies, ...devDependencies, ...optionalDependencies }).flatMap(
      ([name, range]) => {
        const path = /^file:(.+?)\/?$/.exec(range)?.[1]
        const source = path === undefined ? named.get(name) : posix.join(by, path)
        return source !== undefined && homes.has(source)
          ? [{ by, name, source, byPath: path !== undefined }]
          : []
      },
    ),
  )
  const byPath = new Map(asked.flatMap(each => (each.byPath ? [[each.name, each.source] as const] : [])))
  return {
    asked,
    copiedFrom(name, place) {
      // In a store, a name alone says nothing.
      if (place.includes(BY_PATH)) return byPath.get(name) ?? named.get(name)
      const isDirect = place.split(sep).filter(part => part === 'node_modules').length === 1
      return isDirect ? byPath.get(name) : undefined
    },
  }
}

/**
 * A copy that was made before the package changed is what the working tree runs, and nobody who compares it with a commit
 * means that.
 *
 * @throws MeasureError that names the copy
 */
export async function refuseStaleCopies(repository: string, { asked }: OwnPackages): Promise<void> {
  for (const { by, name, source, byPath } of asked) {
    const copy = await installedFor(repository, join(repository, by), name)
    // Another version of it may come from a registry.
    const isCopy = copy && (byPath || copy.includes(BY_PATH))
    const changed = isCopy && (await differingFile(copy, join(repository, source)))
    if (changed)
      throw new MeasureError(`The working tree runs an old copy of its package ${name}.`, {
        place: relative(repository, copy),
        details: `${posix.join(source, changed)} has changed since it was copied.`,
        advice: 'Install again, so that the working tree runs what is in it.',
      })
  }
}

/** The real place of a package, found as Node does, if a package manager has made it. */
async function installedFor(root: string, folder: string, name: string): Promise<string | undefined> {
  const found = await realpath(join(folder, 'node_modules', name)).catch(() => undefined)
  if (found !== undefined)
    return isInside(root, found) && relative(root, found).split(sep).includes('node_modules')
      ? found
      : undefined
  return folder === root ? undefined : await installedFor(root, dirname(folder), name)
}

/** The first file that two folders both have and that is not the same in both. */
async function differingFile(copy: string, source: string): Promise<string | undefined> {
  for (const entry of await readdir(copy, { withFileTypes: true }).catch(() => [])) {
    const { name } = entry
    const [mine, its] = [join(copy, name), join(source, name)]
    if (entry.isDirectory() && name !== 'node_modules') {
      const deeper = await differingFile(mine, its)
      if (deeper) return posix.join(name, deeper)
    }
    // Managers may add to the manifest.
    if (!entry.isFile() || name === 'package.json') continue
    const [now, then] = [await bytesOf(its), await bytesOf(mine)]
    if (now && then && !now.equals(then)) return name
  }
  return undefined
}

const bytesOf = (path: string) => readFile(path).catch(() => undefined)

const isManifest = (file: string) =>
  posix.basename(file) === 'package.json' && !file.split('/').includes('node_modules')

async function manifestAt(path: string): Promise<Manifest> {
  try {
    return JSON.parse(await readFile(path, 'utf8')) as Manifest
  } catch {
    return {}
  }
}
