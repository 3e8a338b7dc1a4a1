/** Matching by the text of functions, where both sides can be read. */

import type { Body } from '../model/record.ts'
import { baseName, type Frame, isEditable, packageName } from '../profile/index.ts'
import { likeness } from './body.ts'
import { clearPairs, commonGroups, type Matching, pair } from './matching.ts'

/** A body with fewer tokens may be the same by coincidence. */
const DISTINCT = 12
/** Share of the text that two versions of a function must have in common. */
const ALIKE = 0.6
/** Most candidates per group: comparing all with all would take long. */
const MOST = 400

/** Functions whose bodies are the same, and occur once on each side: in the same file, or in the same package. */
export function matchSameBodies(matching: Matching): void {
  for (const scope of scopesOf(matching)) {
    const key = (where: string, body: Body | undefined) =>
      where !== '' && body && body.size >= DISTINCT ? `${where}\n${body.hash}` : ''
    const groups = commonGroups(
      matching,
      (frame, at) => key(scope.before(frame), matching.before.bodies[at]),
      (frame, at) => key(scope.after(frame), matching.after.bodies[at]),
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
      const scores = members.map(a =>
        others.map(b => alike(matching.before.bodies[a], matching.after.bodies[b])),
      )
      for (const [a, b] of clearPairs(scores))
        pair(matching, members[a]!, others[b]!, kindOf(matching, members[a]!, others[b]!))
    }
}

/** Whether the texts of two functions rule out that they are versions of one. Unknown texts rule nothing out. */
export function areStrangers(matching: Matching, a: number, b: number): boolean {
  const [mine, its] = [matching.before.bodies[a], matching.after.bodies[b]]
  return (
    mine !== undefined &&
    its !== undefined &&
    Math.min(mine.size, its.size) >= DISTINCT &&
    likeness(mine, its) < STRANGE
  )
}

/** Share of common text below which two functions are not versions of one. */
const STRANGE = 0.1

function alike(a: Body | undefined, b: Body | undefined): number {
  if (!a || !b || Math.min(a.size, b.size) < DISTINCT) return 0
  const share = likeness(a, b)
  return share >= ALIKE ? share : 0
}

interface Scope {
  /** Where a function is looked for; empty where it is not. */
  before(frame: Frame): string
  after(frame: Frame): string
}

function scopesOf({ files }: Matching): Scope[] {
  const packageOf = (frame: Frame) => (isEditable(frame) ? `${packageName(frame.file)}/` : '')
  return [
    {
      before: frame => (isEditable(frame) ? (files.get(frame.file) ?? '') : ''),
      after: frame => (isEditable(frame) ? frame.file : ''),
    },
    { before: packageOf, after: packageOf },
  ]
}

function kindOf({ before, after }: Matching, a: number, b: number) {
  const [mine, its] = [before.frames[a]!, after.frames[b]!]
  if (baseName(mine.file) !== baseName(its.file)) return 'moved'
  if (mine.name !== its.name) return 'renamed'
  return mine.line === its.line ? 'exact' : 'line moved'
}
