/** Packages of the repository, and copies of them that a package manager made in `node_modules`. */
import { readdir, readFile, realpath } from 'node:fs/promises'
import { dirname, join, posix, relative, sep } from 'node:path'
import { MeasureError } from '../model/errors.ts'
import { isInside } from '../paths/inside.ts'

export interface OwnPackages {
  /** Dependencies on packages of the repository. */
  asked: Asked[]
  /**
   * Where a package in `node_modules` was copied from; `undefined` when it is not from the repository. Both places are
   * relative to the repository.
   */
  copiedFrom(name: string, place: string): string | undefined
}

/** In the stores of pnpm and Bun, the name of a package's folder says where it is from. */
const BY_PATH = '@file+'

interface Asked {
  /** Folder of the package that has the dependency, relative to the repository. */
  by: string
  name: string
  /** Folder of the required package, relative to the repository. */
  source: string
  /** Whether it is a `file:` dependency, which a manager may copy. */
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
 * @param files all files of a commit
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
      // A store marks copies itself, so the names of workspaces count there too.
      if (place.includes(BY_PATH)) return byPath.get(name) ?? named.get(name)
      const isDirect = place.split(sep).filter(part => part === 'node_modules').length === 1
      return isDirect ? byPath.get(name) : undefined
    },
  }
}

/**
 * If a package has changed since it was copied, the working tree runs the old copy, and so would the run.
 *
 * @throws MeasureError that names the copy
 */
export async function refuseStaleCopies(repository: string, { asked }: OwnPackages): Promise<void> {
  for (const { by, name, source, byPath } of asked) {
    const copy = await installedFor(repository, join(repository, by), name)
    // A package of that name can also come from a registry.
    const isCopy = copy && (byPath || copy.includes(BY_PATH))
    const changed = isCopy && (await differingFile(copy, join(repository, source)))
    if (changed)
      throw new MeasureError(`The working tree runs an old copy of its package ${name}.`, {
        place: relative(repository, copy),
        details: `${posix.join(source, changed)} has changed since it was copied.`,
        advice: 'Reinstall to refresh the copy.',
      })
  }
}

/** The real path of a package as Node would find it, if a package manager made it. */
async function installedFor(root: string, folder: string, name: string): Promise<string | undefined> {
  const found = await realpath(join(folder, 'node_modules', name)).catch(() => undefined)
  if (found !== undefined)
    return isInside(root, found) && relative(root, found).split(sep).includes('node_modules')
      ? found
      : undefined
  return folder === root ? undefined : await installedFor(root, dirname(folder), name)
}

/** The first file that both folders have with different contents. */
async function differingFile(copy: string, source: string): Promise<string | undefined> {
  for (const entry of await readdir(copy, { withFileTypes: true }).catch(() => [])) {
    const { name } = entry
    const [mine, its] = [join(copy, name), join(source, name)]
    if (entry.isDirectory() && name !== 'node_modules') {
      const deeper = await differingFile(mine, its)
      if (deeper) return posix.join(name, deeper)
    }
    // Managers can add to the manifest.
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
