/** What a load engine of somebody else says of one run. */

/** The percentiles that are compared. */
export const PERCENTILES = [50, 90, 99, 99.9] as const
export type Percentile = (typeof PERCENTILES)[number]

export interface ForeignRun {
  engine: string
  requests: number
  /** Requests without an answer, or with a status from 400 on. */
  errors: number
  /** Requests per second; `null` where it is not known. */
  throughput: number | null
  /** Latency in µs, as far as the engine says. */
  latency: Partial<Record<Percentile, number>>
  /** The smallest difference of latencies that its output can show, in µs. */
  resolution: number
  /** Whether latencies are counted from when a request was really sent: then what waits for a slow answer is in none. */
  omits: boolean
}

/** One request. */
export interface Single {
  /** µs. */
  latency: number
  isError: boolean
  /** When it began, in µs of any clock. */
  began?: number
}

/** Lines that are not empty, one at a time: a result can have millions of them. */
export function* linesOf(text: string): Generator<string, undefined> {
  for (let from = 0; from < text.length; ) {
    const end = text.indexOf('\n', from)
    const next = end < 0 ? text.length : end
    const line = text.slice(from, next).trim()
    if (line !== '') yield line
    from = next + 1
  }
}

/** @param resolution of the clock, in µs */
export function runOf(
  engine: string,
  singles: Iterable<Single>,
  { resolution, omits }: Pick<ForeignRun, 'resolution' | 'omits'>,
): ForeignRun {
  const latencies: number[] = []
  let errors = 0
  let isWhole = true
  let [from, to] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]
  for (const { latency, isError, began } of singles) {
    latencies.push(latency)
    if (isError) errors++
    // A file that was cut off has a row without all of its numbers.
    if (!Number.isFinite(latency + (began ?? 0))) isWhole = false
    from = Math.min(from, began ?? Number.NaN)
    to = Math.max(to, (began ?? Number.NaN) + latency)
  }
  const sorted = Float64Array.from(latencies).sort()
  return {
    engine,
    requests: isWhole ? latencies.length : Number.NaN,
    errors,
    // Between the first request's beginning and the last one's end, where they are known.
    throughput: to > from ? (latencies.length * 1e6) / (to - from) : null,
    latency: Object.fromEntries(PERCENTILES.map(percent => [percent, rankOf(sorted, percent)])),
    resolution,
    omits,
  }
}

/** The smallest value that so many per cent do not exceed. */
const rankOf = (sorted: Float64Array, percent: number): number =>
  sorted[Math.max(0, Math.ceil((percent / 100) * sorted.length) - 1)] ?? Number.NaN
