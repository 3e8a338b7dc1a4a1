import type { LaunchRecord } from './record.ts'

/** A figure that each launch yields, and how it is judged. */
export interface Metric {
  /** Stable, dotted: `cpu.perRequest`. */
  id: string
  title: string
  unit: 'ns' | 'µs' | 'ms' | 'bytes' | '1/s' | 'ratio' | 'count'
  better: 'lower' | 'higher'
  /** Exact metrics are compared exactly, without an interval. */
  exact?: boolean
  /** Seen by the load generator: worth nothing when that is saturated. */
  seenByLoader?: boolean
  /** Counts what goes wrong: worth something when little else has been done. */
  countsErrors?: boolean
  /** One value per paired slice, or one per launch; `null` where it could not be measured. */
  measure(launch: LaunchRecord): (number | null)[] | number | null
  /** Position in tables, small first. */
  order: number
  /** Shown only with details. */
  secondary?: boolean
}
