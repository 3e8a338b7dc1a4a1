/** How long a request takes, by recent slices, and how often the script fits into a slice. */
import type { Slice } from '../../../model/launch.ts'
import { median, sum } from '../../../stats/describe.ts'

/** Slices that it is taken from. */
const LEARN_FROM = 5

/** Nanoseconds of a request, by the last slices; 0 without any. */
export function typicalTime(slices: Slice[]): number {
  const recent = slices.slice(-LEARN_FROM)
  if (recent.length === 0) return 0
  return median(recent.map(({ wall, requests }) => (wall ?? 0) / Math.max(1, requests ?? 0)))
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

/** Nanoseconds that the load generator was busy per request, by its event loop or by its CPU time, whichever is more. */
export function loaderTime(slices: Slice[]): number {
  const busy = ({ loaderUtilization, loaderCpu, wall }: Slice) =>
    Math.max((loaderUtilization ?? 0) * (wall ?? 0), loaderCpu ?? 0)
  return sum(slices.map(busy)) / Math.max(1, sum(slices.map(({ requests }) => requests ?? 0)))
}
