/** Files that have another name now, as bundles do whose name holds a hash: those with mostly the same functions. */
import type { Frame } from '../profile/call-tree.ts'
import { categoryOf } from '../profile/paths.ts'
import { clearPairs, type Matching } from './matching.ts'

/** Names that must be in both files, and what share they must be of all names in either. */
const LEAST = 2
const ENOUGH = 0.5
/** Files of a side: with more, a folder is unknown as a whole, and comparing all with all would take long. */
const MOST = 300

export function pairRenamedFiles({ before, after, files }: Matching): void {
  const taken = new Set(files.values())
  const gone = [...namesByFile(before.frames, file => files.has(file))]
  const added = [...namesByFile(after.frames, file => taken.has(file))]
  if (gone.length > MOST || added.length > MOST) return
  const scores = gone.map(([, mine]) => added.map(([, theirs]) => likeness(mine, theirs)))
  for (const [a, b] of clearPairs(scores)) files.set(gone[a]![0], added[b]![0])
}

/** Of the application's files without a counterpart, the names of their functions: two packages may well offer the same ones. */
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
