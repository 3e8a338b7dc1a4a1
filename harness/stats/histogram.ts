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
