/** What the steps of matching share: the two sides, and what has been found so far. */
import type { Frame } from '../profile/call-tree.ts'

/**
 * How two functions were found to be one: `exact` same file (under its root), name and line; `line moved` the
 * same but for the line; `by order` one of several of a name, by caller and position among them; `renamed`
 * same place, callers and callees; `moved` same name in another file, with the same callers and callees or the same
 * functions around it.
 */
export type MatchKind = 'exact' | 'line moved' | 'by order' | 'renamed' | 'moved'

/** The functions of one side, and who calls whom. */
export interface Side {
  frames: Frame[]
  callers: Set<number>[]
  callees: Set<number>[]
}

/** What is known so far: partners by frame index, −1 while unmatched. */
export interface Matching {
  before: Side
  after: Side
  /** `after`'s partner of each frame of `before`, and the reverse. */
  forward: Int32Array
  backward: Int32Array
  /** By frame of `before`; meaningless while unmatched. */
  how: MatchKind[]
  /** By file of `before`. */
  files: Map<string, string>
}

export function pair(matching: Matching, before: number, after: number, how: MatchKind): void {
  matching.forward[before] = after
  matching.backward[after] = before
  matching.how[before] = how
}

export const unmatched = ({ frames }: Side, partner: Int32Array): number[] =>
  [...frames.keys()].filter(at => partner[at] === -1)

/** Groups in the order in which they are met; what has the key '' belongs to none. */
export function groupBy(members: Iterable<number>, keyOf: (member: number) => string): Map<string, number[]> {
  const groups = new Map<string, number[]>()
  for (const member of members) {
    const key = keyOf(member)
    const group = groups.get(key)
    if (group) group.push(member)
    else if (key !== '') groups.set(key, [member])
  }
  return groups
}

/** By how much the best candidate must lead the next. */
const LEAD = 0.25

/** Row and column of those that are each other's best candidate by a clear lead; a score of 0 is none. */
export function clearPairs(scores: number[][]): [row: number, column: number][] {
  const columns = (scores[0] ?? []).map((_, at) => scores.map(row => row[at]!))
  return scores.flatMap((row, at) => {
    const best = clearBest(row)
    return best !== -1 && clearBest(columns[best]!) === at ? [[at, best] as [number, number]] : []
  })
}

/** −1 where none is above zero or two are close. */
function clearBest(scores: number[]): number {
  const best = scores.reduce((top, score, at) => (score > (scores[top] ?? 0) ? at : top), -1)
  if (best === -1) return -1
  return scores.some((score, at) => at !== best && score > scores[best]! - LEAD) ? -1 : best
}
