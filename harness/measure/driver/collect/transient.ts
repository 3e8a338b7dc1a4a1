/** The transient of a profiler: V8 throws code away when it starts, and compiles again. */

import type { Slice } from '../../../model/launch.ts'
import type { Profile } from '../../../model/profile.ts'
import { median } from '../../../stats/describe.ts'

/** Slices in a row that must cost what the last ones do. A second wave of compilation comes a few slices after the first. */
const STEADY = 5
/** By how much a slice may cost more than that. */
const MORE = 0.15

/**
 * Finds the slice from which a block is steady: from there on, several slices in a row cost about as much CPU per request as
 * the second half of the block. 0 if there is none, because then nothing tells the transient from the rest.
 */
export function steadyFrom(slices: Slice[]): number {
  const costs = slices.map(({ cpu, requests }) => (cpu ?? Number.NaN) / (requests || Number.NaN))
  const half = costs.length >> 1
  const usual = half > 0 ? median(costs.slice(half)) : Number.NaN
  const isSteady = costs.map(cost => cost <= usual * (1 + MORE))
  for (let from = 0; from < half; from++) if (isSteady.slice(from, from + STEADY).every(Boolean)) return from
  return 0
}

/** The profile without the samples from before its last `kept` milliseconds. */
export function lastPart(profile: Profile, kept: number): Profile {
  const { stack, values, time, labels } = profile.samples
  if (!time) return profile
  const from = Math.max(0, profile.duration - kept)
  const first = time.findIndex(at => at >= from)
  const start = first === -1 ? time.length : first
  return {
    ...profile,
    duration: profile.duration - from,
    samples: {
      stack: stack.slice(start),
      values: values.map(column => column.slice(start)),
      time: time.slice(start).map(at => at - from),
      labels: new Map([...labels].filter(([at]) => at >= start).map(([at, own]) => [at - start, own])),
    },
  }
}
