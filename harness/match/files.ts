/** Matching within a pair of files: by name, by place, and by order. */
import type { Frame } from '../profile/call-tree.ts'
import { baseName } from '../profile/paths.ts'
import { groupBy, type Matching, pair } from './matching.ts'

/** A name that occurs once in both files of a pair (or without a file in both) is the same function. */
export function matchUniqueNames(matching: Matching): void {
  const { before, after } = matching
  const groups = groupBy(after.frames.keys(), at => `${after.frames[at]!.file}\n${after.frames[at]!.name}`)
  for (const [key, members] of groupBy(before.frames.keys(), at => keyIn(matching, before.frames[at]!))) {
    const others = groups.get(key)
    if (members.length !== 1 || others?.length !== 1) continue
    const [a, b] = [members[0]!, others[0]!]
    // A lone anonymous function may be another one: two of them can have been sampled on one side each.
    if (before.frames[a]!.name !== '' || samePlace(matching, a, b)) pairNamed(matching, a, b)
  }
}

/** The file's counterpart and the name; empty where the file has none. */
function keyIn({ files }: Matching, { file, name }: Frame): string {
  const counterpart = files.get(file)
  return counterpart === undefined ? '' : `${counterpart}\n${name}`
}

const samePlace = ({ before, after }: Matching, a: number, b: number): boolean =>
  before.frames[a]!.line === after.frames[b]!.line && before.frames[a]!.column === after.frames[b]!.column

function pairNamed(matching: Matching, a: number, b: number): void {
  const [mine, its] = [matching.before.frames[a]!, matching.after.frames[b]!]
  if (baseName(mine.file) !== baseName(its.file)) pair(matching, a, b, 'moved')
  else pair(matching, a, b, mine.line === its.line ? 'exact' : 'line moved')
}

/**
 * Functions that share their name with others in the file, at the line where they must be after what was
 * inserted or deleted above them, as the functions matched so far tell.
 */
export function matchPlaces(matching: Matching): void {
  const shifts = lineShifts(matching)
  const after = new Map<string, number>()
  matching.after.frames.forEach((frame, at) => {
    if (matching.backward[at] === -1)
      after.set(placeKey(frame.file, frame.name, frame.line, frame.column), at)
  })
  matching.before.frames.forEach((frame, at) => {
    const file = matching.files.get(frame.file)
    if (matching.forward[at] !== -1 || file === undefined) return
    const line = expectedLine(frame, shifts)
    const found = after.get(placeKey(file, frame.name, line, frame.column))
    if (found !== undefined && matching.backward[found] === -1) pairNamed(matching, at, found)
  })
}

const placeKey = (file: string, name: string, line: number, column: number): string =>
  `${file}\n${name}\n${line}:${column}`

/** By file of `before`: how far its lines have moved, at the lines where that is known; ascending. */
export type LineShifts = Map<string, { line: number; shift: number }[]>

export function lineShifts(matching: Matching): LineShifts {
  const shifts: LineShifts = new Map()
  matching.before.frames.forEach((frame, at) => {
    const partner = matching.forward[at]!
    if (partner === -1 || frame.line === 0) return
    const other = matching.after.frames[partner]!
    if (other.file !== matching.files.get(frame.file) || other.line === 0) return
    const known = { line: frame.line, shift: other.line - frame.line }
    const list = shifts.get(frame.file)
    if (list) list.push(known)
    else shifts.set(frame.file, [known])
  })
  for (const list of shifts.values()) list.sort((a, b) => a.line - b.line)
  for (const [file, shift] of votedShifts(matching, shifts)) shifts.set(file, [{ line: 0, shift }])
  return shifts
}

/** The line as it should be in `after`; what is above a line moves it, so the nearest known one above counts. */
export function expectedLine({ file, line }: Frame, shifts: LineShifts): number {
  const known = shifts.get(file)
  if (!known) return line
  let low = 0
  let high = known.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (known[middle]!.line <= line) low = middle + 1
    else high = middle
  }
  return line + known[Math.max(0, low - 1)]!.shift
}

/** Most pairs of a name that are tried for a file before giving up on a vote. */
const MOST_VOTES = 20_000

/** Files without a single match: the shift that would bring most functions of the same name and column together. */
function votedShifts(matching: Matching, known: LineShifts): Map<string, number> {
  const { before, after } = matching
  const candidates = groupBy(after.frames.keys(), at => columnKey(after.frames[at]!.file, after.frames[at]!))
  const voted = new Map<string, number>()
  for (const [file, members] of groupBy(before.frames.keys(), at => before.frames[at]!.file)) {
    const counterpart = matching.files.get(file)
    if (known.has(file) || counterpart === undefined) continue
    const votes = new Map<number, number>()
    let budget = MOST_VOTES
    for (const at of members) {
      for (const other of candidates.get(columnKey(counterpart, before.frames[at]!)) ?? []) {
        if (budget-- < 0) break
        const shift = after.frames[other]!.line - before.frames[at]!.line
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
