/** The columns of a flame by time: in steps, over all rounds together. */

import type { Moments } from '../model/flame.ts'
import type { Slices } from '../model/launch.ts'
import type { Profile } from '../model/profile.ts'
import { lastMoment, MOMENT, splitByMoment } from '../profile/index.ts'
import { sum } from '../stats/describe.ts'

/** More steps would make the page larger without making the timeline more useful. */
const MOST_STEPS = 24

export interface Steps {
  /** Milliseconds. */
  step: number
  count: number
}

/** Steps that cover every sample of all profiles; `null` when a profile does not say when its samples were taken. */
export function stepsOf(profiles: Profile[]): Steps | null {
  const lasts = profiles.map(lastMoment)
  if (lasts.some(last => last === null)) return null
  const moments = Math.max(...(lasts as number[])) / MOMENT + 1
  if (moments < 2) return null
  const step = MOMENT * Math.ceil(moments / MOST_STEPS)
  return { step, count: Math.ceil((moments * MOMENT) / step) }
}

/** All profiles, then the parts of each of them. */
export const withParts = (profiles: Profile[], steps: Steps | null): Profile[] =>
  steps ? [...profiles, ...profiles.flatMap(it => splitByMoment(it, steps.step, steps.count))] : profiles

/** Columns of the parts (`steps.count` for each round) → the mean over rounds of each step. */
export function meanOfParts(parts: Float64Array[], { count }: Steps): Float64Array[] {
  const rounds = parts.length / count
  return Array.from({ length: count }, (_, step) => {
    const mean = new Float64Array(parts[step]!.length)
    for (let round = 0; round < rounds; round++) {
      const part = parts[round * count + step]!
      for (let node = 0; node < mean.length; node++) mean[node]! += part[node]! / rounds
    }
    return mean
  })
}

/** Share of all requests in each step, assuming that the requests of a slice are spread evenly over it. */
export function requestShares(captured: Slices[], { step, count }: Steps): number[] {
  const shares = new Array<number>(count).fill(0)
  for (const { start = [], wall = [], requests = [] } of captured) {
    const began = start[0] ?? 0
    requests.forEach((answered, slice) => {
      const from = (start[slice] ?? began) - began
      const length = Math.max((wall[slice] ?? 0) / 1e6, 1e-6)
      for (let at = Math.floor(from / step); at <= (from + length) / step; at++) {
        const overlap = Math.min(from + length, (at + 1) * step) - Math.max(from, at * step)
        shares[Math.min(count - 1, at)]! += ((answered ?? 0) * Math.max(0, overlap)) / length
      }
    })
  }
  const all = sum(shares)
  return shares.map(share => (all > 0 ? share / all : 0))
}

/** The values that are not zero, as columns. */
export function sparse(before: Float64Array[], after: Float64Array[]): Omit<Moments, 'step' | 'requests'> {
  const columns: ReturnType<typeof sparse> = { node: [], at: [], before: [], after: [] }
  before.forEach((column, at) => {
    column.forEach((cost, node) => {
      const other = after[at]![node]!
      if (cost === 0 && other === 0) return
      columns.node.push(node)
      columns.at.push(at)
      columns.before.push(cost)
      columns.after.push(other)
    })
  })
  return columns
}
