/** Two sides of profiles → flames and functions, in every way in which they can be made comparable. Pure. */

import { finding } from '../findings/catalogue.ts'
import { type UnionTree, uniteTrees } from '../match/index.ts'
import type { DiffRequest, ProfileDiff, ProfileFile, ProfileSide } from '../model/diff.ts'
import type { Finding } from '../model/finding.ts'
import { buildCallTree } from '../profile/index.ts'
import { CONFIDENCE } from '../stats/change.ts'
import { ENOUGH_PER_SIDE } from '../stats/permutation.ts'
import { welch } from '../stats/welch.ts'
import { type Calls, outside } from './calls.ts'
import { flameOf } from './flames.ts'
import { profileFindings } from './profile-findings.ts'
import { profileRows } from './profile-rows.ts'
import { describeSide, sum } from './profile-side.ts'
import { commonValue, inValue, type ValueType } from './profile-value.ts'

/** How a unit is shown. What has none of these is counted. */
const UNITS: Record<string, { unit: string; scale: number }> = {
  nanoseconds: { unit: 'µs', scale: 1e-3 },
  microseconds: { unit: 'µs', scale: 1 },
  milliseconds: { unit: 'ms', scale: 1 },
  seconds: { unit: 's', scale: 1 },
  bytes: { unit: 'bytes', scale: 1 },
}
const COUNTED = { unit: 'count', scale: 1 }

/** One way to make profiles of different length and load comparable. */
interface View {
  name: string
  per: string
  unit: string
  /** What a profile's values are multiplied by. */
  factor(side: ProfileSide, total: number, duration: number): number
}

/** @throws UsageError when the two have nothing in common that could be compared */
export function diffProfiles({ before, after, requests }: DiffRequest): ProfileDiff {
  const files = [...before.files, ...after.files]
  const { value, findings } = commonValue(files)
  const trees = [before, after].map(side =>
    buildCallTree(
      side.files.map(file => inValue(file, value)),
      { without: outside },
    ),
  )
  const sides = [before, after].map((side, at) =>
    describeSide(side, value, trees[at]!.self, requests?.[at] ?? null),
  ) as Sides
  const certain = sides.every(({ profiles }) => profiles >= ENOUGH_PER_SIDE)
  const interval = certain ? (a: number[], b: number[]) => welch(a, b, CONFIDENCE) : () => null
  const tree = uniteTrees(trees[0]!, trees[1]!)
  const durations = files.map(({ profile }) => profile.duration)
  // One after the other: the columns of large profiles are large.
  const seen = viewsOf(sides, value).map(view => {
    const calls = callsIn(view, tree, sides, durations)
    return { rows: profileRows(calls, certain), flame: { ...flameOf(calls, interval), per: view.per } }
  })
  return {
    before: sides[0],
    after: sides[1],
    value,
    analysis: {
      frames: seen.flatMap(({ rows }) => rows),
      flames: seen.map(({ flame }) => flame),
      budgets: [],
      findings: [
        ...(certain ? [] : [noIntervals(sides)]),
        ...findings,
        ...profileFindings(...sides),
        ...partFindings(before, after),
        ...repairs(files),
      ],
    },
  }
}

type Sides = [ProfileSide, ProfileSide]

/** A column per profile, in the view's unit. */
function callsIn(view: View, tree: UnionTree, sides: Sides, durations: number[]): Calls {
  const columns = tree.self.map((self, column) => {
    const side = sides[column < tree.beforeColumns ? 0 : 1]
    const factor = view.factor(side, sum(self), durations[column]!)
    return self.map(amount => amount * factor)
  })
  return {
    variant: 'after',
    baseline: 'before',
    collector: view.name,
    unit: view.unit,
    tree,
    before: columns.slice(0, tree.beforeColumns),
    after: columns.slice(tree.beforeColumns),
  }
}

function viewsOf(sides: Sides, { unit }: ValueType): View[] {
  const shown = UNITS[unit] ?? COUNTED
  const views: View[] = [
    {
      name: 'Share of the total',
      per: 'as a share of the total',
      unit: '%',
      factor: (_side, total) => 100 / total,
    },
  ]
  if (sides.every(({ duration }) => duration > 0))
    views.push({
      name: 'Per second',
      per: 'per second',
      unit: shown.unit,
      factor: (_side, _total, duration) => (shown.scale * 1000) / duration,
    })
  if (sides.every(({ requests }) => requests !== null))
    views.unshift({
      name: 'Per request',
      per: 'per request',
      unit: shown.unit,
      factor: ({ requests, profiles }) => (shown.scale * profiles) / requests!,
    })
  return views
}

function noIntervals([before, after]: Sides): Finding {
  const [there, here] = [before.profiles, after.profiles]
  const single = there === 1 && here === 1
  return finding(
    'no-intervals',
    single
      ? 'One profile on each side: there are no intervals, and no change can be told from chance.'
      : `${there} and ${here} profiles, averaged: intervals take ${ENOUGH_PER_SIDE} on each side, so no change can be told from chance.`,
  )
}

/** What a side is made of, where that is not plainly a file for each profile. */
function partFindings(...sides: DiffRequest['before'][]): Finding[] {
  return sides.flatMap(({ label, files }) => {
    const chosen = files.filter(({ choice }) => choice !== undefined)
    const joined = files.filter(({ parts }) => parts !== undefined)
    const names = joined.map(({ parts = [] }) => listed(parts)).join('; ')
    return [
      ...(chosen.length > 0
        ? [finding('one-of-several', `${label}: ${listed(chosen.map(({ choice }) => choice!))}.`)]
        : []),
      ...(joined.length > 0
        ? [finding('added-up', `${label}: recorded at the same time, and added up: ${names}.`)]
        : []),
    ]
  })
}

/** The first of them, and how many there are. */
function listed(names: string[]): string {
  const [shown, rest] = [names.slice(0, MOST_NAMED), names.length - MOST_NAMED]
  return rest > 0 ? `${shown.join(', ')} and ${rest} more` : shown.join(', ')
}

const MOST_NAMED = 4

function repairs(files: ProfileFile[]): Finding[] {
  const repaired = sum(files.map(file => file.repaired))
  return repaired > 0
    ? [finding('repaired-samples', `Samples without a usable time, or lost by the profiler: ${repaired}.`)]
    : []
}
