/** What is concluded from evidence: the analysis, the verdict, and both together as the report. */
import type { Circumstances } from './errors.ts'
import type { Evidence } from './evidence.ts'
import type { Finding } from './finding.ts'
import type { Metric } from './metric.ts'
import type { Acceptance, Gate } from './plan.ts'
import type { RunRecord, SourceLines } from './record.ts'

/** A change as a fraction (0.034 is +3.4 %) with its interval. */
export interface Change {
  estimate: number
  low: number
  high: number
  /** The interval's confidence, for example 0.95. */
  confidence: number
}

export type Status = 'regressed' | 'improved' | 'fine' | 'inconclusive' | 'not comparable'

/** How independent samples of two times compare. */
export interface Unpaired {
  /** Fraction that is added to a gate's margin. */
  allowance: number
  /** Why no gate can rest on the comparison. Absent: one can. */
  unsure?: string
  /** Difference of the two centres as a log-ratio, with both variances; `null` when a side has fewer than two samples. */
  centre: { estimate: number; error: number; degrees: number; count: number } | null
}

/** A value of each side. */
export interface Sides<Value = number> {
  before: Value
  after: Value
}

/** Which variant is compared, and with what. */
interface Pair {
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
}

export type Category = 'application' | 'dependency' | 'node' | 'v8'

export interface ShownFunction {
  function: string
  file: string
  line: number
  category: Category
}

/** A function in both profiles of a pair: its self time (or bytes, …) per request, in the flame's unit. */
export interface FrameChange extends Pair, ShownFunction, Sides {
  collector: string
  /** Self plus what it calls; a sample counts once per function. */
  totalBefore: number
  totalAfter: number
  /**
   * Change of self per request, as a fraction of what all of the baseline's functions cost per request; of the
   * collector `stalls`, as a fraction of the time that a request of the baseline took.
   */
  change: Change
  /** Probability of such a change by chance, adjusted for all functions tested together; `null` with too few rounds. */
  p: number | null
  significant: boolean
  /** Smallest change that this run could have detected, as a fraction of the baseline's cost per request. */
  detectable: number | null
  /**
   * The same for the function with what it calls, tested separately. It stays put where a function is inlined into another
   * and launches differ in which of the two is charged. Absent with too few rounds.
   */
  withCallees?: { change: Change; p: number; significant: boolean }
  /** How the function was found in the other profile: `exact`, `only before`, `only after`, … */
  match: string
  /** Its part of the GC pauses (µs per request), by bytes. Only of `allocation`; absent if pauses were not counted. */
  collecting?: Sides
}

/**
 * Union of both sides' call trees, as columns: self per request, mean over rounds. A parent's index is smaller than its
 * child's.
 */
export interface Flame extends Pair, Sides<number[]> {
  collector: string
  /** Unit of `before` and `after`, for example `µs`. */
  unit: string
  /** What the values refer to; default `per request`. */
  per?: string
  /** The functions that nodes point to; `source` is absent where the record does not have the lines. */
  frames: (ShownFunction & { match: string; source?: SourceLines })[]
  parent: number[]
  frame: number[]
  /** Interval of the change in *total* (self and below) per request; null with too few rounds. */
  low: (number | null)[]
  high: (number | null)[]
  /** Absent where samples have no time. */
  moments?: Moments
}

/** The self values of a flame by time, in steps from the profile's start: columns of what is not zero. */
export interface Moments extends Sides<number[]> {
  /** Milliseconds. */
  step: number
  /** Share of all requests in each step; each side adds up to 1. */
  requests: Sides<number[]>
  node: number[]
  at: number[]
}

/** The sum of the functions' changes next to the change of the whole, per request, in the flame's unit. */
export interface Budget {
  variant: string
  collector: string
  unit: string
  functions: number
  whole: number
  rest: number
}

/** Latency of one variant over all rounds. */
export interface LatencyCurve {
  variant: string
  /** `all`, or the name of a step of the script. */
  step: string
  /** Open loop only: counted from when the request was meant to be sent, or from when it was. */
  kind?: 'corrected' | 'uncorrected'
  /** Phase that the requests belong to. Absent: the whole timed part. */
  phase?: string
  count: number
  /** Answers by latency: up to `upTo` µs and above the bucket before. Each bucket is a tenth wider than the last. */
  histogram: { upTo: number; count: number }[]
  /** Percentile (0–100) and µs over all rounds; `low` and `high` are the extremes of single rounds. */
  points: { percentile: number; value: number; low: number; high: number }[]
}

/** What a collector itself costs: CPU per request in its slices against those without it. */
export interface Overhead {
  collector: string
  change: Change | null
}

/** One kind of garbage-collection pause, in one variant; with the bytes in use on the JS heap, mean over the pauses. */
export interface PauseSummary extends Sides {
  variant: string
  /** V8's name for it. */
  kind: string
  /** Pauses in 1,000 requests. */
  perThousand: number
  /** µs of one pause: mean and maximum. */
  duration: number
  longest: number
}

/** Two variants, neither of which is the baseline: one takes its place. No gate applies. */
export interface Between extends Pair, Pick<Analysis, 'comparisons' | 'frames' | 'flames' | 'budgets'> {}

/** Whether memory that a variant allocates stays (leak), goes at a price (churn), or neither. */
export interface LeakVerdict {
  variant: string
  verdict: 'leak' | 'churn' | 'neither' | 'cannot tell'
  /** Why, as text with numbers. */
  reason: string
  /** Bytes per request that survive a full collection: the slope over batches of requests, with its interval. */
  retained: { estimate: number; low: number; high: number; confidence: number } | null
  /** Bytes per request. */
  allocated: number | null
  /** Change of bytes allocated per request against the baseline; `null` for the baseline, and where too little is known. */
  allocatedChange: Change | null
  /** Share of the event loop's busy time that went to garbage-collection pauses. */
  stopped: number | null
  /** Number of readings of the live heap, and of the launches that they come from. */
  readings: number
  launches: number
  /** Live bytes over requests, launch by launch: the data of the slope. */
  series: { requests: number[]; live: number[] }[]
  /**
   * The functions that retain most (for churn: allocate most), in bytes per request. What a function retains is a lower
   * bound: V8's sampler loses track of part of what survives in optimised code.
   */
  frames: (ShownFunction & { bytes: number })[]
}

/** How the heap changed between two snapshots of one launch: its bytes, and by constructor, most growth first. */
export interface SnapshotDifference extends Sides {
  variant: string
  /** Requests between the two snapshots. */
  requests: number
  rows: {
    /** The constructor, or a kind such as `(array)`. */
    name: string
    count: Sides
    /** Bytes of the objects themselves. */
    self: Sides
    /** Bytes that would be freed with them. */
    retained: Sides
  }[]
}

export interface Analysis {
  /** The load generator was the limit, so what it saw is not compared. */
  loaderLimited: boolean
  comparisons: Comparison[]
  frames: FrameChange[]
  flames: Flame[]
  budgets: Budget[]
  latency: LatencyCurve[]
  overheads: Overhead[]
  /** Empty or absent where no collector counted them. */
  pauses?: PauseSummary[]
  /** Every pair without the baseline; absent with fewer than three variants. */
  between?: Between[]
  /** Variants with so many wrong answers that nothing can be concluded, and what was answered instead. */
  unusable?: { variant: string; reason: string }[]
  /** Rounds that no comparison uses, and why. */
  leftOut?: { round: number; reason: string }[]
  /** Empty or absent where the collector `heap` did not run. */
  leaks?: LeakVerdict[]
  /** Empty or absent where no heap snapshots were asked for. */
  snapshots?: SnapshotDifference[]
  findings: Finding[]
}

export interface GateVerdict {
  gate: Gate
  variant: string
  status: Status
  /** The interval that decided: wider than the one shown, because of repeated looks and other gates. */
  change: Change | null
  /** What was seen, and what would decide it. */
  reason: string
  /** The acceptance that keeps this regression from failing the run; absent when there is none, or it was exceeded or has expired. */
  accepted?: Acceptance
}

export interface Verdict {
  status: Status
  /** Whether no further round could change a gate. */
  decided: boolean
  /** Why there is no verdict, whatever the gates say. Absent: there is one. */
  unusable?: string
  gates: GateVerdict[]
}

export interface Report {
  /** The run that was judged, as it was recorded. */
  run: RunRecord
  /** What the analysis is drawn from: the run, with the earlier one that it is judged against. */
  evidence: Evidence
  analysis: Analysis
  verdict: Verdict
}

/** Why a scenario has no report. */
export interface Problem extends Omit<Circumstances, 'cause'> {
  message: string
}

/** The result of one of several scenarios, as a CI job reports them together. */
export interface Outcome {
  scenario: string
  /** The scenario's file, relative to the folder that annotations and test reports are read in. */
  file: string
  /** Folder of the run's files, relative to that of the overview; empty when there is none. */
  folder: string
  /** Either this or `problem` is set. */
  report?: Report
  problem?: Problem
}
