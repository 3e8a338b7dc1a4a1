/** Matching functions of one name within a pair of files: by the name alone, by their lines, by their order. */
import { baseName, type Frame } from '../profile/index.ts'
import { areRead, areStrangers, hasNewName, UNLIKE } from './by-body.ts'
import { expectedLines, lineShifts } from './line-shifts.ts'
import { commonGroups, type Matching, pair, type Side, sharedCallees } from './matching.ts'

/** A name that occurs once in both files of a pair (or once without a file on both sides) is the same function. */
export function matchUniqueNames(matching: Matching): void {
  const { before, files } = matching
  const key = (file: string | undefined, { name }: Frame) => (file === undefined ? '' : `${file}\n${name}`)
  const keyBefore = (frame: Frame) => key(files.get(frame.file), frame)
  for (const [members, others] of commonGroups(matching, keyBefore, frame => key(frame.file, frame))) {
    if (members.length !== 1 || others.length !== 1) continue
    const [a, b] = [members[0]!, others[0]!]
    // A new function can have the name, and the old one another: a wrapper, and what it wraps.
    if (hasNewName(matching, a, b)) continue
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
    const free = expectedLines(frame, shifts)
      .flatMap(line => after.get(placeKey(file, frame.name, line, frame.column)) ?? [])
      .filter(other => matching.backward[other] === -1 && !areStrangers(matching, at, other))
    if (free.length === 1) pairNamed(matching, at, free[0]!)
  })
}

const placeKey = (file: string, name: string, line: number, column: number): string =>
  `${file}\n${name}\n${line}:${column}`

/**
 * Unmatched functions of one name (or none), one file and the same callers: the first with the first, the second with
 * the second, where both sides have equally many.
 */
export function matchOrdinals(matching: Matching): void {
  pairGroups(matching, callers => callers.join())
  // Sampling can miss a rare caller: one common caller is enough where only one function is left.
  pairGroups(matching, ([first]) => String(first), 1)
}

/** `keyOf` gets the matched callers, as frames of `after`; a function without any is skipped. */
function pairGroups(matching: Matching, keyOf: (callers: number[]) => string, most = Infinity): void {
  const { before, after, forward, backward, files } = matching
  // Callers without a partner say nothing.
  const partnersOf = (at: number) => [...before.callers[at]!].map(caller => forward[caller]!)
  const pairedOf = (at: number) => [...after.callers[at]!].filter(caller => backward[caller] !== -1)
  const key = (file: string | undefined, name: string, callers: number[]) => {
    const known = callers.filter(caller => caller !== -1).sort((a, b) => a - b)
    return file === undefined || known.length === 0 ? '' : `${file}\n${name}\n${keyOf(known)}`
  }
  const keyBefore = ({ file, name }: Frame, at: number) => key(files.get(file), name, partnersOf(at))
  const keyAfter = ({ file, name }: Frame, at: number) => key(file, name, pairedOf(at))
  for (const [members, others] of commonGroups(matching, keyBefore, keyAfter)) {
    if (others.length !== members.length || members.length > most) continue
    const right = inOrder(after, others)
    inOrder(before, members).forEach((a, ordinal) => {
      const b = right[ordinal]!
      const isClear = members.length > 1 || isSameAlone(matching, a, b)
      if (isClear && !areStrangers(matching, a, b, UNLIKE)) pair(matching, a, b, 'by order')
    })
  }
}

/** A function that is the only one of its kind on both sides has no order: each side may have sampled another one. */
const isSameAlone = (matching: Matching, a: number, b: number): boolean =>
  areRead(matching, a, b) ||
  matching.before.frames[a]!.column === matching.after.frames[b]!.column ||
  sharedCallees(matching, a, b)

const inOrder = ({ frames }: Side, members: number[]): number[] =>
  members.toSorted((a, b) => frames[a]!.line - frames[b]!.line || frames[a]!.column - frames[b]!.column)
