/** Files of frames: how they are written, where they belong, and which are the same in two checkouts. */
import { fileURLToPath } from 'node:url'
import type { Category } from '../model/report.ts'

/** `file:` URLs and Windows paths as plain paths with slashes; anything else as it is. */
export function plainPath(file: string): string {
  if (file.startsWith('file:')) {
    try {
      const url = new URL(file)
      // What follows "?" or "#" only defeats the module cache.
      url.search = url.hash = ''
      return fileURLToPath(url).replaceAll('\\', '/')
    } catch {
      return file
    }
  }
  return /^[A-Za-z]:\\/.test(file) ? file.replaceAll('\\', '/') : file
}

const PACKAGES = '/node_modules/'

/** Whose code a function is. Generated code has lines but no file: it belongs to whoever generated it. */
export function categoryOf(name: string, file: string, line: number): Category {
  if (file.startsWith('node:') || file.startsWith('internal/')) return 'node'
  if (`/${file}`.includes(PACKAGES)) return 'dependency'
  if (file !== '' || line > 0) return 'application'
  return name.startsWith('(') && !name.startsWith('(anonymous') ? 'v8' : 'node'
}

/** For reading: relative to `root`, and packages from their `node_modules` on. */
export function shownPath(file: string, root = ''): string {
  const at = file.lastIndexOf(PACKAGES)
  if (at !== -1) return file.slice(at + 1)
  const folder = root.endsWith('/') ? root : `${root}/`
  return root && file.startsWith(folder) ? file.slice(folder.length) : file
}

/** The folder that holds all of the application's files; empty where there is none. */
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

/**
 * Which file of `after` a file of `before` is: the same path; else the same path inside `node_modules`; else
 * the same path under another root, where the root that explains most files is taken first.
 */
export function pairFiles(before: Iterable<string>, after: Iterable<string>): Map<string, string> {
  const pairs = new Map<string, string>()
  const restBefore = new Set(before)
  const restAfter = new Set(after)
  const take = (a: string, b: string) => {
    if (!restBefore.delete(a) || !restAfter.delete(b)) return
    pairs.set(a, b)
  }
  for (const file of [...restBefore]) if (restAfter.has(file)) take(file, file)
  for (const [a, b] of sameKey(restBefore, restAfter, packagePath)) take(a, b)
  for (const moved of rootsByVotes(restBefore, restAfter))
    for (const [a, b] of moved) {
      if (restBefore.has(a) && restAfter.has(b)) take(a, b)
    }
  return pairs
}

const packagePath = (file: string): string => {
  const at = file.lastIndexOf(PACKAGES)
  return at === -1 ? '' : file.slice(at)
}

/** Every package has an `index.js`. */
function areOfTwoPackages(a: string, b: string): boolean {
  const [mine, its] = [packageName(a), packageName(b)]
  return mine !== '' && its !== '' && mine !== its
}

const packageName = (file: string): string =>
  /^(@[^/]+\/)?[^/]+/.exec(packagePath(file).slice(PACKAGES.length))?.[0] ?? ''

function* sameKey(before: Set<string>, after: Set<string>, keyOf: (file: string) => string) {
  const place = new Map<string, string>()
  for (const file of after) place.set(keyOf(file), file)
  for (const file of [...before]) {
    const found = keyOf(file) && place.get(keyOf(file))
    if (found) yield [file, found] as const
  }
}

/** Pairs of files of one name, grouped by the roots that are left when their common tail is cut; most pairs first. */
function rootsByVotes(before: Set<string>, after: Set<string>): [string, string][][] {
  const byName = new Map<string, string[]>()
  for (const file of after) {
    const name = baseName(file)
    byName.set(name, [...(byName.get(name) ?? []), file])
  }
  const votes = new Map<string, [string, string][]>()
  for (const a of before) {
    for (const b of byName.get(baseName(a)) ?? []) {
      if (areOfTwoPackages(a, b)) continue
      const key = rootsOf(a, b)
      const pairs = votes.get(key)
      if (pairs) pairs.push([a, b])
      else votes.set(key, [[a, b]])
    }
  }
  return [...votes.values()].sort((a, b) => b.length - a.length)
}

/** Behind the last slash. */
export const baseName = (file: string): string => file.slice(file.lastIndexOf('/') + 1)

function rootsOf(a: string, b: string): string {
  let tail = 0
  while (tail < a.length && tail < b.length && a.at(-1 - tail) === b.at(-1 - tail)) tail++
  const cut = a.slice(a.length - tail).indexOf('/')
  const kept = cut === -1 ? baseName(a).length : tail - cut
  return `${a.slice(0, a.length - kept)}\n${b.slice(0, b.length - kept)}`
}
