/** Matching functions of one name within a pair of files. */
import { baseName, type Frame } from '../profile/index.ts'
import { areStrangers } from './by-body.ts'
import { expectedLine, lineShifts } from './line-shifts.ts'
import { commonGroups, type Matching, pair } from './matching.ts'

/** A name that occurs once in both files of a pair (or once without a file on both sides) is the same function. */
export function matchUniqueNames(matching: Matching): void {
  const { before, after, files } = matching
  const keyBefore = ({ file, name }: Frame) => {
    const counterpart = files.get(file)
    return counterpart === undefined ? '' : `${counterpart}\n${name}`
  }
  const groups = commonGroups(
    matching,
    at => keyBefore(before.frames[at]!),
    at => `${after.frames[at]!.file}\n${after.frames[at]!.name}`,
  )
  for (const [members, others] of groups) {
    if (members.length !== 1 || others.length !== 1) continue
    const [a, b] = [members[0]!, others[0]!]
    // Two lone anonymous functions can differ: each may have been sampled on one side only.
    if (before.frames[a]!.name !== '' || samePlace(matching, a, b)) pairNamed(matching, a, b)
  }
}

const samePlace = ({ before, after }: Matching, a: number, b: number): boolean =>
  before.frames[a]!.line === after.frames[b]!.line && before.frames[a]!.column === after.frames[b]!.column

function pairNamed(matching: Matching, a: number, b: number): void {
  const [mine, its] = [matching.before.frames[a]!, matching.after.frames[b]!]
  if (baseName(mine.file) !== baseName(its.file)) pair(matching, a, b, 'moved')
  else pair(matching, a, b, mine.line === its.line ? 'exact' : 'line moved')
}

/**
 * Functions that share their name with others in the file, by the line where they must be now. The functions matched so
 * far show how many lines were inserted or deleted above them.
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
    const free = found !== undefined && matching.backward[found] === -1
    if (free && !areStrangers(matching, at, found)) pairNamed(matching, at, found)
  })
}

const placeKey = (file: string, name: string, line: number, column: number): string =>
  `${file}\n${name}\n${line}:${column}`
