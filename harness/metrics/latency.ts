import type { LaunchRecord } from '../model/record.ts'
import { decodeHistogram, type Histogram, mergeHistograms, percentile } from '../stats/histogram.ts'

/** Four metrics ask for the same histogram, after every round. */
const merged = new WeakMap<LaunchRecord, Histogram>()

/** Microseconds at a percentile, over all steps of the script. */
export function latencyAt(launch: LaunchRecord, percent: number): number | null {
  let histogram = merged.get(launch)
  if (!histogram) {
    histogram = mergeHistograms(launch.latency.map(decodeHistogram))
    merged.set(launch, histogram)
  }
  return percentile(histogram, percent)
}
