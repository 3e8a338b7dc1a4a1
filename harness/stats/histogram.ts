/**
 * Latency histograms: HDR histograms of microseconds with three significant digits.
 *
 * Source: G. Tene, HdrHistogram, https://github.com/HdrHistogram/HdrHistogram (V2 compressed encoding).
 */
import {
  build,
  decodeFromCompressedBase64,
  encodeIntoCompressedBase64,
  type Histogram,
} from 'hdr-histogram-js'
import type { JsHistogram } from 'hdr-histogram-js/dist/JsHistogram.js'

export type { Histogram }

/** One hour in microseconds; slower answers have timed out long before. */
const HIGHEST = 3_600_000_000

export const createHistogram = (): Histogram =>
  build({
    bitBucketSize: 32,
    lowestDiscernibleValue: 1,
    highestTrackableValue: HIGHEST,
    numberOfSignificantValueDigits: 3,
    useWebAssembly: false,
  })

/** @throws RangeError for a duration that is negative or not finite */
export function record(histogram: Histogram, microseconds: number): void {
  if (!(microseconds >= 0 && microseconds < Number.POSITIVE_INFINITY))
    throw new RangeError(`A latency is a duration of 0 µs or more, not ${microseconds}`)
  histogram.recordValue(Math.min(Math.round(microseconds), HIGHEST))
}

/** V2, deflated, base64: any HdrHistogram implementation can read it. */
export const encodeHistogram = (histogram: Histogram): string => encodeIntoCompressedBase64(histogram)

export function decodeHistogram(encoded: string): Histogram {
  try {
    return decodeFromCompressedBase64(encoded, 32, false)
  } catch (cause) {
    throw new Error(`Not a V2 HDR histogram in base64: ${encoded.slice(0, 24)}…`, { cause })
  }
}

/** A new histogram with the counts of all given ones. */
export function mergeHistograms(histograms: Iterable<Histogram>): Histogram {
  const merged = createHistogram()
  for (const histogram of histograms) merged.add(histogram)
  return merged
}

/** Microseconds at a percentile (0–100); `null` for an empty histogram. */
export const percentile = (histogram: Histogram, percent: number): number | null =>
  histogram.totalCount === 0 ? null : histogram.getValueAtPercentile(percent)

/** Each bucket ends a tenth above the previous one. */
const WIDER = 1.1

/** Counts of values up to `upTo` µs and above the previous bucket, from the first bucket with a value to the last. */
export function buckets(histogram: Histogram): { upTo: number; count: number }[] {
  if (histogram.totalCount === 0) return []
  // Only the implementation in JavaScript, which is built here, has this iterator.
  const values = (histogram as JsHistogram).recordedValuesIterator
  values.reset()
  const counts = new Map<number, number>()
  while (values.hasNext()) {
    const { valueIteratedTo, countAddedInThisIterationStep } = values.next()
    const bucket = Math.ceil(Math.log(Math.max(1, valueIteratedTo)) / Math.log(WIDER))
    counts.set(bucket, (counts.get(bucket) ?? 0) + countAddedInThisIterationStep)
  }
  const [first, last] = [Math.min(...counts.keys()), Math.max(...counts.keys())]
  return Array.from({ length: last - first + 1 }, (_, i) => ({
    upTo: WIDER ** (first + i),
    count: counts.get(first + i) ?? 0,
  }))
}
