/** Matching by the text of functions, where both sides can be read. */

import type { Body } from '../model/record.ts'
import { baseName, type Frame, isEditable, packageName } from '../profile/index.ts'
import { likeness, markOf } from './body.ts'
import { clearPairs, commonGroups, type Matching, pair, type Side } from './matching.ts'

/** A body with fewer tokens may be the same by coincidence. */
const DISTINCT = 12
/** Share of the text that two versions of a function must have in common. */
const ALIKE = 0.6
/** Most candidates per group: comparing all with all would take long. */
const MOST = 400

/**
 * Functions whose bodies are the same, and occur once on each side: in the same file, or in the same package. Short bodies
 * must have the same name and file too.
 */
export function matchSameBodies(matching: Matching): void {
  for (const scope of scopesOf(matching)) {
    const key = (where: string, { name }: Frame, body: Body | undefined) => {
      if (where === '' || !body || (body.size < DISTINCT && !scope.isFile)) return ''
      return `${where}\n${body.hash}${body.size < DISTINCT ? `\n${name}` : ''}`
    }
    const groups = commonGroups(
      matching,
      (frame, at) => key(scope.before(frame), frame, matching.before.bodies[at]),
      (frame, at) => key(scope.after(frame), frame, matching.after.bodies[at]),
    )
    for (const [members, others] of groups)
      if (members.length === 1 && others.length === 1)
        pair(matching, members[0]!, others[0]!, kindOf(matching, members[0]!, others[0]!))
  }
}

/** Functions that were edited: the two whose bodies are most alike, each the other's best by a clear lead. */
export function matchAlikeBodies(matching: Matching): void {
  for (const scope of scopesOf(matching))
    for (const [members, others] of commonGroups(matching, scope.before, scope.after)) {
      if (members.length > MOST || others.length > MOST) continue
      const scores = members.map(a => others.map(b => alike(matching, a, b)))
      for (const [a, b] of clearPairs(scores))
        pair(matching, members[a]!, others[b]!, kindOf(matching, members[a]!, others[b]!))
    }
}

/**
 * Whether the texts of two functions rule out that they are versions of one. Unknown texts rule nothing out.
 *
 * @param least share of the text that they must have in common
 */
export function areStrangers(matching: Matching, a: number, b: number, least = STRANGE): boolean {
  const [mine, its] = [matching.before.bodies[a], matching.after.bodies[b]]
  if (mine === undefined || its === undefined || mine.hash === its.hash) return false
  return (
    isElsewhere(matching, a, b) || (Math.max(mine.size, its.size) >= DISTINCT && likeness(mine, its) < least)
  )
}

/** Whether a text that is not the same any more is still in the other's file, and too long for a coincidence. */
export function hasNewName(matching: Matching, a: number, b: number): boolean {
  const [mine, its] = [matching.before.bodies[a], matching.after.bodies[b]]
  if (mine === undefined || its === undefined || mine.hash === its.hash) return false
  return Math.min(mine.size, its.size) >= DISTINCT && isElsewhere(matching, a, b)
}

/** Whether both texts are known. */
export const areRead = ({ before, after }: Matching, a: number, b: number): boolean =>
  before.bodies[a] !== undefined && after.bodies[b] !== undefined

/** Share of common text below which two functions are not versions of one, and below which only a name makes them so. */
const STRANGE = 0.1
export const UNLIKE = 0.3

/** Whether the text of one of them is in the other's file, so that its own counterpart was merely not sampled. */
function isElsewhere({ before, after, files }: Matching, a: number, b: number): boolean {
  const [mine, its] = [before.bodies[a]!, after.bodies[b]!]
  const [fileBefore, fileAfter] = [before.frames[a]!.file, after.frames[b]!.file]
  const isIn = (side: Side, file: string | undefined, body: Body) =>
    file !== undefined && side.present.get(file)?.has(markOf(body)) === true
  return (
    isIn(after, fileAfter, mine) || isIn(after, files.get(fileBefore), mine) || isIn(before, fileBefore, its)
  )
}

function alike(matching: Matching, a: number, b: number): number {
  const [mine, its] = [matching.before.bodies[a], matching.after.bodies[b]]
  if (!mine || !its || Math.min(mine.size, its.size) < DISTINCT || areStrangers(matching, a, b)) return 0
  const share = likeness(mine, its)
  return share >= ALIKE ? share : 0
}

interface Scope {
  /** Whether it is a file, and not a package. */
  isFile: boolean
  /** Where a function is looked for; empty where it is not. */
  before(frame: Frame): string
  after(frame: Frame): string
}

function scopesOf({ files }: Matching): Scope[] {
  const packageOf = (frame: Frame) => (isEditable(frame) ? `${packageName(frame.file)}/` : '')
  return [
    {
      isFile: true,
      before: frame => (isEditable(frame) ? (files.get(frame.file) ?? '') : ''),
      after: frame => (isEditable(frame) ? frame.file : ''),
    },
    { isFile: false, before: packageOf, after: packageOf },
  ]
}

function kindOf({ before, after }: Matching, a: number, b: number) {
  const [mine, its] = [before.frames[a]!, after.frames[b]!]
  if (baseName(mine.file) !== baseName(its.file)) return 'moved'
  if (mine.name !== its.name) return 'renamed'
  return mine.line === its.line ? 'exact' : 'line moved'
}
