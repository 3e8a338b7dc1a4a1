/** What is concluded from a record: the analysis, the verdict, and both together as the report. */
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
  /** Of the interval, for example 0.95. */
  confidence: number
}

export type Status = 'regressed' | 'improved' | 'fine' | 'inconclusive' | 'not comparable'

/** What two measurements of different times say of each other. */
export interface Across {
  /** Fraction by which a gate's margin is wider. */
  allowance: number
  /** Why no gate can rest on it, in words. Absent: it can. */
  unsure?: string
  /** Difference of the two centres as a log-ratio, with both variances; `null` with fewer than two rounds of either. */
  centre: { estimate: number; error: number; degrees: number; count: number } | null
}

/** One metric of one variant against the baseline. */
export interface Comparison {
  variant: string
  baseline: string
  metric: string
  title: string
  unit: Metric['unit']
  better: Metric['better']
  exact: boolean
  secondary: boolean
  /** Centre over rounds of each side's own values; `null` where it was not measured. */
  before: number | null
  after: number | null
  /** `null` where the two cannot be compared. */
  change: Change | null
  /** One log-ratio per round; `null` for a round without the pair. */
  ratios: (number | null)[]
  /** Each side's own value in each round. */
  values: { before: (number | null)[]; after: (number | null)[] }
  /** Rounds that carry a log-ratio. */
  rounds: number
  verdict: Status
  /** Absent where both sides were measured in turn: then the rounds' log-ratios say everything. */
  across?: Across
  /** Why nothing can be concluded, in words: too much went wrong. Absent: it can. */
  unusable?: string
  /**
   * Log-ratio by which the change for the worse would be larger if wrong answers cost nothing. Absent where as large a share of
   * either side's requests went wrong.
   */
  tilt?: number
}

export type Category = 'application' | 'dependency' | 'node' | 'v8'

/** A function in both profiles of a pair. Figures are per request, in the flame's unit. */
export interface FrameChange {
  variant: string
  baseline: string
  collector: string
  function: string
  file: string
  line: number
  category: Category
  /** Self time (bytes, …) per request. */
  before: number
  after: number
  /** Including what it calls; a sample counts once per function. */
  totalBefore: number
  totalAfter: number
  /**
   * Change of self per request, as a fraction of what all of the baseline's functions cost per request; of the
   * collector `stalls`, as a fraction of the time that a request of the baseline took.
   */
  change: Change
  /** Probability of such a change by chance, over all functions tested together; `null` with too few rounds. */
  p: number | null
  significant: boolean
  /** Smallest change that this run could have seen, as a fraction of the baseline's whole cost per request. */
  detectable: number | null
  /**
   * The same of the function with what it calls, tested over all functions for themselves. It holds still where one is
   * compiled into the other and launches differ in which of them is charged. Absent where there is nothing to tell.
   */
  withCallees?: { change: Change; p: number; significant: boolean }
  /** How the function was found in the other profile: `exact`, `only before`, `only after`, … */
  match: string
  /**
   * Of the collector `allocation`: µs per request that garbage collection stopped the program for, by the function's
   * share of the bytes allocated. Absent where pauses were not counted.
   */
  collecting?: { before: number; after: number }
}

/** Union of both sides' call trees, as columns; a parent's index is smaller than its child's. */
export interface Flame {
  variant: string
  baseline: string
  collector: string
  /** Of `before` and `after`, for example `µs`. */
  unit: string
  /** What the figures are given in, in words; `per request` where nothing is said. */
  per?: string
  /** Distinct functions that the nodes point to; `source` is absent where the record has no lines of it. */
  frames: {
    function: string
    file: string
    line: number
    category: Category
    match: string
    source?: SourceLines
  }[]
  parent: number[]
  frame: number[]
  /** Self per request, mean over rounds. */
  before: number[]
  after: number[]
  /** Interval of the change in *total* (self and below) per request; null with too few rounds. */
  low: (number | null)[]
  high: (number | null)[]
  /** When it was sampled; absent where samples do not say. */
  moments?: Moments
}

/** The self figures of a flame by time, in steps from the profile's start; only what is not zero, as columns. */
export interface Moments {
  /** Milliseconds. */
  step: number
  /** Share of the requests of all rounds that fell into each step; each side adds up to 1. */
  requests: { before: number[]; after: number[] }
  node: number[]
  at: number[]
  before: number[]
  after: number[]
}

/** The sum of the functions' changes beside the change of the whole, per request, in the flame's unit. */
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
  /** Of an open loop: since the request was meant to be sent, or since it really was. Absent: since it was sent. */
  kind?: 'corrected' | 'uncorrected'
  /** Name of the phase that the requests belong to. Absent: all of the timed part. */
  phase?: string
  count: number
  /** Answers by latency: from the bucket before up to `upTo` µs; every bucket is a tenth wider than the one before. */
  histogram: { upTo: number; count: number }[]
  /** Percentile (0–100) and µs, of all rounds together; `low` and `high` are the extremes over rounds. */
  points: { percentile: number; value: number; low: number; high: number }[]
}

/** What a collector itself cost: CPU per request in its slices against the slices without it. */
export interface Overhead {
  collector: string
  change: Change | null
}

/** Pauses of one kind for garbage collection, in one variant. */
export interface PauseSummary {
  variant: string
  /** V8's name for it. */
  kind: string
  /** Pauses in 1,000 requests. */
  perThousand: number
  /** µs of one pause: mean and maximum. */
  duration: number
  longest: number
  /** Bytes in use on the JS heap, mean over the pauses. */
  before: number
  after: number
}

/** Two variants of which neither is the baseline: no gate holds for them. */
export interface Between extends Pick<Analysis, 'comparisons' | 'frames' | 'flames' | 'budgets'> {
  variant: string
  /** The variant that is taken for the baseline. */
  baseline: string
}

/** Whether memory that a variant allocates stays (leak), goes at a price (churn), or neither. */
export interface LeakVerdict {
  variant: string
  verdict: 'leak' | 'churn' | 'neither' | 'cannot tell'
  /** Why, in words with figures. */
  reason: string
  /** Bytes per request that a full collection leaves behind: the slope over batches of requests, with its interval. */
  retained: { estimate: number; low: number; high: number; confidence: number } | null
  /** Bytes per request. */
  allocated: number | null
  /** Of bytes allocated per request against the baseline; `null` for the baseline, and where too little is known. */
  allocatedChange: Change | null
  /** Share of the time in which the loop was busy that garbage collection stopped it. */
  stopped: number | null
  /** Readings of the live heap, and the launches that they come from. */
  readings: number
  launches: number
  /** Live bytes over requests, launch by launch: what the slope was drawn through. */
  series: { requests: number[]; live: number[] }[]
  /**
   * The functions that retain, or of churn those that allocate, most first, in bytes per request. What a function
   * retains is a lower bound: V8's sampler loses sight of part of what survives in optimised code.
   */
  frames: { function: string; file: string; line: number; category: Category; bytes: number }[]
}

/** How the objects on the heap changed between two snapshots of one launch, by constructor; most growth first. */
export interface SnapshotDifference {
  variant: string
  /** Between the two snapshots. */
  requests: number
  /** Bytes of the whole heap. */
  before: number
  after: number
  rows: {
    /** Of the constructor, or a kind such as `(array)`. */
    name: string
    count: { before: number; after: number }
    /** Bytes of the objects themselves. */
    self: { before: number; after: number }
    /** Bytes that would be freed with them. */
    retained: { before: number; after: number }
  }[]
}

export interface Analysis {
  comparisons: Comparison[]
  frames: FrameChange[]
  flames: Flame[]
  budgets: Budget[]
  latency: LatencyCurve[]
  overheads: Overhead[]
  /** Empty or absent where no collector watched them. */
  pauses?: PauseSummary[]
  /** Every other two variants; absent where there are fewer than three. */
  between?: Between[]
  /** Variants whose requests went wrong so often that nothing can be concluded from them, and what was answered instead. */
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
  /** Interval that the decision was taken on: wider than the one shown, for the looks and the other gates. */
  change: Change | null
  /** What was seen and what would decide it, in words. */
  reason: string
  /** A regression that this covers fails nothing; absent when none was accepted, or it has grown or expired. */
  accepted?: Acceptance
}

export interface Verdict {
  status: Status
  /** Whether no further round could change a gate. */
  decided: boolean
  /** Why there is no verdict, whatever is gated, in words. Absent: there is one. */
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
