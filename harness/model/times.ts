/** Where the time of requests went. */
import type { Pair, Sides } from './comparison.ts'
import type { ShownFunction } from './flame.ts'

/** `typical`: around the median. `slow`: the slowest one in a hundred. */
export type RequestClass = 'typical' | 'slow'

/** The rows add up to the latency that the load generator saw, in µs, mean over rounds. */
export interface RequestTimes extends Pair {
  requests: RequestClass
  /** Number of requests that were followed. */
  followed: Sides
  latency: Sides
  rows: TimeRow[]
}

export interface TimeRow extends Sides {
  /** What the request waited for or did, for example `[waiting for PostgreSQL]`. */
  what: string
  /** The innermost function of the application that waits for it, or else of a package. */
  place?: ShownFunction
  /** Interval of the change, in µs; `null` where nothing tells a change from chance. */
  interval: { low: number; high: number } | null
  /** Probability of such a change by chance, adjusted for all rows tested together; `null` with too few rounds. */
  p: number | null
  significant: boolean
}
