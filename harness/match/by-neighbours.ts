/** Matching by callers and callees: functions that were renamed, or moved to another file. */
import { categoryOf, type Frame } from '../profile/index.ts'
import { areRead, areStrangers, UNLIKE } from './by-body.ts'
import { expectedLines, lineShifts } from './line-shifts.ts'
import {
  clearPairs,
  commonGroups,
  type KeyOf,
  type Matching,
  type MatchKind,
  pair,
  type Side,
  sharedCallees,
} from './matching.ts'

/** Share of neighbours that must be common. */
const ENOUGH = 0.5
/** Bonus for being at the expected line; more than the clear lead, so that it decides between equals. */
const IN_PLACE = 0.5
/** Most candidates per group: with more, nothing is clear anyway. */
const MOST = 300

/** Functions of one file whose name is only on one side, at the same place in the call graph. */
export function matchRenamed(matching: Matching): void {
  const { before, after, files } = matching
  const shifts = lineShifts(matching)
  const [aloneBefore, aloneAfter] = [aloneOnLine(before), aloneOnLine(after)]
  const inPlace = (a: number, b: number) =>
    aloneBefore(a) &&
    aloneAfter(b) &&
    expectedLines(before.frames[a]!, shifts).includes(after.frames[b]!.line)
  const score = (a: number, b: number) => {
    // Renaming a function does not make it anonymous, or the reverse.
    if ((before.frames[a]!.name === '') !== (after.frames[b]!.name === '')) return 0
    if (areStrangers(matching, a, b, UNLIKE)) return 0
    const shared = sharedNeighbours(matching, a, b)
    if (inPlace(a, b)) return shared > 0 ? shared + IN_PLACE : 0
    // A caller has many callees, and each side may have sampled a different one.
    const isSure = areRead(matching, a, b) || sharedCallees(matching, a, b)
    return shared >= ENOUGH && isSure ? shared : 0
  }
  pairClear(matching, frame => files.get(editedFile(frame)) ?? '', editedFile, score, 'renamed')
}

/** Whether a line says which function is meant. In minified programs, it does not. */
function aloneOnLine({ frames }: Side): (at: number) => boolean {
  const key = ({ name, file, line }: Frame) => `${file}\n${line}\n${name === '' ? 'anonymous' : 'named'}`
  const lines = Map.groupBy(frames, key)
  return at => frames[at]!.line > 0 && lines.get(key(frames[at]!))!.length === 1
}

/** Functions of one name that are in another file now, with common callers or callees. */
export function matchMoved(matching: Matching): void {
  const nameOf = (frame: Frame) => (editedFile(frame) === '' ? '' : frame.name)
  const score = (a: number, b: number) => {
    if (areStrangers(matching, a, b, UNLIKE)) return 0
    const shared = sharedNeighbours(matching, a, b)
    return shared >= ENOUGH ? shared : 0
  }
  pairClear(matching, nameOf, nameOf, score, 'moved')
}

/** The file of a function whose source can have been edited; empty for functions of Node and V8. */
function editedFile({ name, file, line }: Frame): string {
  const category = categoryOf(name, file, line)
  return category === 'application' || category === 'dependency' ? file : ''
}

/** Pairs functions with the same key where each is the other's best candidate by a clear lead. */
function pairClear(
  matching: Matching,
  keyBefore: KeyOf,
  keyAfter: KeyOf,
  score: (a: number, b: number) => number,
  how: MatchKind,
): void {
  for (const [members, others] of commonGroups(matching, keyBefore, keyAfter)) {
    if (members.length > MOST || others.length > MOST) continue
    const scores = members.map(a => others.map(b => score(a, b)))
    for (const [a, b] of clearPairs(scores)) pair(matching, members[a]!, others[b]!, how)
  }
}

/** Share (0–1) of matched callers and callees that both functions have; callers and callees weigh the same. */
function sharedNeighbours({ before, after, forward, backward }: Matching, a: number, b: number): number {
  let shared = 0
  let all = 0
  for (const kind of ['callers', 'callees'] as const) {
    const mine = new Set([...before[kind][a]!].map(at => forward[at]!).filter(at => at !== -1))
    const theirs = [...after[kind][b]!].filter(at => backward[at] !== -1)
    const common = theirs.filter(at => mine.has(at)).length
    shared += common
    all += mine.size + theirs.length - common
  }
  return all === 0 ? 0 : shared / all
}
