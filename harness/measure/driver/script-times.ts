/** How long a request takes, and how often the script fits into a slice. */
import type { Slice } from '../../model/record.ts'

/** Slices that it is learnt from. */
const LEARN_FROM = 5

/** Nanoseconds of a request, by the last slices; 0 while they say nothing. */
export function typicalTime(slices: Slice[]): number {
  const recent = slices
    .slice(-LEARN_FROM)
    .map(slice => (slice.wall ?? 0) / Math.max(1, slice.requests ?? 0))
    .toSorted((a, b) => a - b)
  return recent[recent.length >> 1] ?? 0
}

/**
 * How often the script fits into a slice of the given length (ms) on each connection; `null` while nothing is known.
 *
 * @param requests of one run of the script on all connections
 */
export function scriptTimes(slices: Slice[], requests: number, length: number): number | null {
  const perRequest = typicalTime(slices)
  return perRequest > 0 ? Math.max(1, Math.round((length * 1e6) / (perRequest * requests))) : null
}
