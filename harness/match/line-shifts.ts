/** How far the lines of a file have moved. */
import type { Frame } from '../profile/index.ts'
import type { Matching } from './matching.ts'

/** By file of `before`: how far its lines have moved, at the lines where that is known, in their order. */
type LineShifts = Map<string, { line: number; shift: number }[]>

export function lineShifts(matching: Matching): LineShifts {
  const { before, after, forward, files } = matching
  const known = before.frames.flatMap(({ file, line }, at) => {
    const other = after.frames[forward[at]!]
    if (!other || line === 0 || other.line === 0 || other.file !== files.get(file)) return []
    return [{ file, line, shift: other.line - line }]
  })
  const shifts: LineShifts = Map.groupBy(known, ({ file }) => file)
  for (const list of shifts.values()) list.sort((a, b) => a.line - b.line)
  for (const [file, shift] of votedShifts(matching, shifts)) shifts.set(file, [{ line: 0, shift }])
  return shifts
}

/**
 * Where the line can be in `after`. Changes above a line move it, so the nearest known line above counts, and, as the change
 * can be between the two, the nearest one below.
 */
export function expectedLines({ file, line }: Frame, shifts: LineShifts): number[] {
  const known = shifts.get(file)
  if (!known) return [line]
  let low = 0
  let high = known.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (known[middle]!.line <= line) low = middle + 1
    else high = middle
  }
  const near = [known[low - 1], known[low]].flatMap(it => (it ? [line + it.shift] : []))
  return [...new Set(near)]
}

/** Most pairs of one name that vote for a file. */
const MOST_VOTES = 20_000

/** For files without a match, the shift that most pairs of functions with the same name and column agree on. */
function votedShifts(matching: Matching, known: LineShifts): Map<string, number> {
  const { before, after } = matching
  const candidates = Map.groupBy(after.frames, frame => columnKey(frame.file, frame))
  const voted = new Map<string, number>()
  for (const [file, members] of Map.groupBy(before.frames, ({ file }) => file)) {
    const counterpart = matching.files.get(file)
    if (file === '' || known.has(file) || counterpart === undefined) continue
    const votes = new Map<number, number>()
    let budget = MOST_VOTES
    for (const frame of members) {
      for (const other of candidates.get(columnKey(counterpart, frame)) ?? []) {
        if (budget-- < 0) break
        const shift = other.line - frame.line
        votes.set(shift, (votes.get(shift) ?? 0) + 1)
      }
    }
    // A tie goes to the smallest shift.
    const best = [...votes].sort((a, b) => b[1] - a[1] || Math.abs(a[0]) - Math.abs(b[0]))[0]
    if (best) voted.set(file, best[0])
  }
  return voted
}

const columnKey = (file: string, { name, column }: Frame): string => `${file}\n${name}\n${column}`
