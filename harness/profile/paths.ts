/** Files of functions: how they are written, and whose they are. */
import { createHash } from 'node:crypto'
import { fileURLToPath } from 'node:url'
import type { Category } from '../model/flame.ts'

/** `file:` URLs and Windows paths as plain paths with slashes; anything else as it is. */
export function plainPath(file: string): string {
  if (file.startsWith('file:')) {
    try {
      const url = new URL(file)
      // A query or hash only defeats the module cache.
      url.search = url.hash = ''
      return fileURLToPath(url).replaceAll('\\', '/')
    } catch {
      return file
    }
  }
  return /^[A-Za-z]:\\/.test(file) ? file.replaceAll('\\', '/') : file
}

const PACKAGES = '/node_modules/'

/** Stands for the file of the kernel's functions, which have none. */
export const KERNEL_FILE = '[kernel]'

/** Where a function comes from. Generated code has lines but no file, and counts as the application's. */
export function categoryOf(name: string, file: string, line: number): Category {
  if (file.startsWith('node:') || file.startsWith('internal/') || file === KERNEL_FILE) return 'node'
  if (`/${file}`.includes(PACKAGES)) return 'dependency'
  if (file !== '' || line > 0) return 'application'
  return name.startsWith('(') && !name.startsWith('(anonymous') ? 'v8' : 'node'
}

/** The path from the last `node_modules` on; empty for files that are not in a package. */
export function packagePath(file: string): string {
  // A path can begin with `node_modules`.
  const at = `/${file}`.lastIndexOf(PACKAGES)
  return at === -1 ? '' : file.slice(at)
}

/** The name of the package that a file is in; empty for files that are not in a package. */
export const packageName = (file: string): string =>
  /^node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(packagePath(file))?.[1] ?? ''

/** The folder of the package that a file is in; empty for files that are not in a package. */
export function packageFolder(file: string): string {
  const name = packageName(file)
  return name && file.slice(0, file.length - packagePath(file).length) + PACKAGES.slice(1) + name
}

/** The path to show: relative to `root`, and in packages from `node_modules` on. */
export function shownPath(file: string, root = ''): string {
  const folder = root.endsWith('/') ? root : `${root}/`
  const relative = root && file.startsWith(folder) ? file.slice(folder.length) : file
  return packagePath(file) || relative
}

/** The innermost folder that holds all of the application's files; empty where there is none. */
export function commonRoot(files: Iterable<string>): string {
  let common: string[] | null = null
  for (const file of files) {
    if (!file.startsWith('/') || file.includes(PACKAGES)) continue
    const folders: string[] = file.split('/').slice(0, -1)
    if (common === null) common = folders
    let same = 0
    while (same < common.length && common[same] === folders[same]) same++
    common = common.slice(0, same)
  }
  return common?.join('/') ?? ''
}

/** Tells two versions of a file apart. */
export const hashOf = (text: string): string =>
  createHash('sha256').update(text).digest('base64url').slice(0, 12)

/** The part after the last slash. */
export const baseName = (file: string): string => file.slice(file.lastIndexOf('/') + 1)
