/** A metric: one value of each sample, and how it is judged. */
import type { Family } from './columns.ts'
import type { Sample } from './evidence.ts'

export interface Metric {
  /** Stable, dotted: `cpu.perRequest`. */
  id: string
  title: string
  unit: 'ns' | 'µs' | 'ms' | 'bytes' | '1/s' | 'ratio' | 'count'
  /** `exact` metrics are compared exactly, without an interval. */
  family: Family
  better: 'lower' | 'higher'
  /**
   * What the value depends on. `loader`: the load generator's own counts, worth nothing when it is saturated. `pace`:
   * requests sent at a rate of their own, as users send them.
   */
  needs?: ('loader' | 'pace')[]
  /** Counts what goes wrong, so it can be judged even when most requests went wrong. */
  countsErrors?: boolean
  /** One value per paired slice, or one per sample; `null` where it could not be measured. */
  measure(sample: Sample): (number | null)[] | number | null
  /** Over all slices together, where `measure` gives slices of which a few can cost much more than the others. */
  whole?(sample: Sample): number | null
  /** Position in tables, small first. */
  order: number
  /** Shown only with details. */
  secondary?: boolean
}
