/** One metric of a variant against the baseline: a change, and what is said of it. */
import type { Metric } from './metric.ts'

/** A change as a fraction (0.034 is +3.4 %) with its interval. */
export interface Change {
  estimate: number
  low: number
  high: number
  /** The interval's confidence, for example 0.95. */
  confidence: number
}

/** *not reached*: an improvement that a gate expects is not there, or not beyond doubt. */
export type Status = 'regressed' | 'not reached' | 'improved' | 'fine' | 'inconclusive' | 'not comparable'

/** How independent samples of two times compare. */
export interface Unpaired {
  /** Fraction that is added to a gate's margin. */
  allowance: number
  /** Why no gate can rest on the comparison. Absent: one can. */
  unsure?: string
  /** Difference of the two centres as a log-ratio, with both variances; `null` when a side has fewer than two samples. */
  centre: { estimate: number; error: number; degrees: number; count: number } | null
}

/** How typical slices and all slices together differ, as changes. */
export interface Spikes {
  /** Whether the comparison rests on all slices. If not, they differ, but not beyond doubt. */
  counted: boolean
  typical: number
  whole: number
}

/** A value of each side. */
export interface Sides<Value = number> {
  before: Value
  after: Value
}

/** Which variant is compared, and with what. */
export interface Pair {
  variant: string
  baseline: string
}

/** One metric of one variant against the baseline. */
export interface Comparison extends Pair, Pick<Metric, 'title' | 'unit' | 'better'> {
  metric: string
  exact: boolean
  secondary: boolean
  /** Each side's centre over rounds; `null` where it was not measured. */
  before: number | null
  after: number | null
  /** `null` where the two cannot be compared. */
  change: Change | null
  /** One log-ratio per round; `null` for a round without the pair. */
  ratios: (number | null)[]
  /** Each side's own value in each round. */
  values: Sides<(number | null)[]>
  /** Rounds that carry a log-ratio. */
  rounds: number
  verdict: Status
  /** Absent where both sides were measured in turn: there the rounds' log-ratios say everything. */
  across?: Unpaired
  /** Why nothing can be concluded: too many requests went wrong. Absent: something can. */
  unusable?: string
  /**
   * How much larger the change for the worse would be if wrong answers cost nothing, as a log-ratio. Absent where both
   * sides have the same share of wrong answers.
   */
  tilt?: number
  /** Only where a few slices cost much more than the others, and the two sides seem to differ in that. */
  spikes?: Spikes
}
