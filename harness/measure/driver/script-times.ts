import type { PlannedLoad } from '../../model/plan.ts'
import type { Slice } from '../../model/record.ts'

/** Slices that the length of a slice is learnt from. */
const LEARN_FROM = 5

/**
 * How often the script fits into a slice of the given length (ms) on each connection, judged by the last slices;
 * `null` while they say nothing.
 */
export function scriptTimes(slices: Slice[], { steps, connections }: PlannedLoad, length: number) {
  const recent = slices
    .slice(-LEARN_FROM)
    .map(slice => (slice.wall ?? 0) / Math.max(1, slice.requests ?? 0))
    .toSorted((a, b) => a - b)
  const perRequest = recent[recent.length >> 1] ?? 0
  if (!(perRequest > 0)) return null
  return Math.max(1, Math.round((length * 1e6) / (perRequest * steps.length * connections)))
}
