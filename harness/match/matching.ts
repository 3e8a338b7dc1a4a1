/** The state that the steps of matching share: the two sides, and what has been matched so far. */
import type { Body } from '../model/record.ts'
import type { Frame } from '../profile/index.ts'

/**
 * How two functions were matched:
 *
 * - `exact`: same file (under its root), name and line
 * - `line moved`: same file and name
 * - `by order`: one of several with the same name, by its caller and position
 * - `renamed`: same place, callers and callees
 * - `moved`: same name in another file, with the same callers and callees or the same functions around it
 */
export type MatchKind = 'exact' | 'line moved' | 'by order' | 'renamed' | 'moved'

/** The functions of one side, and who calls whom. */
export interface Side {
  frames: Frame[]
  /** By frame; `undefined` where the text could not be read. */
  bodies: (Body | undefined)[]
  /** By file: marks of the texts of all its functions, sampled or not; none where it was not read. */
  present: Map<string, Set<string>>
  callers: Set<number>[]
  callees: Set<number>[]
}

/** Partners found so far, by the index of the frame; −1 while unmatched. */
export interface Matching {
  before: Side
  after: Side
  /** From `before` to `after`, and from `after` to `before`. */
  forward: Int32Array
  backward: Int32Array
  /** By frame of `before`; meaningless while unmatched. */
  how: MatchKind[]
  /** From a file of `before` to its counterpart. */
  files: Map<string, string>
}

export function pair(matching: Matching, before: number, after: number, how: MatchKind): void {
  matching.forward[before] = after
  matching.backward[after] = before
  matching.how[before] = how
}

/** Groups of unmatched functions with the same key on both sides; functions with the key '' are left out. */
export function commonGroups(
  { before, after, forward, backward }: Matching,
  keyBefore: KeyOf,
  keyAfter: KeyOf,
): [before: number[], after: number[]][] {
  const groups = unmatched(after, backward, keyAfter)
  return [...unmatched(before, forward, keyBefore)].flatMap(([key, members]) => {
    const others = groups.get(key)
    return key !== '' && others ? [[members, others]] : []
  })
}

/** What functions must share to be compared. */
export type KeyOf = (frame: Frame, at: number) => string

function unmatched({ frames }: Side, partner: Int32Array, keyOf: KeyOf): Map<string, number[]> {
  const left = frames.keys().filter(at => partner[at] === -1)
  return Map.groupBy(left, at => keyOf(frames[at]!, at))
}

/** By how much the best candidate must lead the next. */
const LEAD = 0.25

/** Pairs (row, column) that are each other's best match by a clear margin. A score of 0 never matches. */
export function clearPairs(scores: number[][]): [row: number, column: number][] {
  const columns = (scores[0] ?? []).map((_, at) => scores.map(row => row[at]!))
  return scores.flatMap((row, at) => {
    const best = clearBest(row)
    return best !== -1 && clearBest(columns[best]!) === at ? [[at, best] as [number, number]] : []
  })
}

/** Index of the best score; −1 where none is above zero or two are close. */
function clearBest(scores: number[]): number {
  const best = scores.reduce((top, score, at) => (score > (scores[top] ?? 0) ? at : top), -1)
  if (best === -1) return -1
  return scores.some((score, at) => at !== best && score > scores[best]! - LEAD) ? -1 : best
}

/** Whether the two call a function in common, besides their callers. */
export function sharedCallees({ before, after, forward }: Matching, a: number, b: number): boolean {
  const theirs = after.callees[b]!
  return [...before.callees[a]!].some(at => theirs.has(forward[at]!))
}
