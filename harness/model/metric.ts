import type { Family } from './columns.ts'
import type { Sample } from './evidence.ts'

/** A value that each sample yields, and how it is judged. */
export interface Metric {
  /** Stable, dotted: `cpu.perRequest`. */
  id: string
  title: string
  unit: 'ns' | 'µs' | 'ms' | 'bytes' | '1/s' | 'ratio' | 'count'
  /** `exact` metrics are compared exactly, without an interval. */
  family: Family
  better: 'lower' | 'higher'
  /**
   * What the value rests on. `loader`: what the load generator saw, worth nothing when that is saturated. `pace`: requests
   * that are sent at a rate of their own, as users do.
   */
  needs?: ('loader' | 'pace')[]
  /** Counts what goes wrong: worth something when little else has been done. */
  countsErrors?: boolean
  /** One value per paired slice, or one per sample; `null` where it could not be measured. */
  measure(sample: Sample): (number | null)[] | number | null
  /** Position in tables, small first. */
  order: number
  /** Shown only with details. */
  secondary?: boolean
}
