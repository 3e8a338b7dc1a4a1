/**
 * Latency histograms: HDR histograms of microseconds with three significant digits. The one door to hdr-histogram-js.
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

/** One hour in microseconds; slower answers have long since timed out. */
const HIGHEST = 3_600_000_000

export const createHistogram = (): Histogram =>
  build({
    bitBucketSize: 32,
    lowestDiscernibleValue: 1,
    highestTrackableValue: HIGHEST,
    numberOfSignificantValueDigits: 3,
    useWebAssembly: false,
  })

/** Counts one answer; anything that is not a duration (negative, not finite) is refused with an error. */
export function record(histogram: Histogram, microseconds: number): void {
  if (!(microseconds >= 0 && microseconds < Number.POSITIVE_INFINITY))
    throw new RangeError(`A latency is a duration of 0 µs or more, not ${microseconds}`)
  histogram.recordValue(Math.min(Math.round(microseconds), HIGHEST))
}

/** V2, deflated, base64: what any HdrHistogram implementation reads. */
export const encodeHistogram = (histogram: Histogram): string => encodeIntoCompressedBase64(histogram)

export function decodeHistogram(encoded: string): Histogram {
  try {
    return decodeFromCompressedBase64(encoded, 32, false)
  } catch (cause) {
    throw new Error(`Not a V2 HDR histogram in base64: ${encoded.slice(0, 24)}…`, { cause })
  }
}

/** A new histogram with the counts of all. */
export function mergeHistograms(histograms: Iterable<Histogram>): Histogram {
  const merged = createHistogram()
  for (const histogram of histograms) merged.add(histogram)
  return merged
}

/** Microseconds at a percentile (0–100); `null` for an empty histogram. */
export const percentile = (histogram: Histogram, percent: number): number | null =>
  histogram.totalCount === 0 ? null : histogram.getValueAtPercentile(percent)

/** Each bucket ends a tenth above the one before. */
const WIDER = 1.1

/** How many fell between the bucket before and `upTo` µs, from the first bucket with a value to the last. */
export function buckets(histogram: Histogram): { upTo: number; count: number }[] {
  if (histogram.totalCount === 0) return []
  // The interface leaves out what only the implementation in JavaScript has, which is the one that is built here.
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
