/** Pairs the files of two profiles. */
import { baseName, categoryOf, type Frame, packageName, packagePath } from '../profile/index.ts'
import { sum } from '../stats/describe.ts'
import { clearPairs, type Matching, type Side } from './matching.ts'

/** What is known of the functions in a file: two files have as many in common as they share of it. */
type MarksOf = (file: string) => ReadonlySet<string>

interface Marks {
  before: MarksOf
  after: MarksOf
}

const NO_MARKS: MarksOf = () => new Set()

/**
 * Pairs the files of packages, copy by copy; then those with the same path; then those with the same path under another root,
 * where the root that explains most files comes first.
 */
export function pairFiles(
  before: Iterable<string>,
  after: Iterable<string>,
  marks: Marks = { before: NO_MARKS, after: NO_MARKS },
): Map<string, string> {
  const pairs = new Map<string, string>()
  const gone = new Set(before)
  const added = new Set(after)
  const take = (a: string, b: string) => {
    if (!gone.has(a) || !added.has(b)) return
    pairs.set(a, b)
    gone.delete(a)
    added.delete(b)
  }
  for (const copy of copiesByVotes(gone, added, marks)) for (const [a, b] of copy) take(a, b)
  for (const file of gone) take(file, file)
  for (const moved of rootsByVotes(gone, added)) for (const [a, b] of moved) take(a, b)
  return pairs
}

/**
 * Pairs of files in a package, by where it is installed on both sides. A package can be there more than once, and an install
 * can swap the places of two versions, so the copies with most functions in common come first, and of equals those at the
 * same place. Each copy appears once.
 */
function copiesByVotes(before: Set<string>, after: Set<string>, marks: Marks): [string, string][][] {
  const byPath = Map.groupBy(after, packagePath)
  const pairs = Array.from(before).flatMap(a =>
    packagePath(a) === '' ? [] : (byPath.get(packagePath(a)) ?? []).map((b): [string, string] => [a, b]),
  )
  const copies = [...Map.groupBy(pairs, ([a, b]) => `${placeOf(a)}\n${placeOf(b)}`).values()].map(files => {
    const [a, b] = files[0]!.map(placeOf) as [string, string]
    const votes = sum(files.map(([a, b]) => marks.before(a).intersection(marks.after(b)).size))
    return { a, b, files, votes, same: a === b ? 2 : Number(installedPath(a) === installedPath(b)) }
  })
  const taken = new Set<string>()
  return copies
    .sort((x, y) => y.votes - x.votes || y.same - x.same || y.files.length - x.files.length)
    .filter(({ a, b }) => {
      const isFree = !taken.has(`before ${a}`) && !taken.has(`after ${b}`)
      if (isFree) taken.add(`before ${a}`).add(`after ${b}`)
      return isFree
    })
    .map(({ files }) => files)
}

/** A copy of a package: where it is installed. */
const placeOf = (file: string): string =>
  `${file.slice(0, file.length - packagePath(file).length)}node_modules/${packageName(file)}`

/** From the first `node_modules` on. */
const installedPath = (file: string): string => file.slice(file.indexOf('/node_modules/'))

/** Names with places, and texts. */
export function marksOf({ frames, bodies }: Side): MarksOf {
  const marks = new Map<string, Set<string>>()
  frames.forEach(({ name, file, line, column }, at) => {
    const known = marks.get(file) ?? new Set()
    marks.set(file, known.add(`${name}\n${line}:${column}`))
    const body = bodies[at]
    if (body) known.add(body.hash)
  })
  return file => marks.get(file) ?? new Set()
}

/** Pairs of files with one name, grouped by what is left of their paths without the common tail; most pairs first. */
function rootsByVotes(before: Set<string>, after: Set<string>): [string, string][][] {
  const byName = Map.groupBy(after, baseName)
  const pairs = Array.from(before).flatMap(a =>
    (byName.get(baseName(a)) ?? []).filter(b => !areOfTwoPackages(a, b)).map((b): [string, string] => [a, b]),
  )
  const votes = Map.groupBy(pairs, ([a, b]) => rootsOf(a, b))
  return [...votes.values()].sort((a, b) => b.length - a.length)
}

/** Almost every package has an `index.js`. */
function areOfTwoPackages(a: string, b: string): boolean {
  const [mine, its] = [packageName(a), packageName(b)]
  return mine !== '' && its !== '' && mine !== its
}

function rootsOf(a: string, b: string): string {
  let tail = 0
  while (tail < a.length && tail < b.length && a.at(-1 - tail) === b.at(-1 - tail)) tail++
  const cut = a.slice(a.length - tail).indexOf('/')
  const kept = cut === -1 ? baseName(a).length : tail - cut
  return `${a.slice(0, a.length - kept)}\n${b.slice(0, b.length - kept)}`
}

/** How many function names two files must share, and which share of all their names. */
const LEAST = 2
const ENOUGH = 0.5
/** Most files per side. With more, a whole folder is new, and comparing all with all would take long. */
const MOST = 300

/** Pairs files that have another name now, such as bundles with a hash in it, by the names of their functions. */
export function pairRenamedFiles({ before, after, files }: Matching): void {
  const taken = new Set(files.values())
  const gone = [...namesByFile(before.frames, file => files.has(file))]
  const added = [...namesByFile(after.frames, file => taken.has(file))]
  if (gone.length > MOST || added.length > MOST) return
  const scores = gone.map(([, mine]) => added.map(([, theirs]) => likeness(mine, theirs)))
  for (const [a, b] of clearPairs(scores)) files.set(gone[a]![0], added[b]![0])
}

/** Names of functions by file, for the application's files without a counterpart: two packages can well have the same names. */
function namesByFile(frames: Frame[], isPaired: (file: string) => boolean): Map<string, Set<string>> {
  const names = new Map<string, Set<string>>()
  for (const { name, file, line } of frames) {
    if (name === '' || categoryOf(name, file, line) !== 'application' || isPaired(file)) continue
    const known = names.get(file)
    if (known) known.add(name)
    else names.set(file, new Set([name]))
  }
  return names
}

function likeness(mine: Set<string>, theirs: Set<string>): number {
  const shared = mine.intersection(theirs).size
  const share = shared / (mine.size + theirs.size - shared)
  return shared >= LEAST && share >= ENOUGH ? share : 0
}
