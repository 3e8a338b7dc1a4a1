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

/** @param resolution of the clock, in µs */
export function runOf(
  engine: string,
  singles: Single[],
  { resolution, omits }: Pick<ForeignRun, 'resolution' | 'omits'>,
): ForeignRun {
  const latencies = singles.map(({ latency }) => latency).sort((a, b) => a - b)
  // A file that was cut off has a row without all of its numbers.
  const isWhole = singles.every(({ latency, began = 0 }) => Number.isFinite(latency + began))
  return {
    engine,
    requests: isWhole ? singles.length : Number.NaN,
    errors: singles.filter(({ isError }) => isError).length,
    throughput: throughputOf(singles),
    latency: Object.fromEntries(PERCENTILES.map(percent => [percent, rankOf(latencies, percent)])),
    resolution,
    omits,
  }
}

/** Between the first request's beginning and the last one's end. */
function throughputOf(singles: Single[]): number | null {
  let [from, to] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]
  for (const { began, latency } of singles) {
    if (began === undefined) return null
    from = Math.min(from, began)
    to = Math.max(to, began + latency)
  }
  return to > from ? (singles.length * 1e6) / (to - from) : null
}

/** The smallest value that so many per cent do not exceed. */
const rankOf = (sorted: number[], percent: number): number =>
  sorted[Math.max(0, Math.ceil((percent / 100) * sorted.length) - 1)] ?? Number.NaN
