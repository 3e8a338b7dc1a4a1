/** What is concluded from evidence: the analysis, the verdict, and both together as the report. */

import type { Change, Comparison, Pair, Sides, Status } from './comparison.ts'
import type { Diagnosis } from './diagnosis.ts'
import type { Circumstances } from './errors.ts'
import type { Evidence } from './evidence.ts'
import type { Finding } from './finding.ts'
import type { Budget, Culprit, Flame, FrameChange, OwnerChange, ShownFunction } from './flame.ts'
import type { Acceptance, Gate } from './plan.ts'
import type { RunRecord } from './record.ts'
import type { RequestTimes } from './times.ts'

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
export interface Between
  extends Pair,
    Pick<Analysis, 'comparisons' | 'frames' | 'flames' | 'budgets' | 'culprits' | 'owners'> {}

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

/** How much longer requests took, and whether that is the same for all of them. */
export interface LatencyShift {
  variant: string
  baseline: string
  /** µs, between the 10th and the 90th percentile. */
  shift: { estimate: number; low: number; high: number }
  /** `shift`: the same time for all requests; `ratio`: in proportion to what they took. Absent: neither is clearly better. */
  kind?: 'shift' | 'ratio'
}

export interface Analysis {
  /** The load generator was the limit, so what it saw is not compared. */
  loaderLimited: boolean
  comparisons: Comparison[]
  frames: FrameChange[]
  flames: Flame[]
  budgets: Budget[]
  /** Largest part first, by pair and collector; none where the change is spread over everything. */
  culprits: Culprit[]
  /** By pair and collector; the largest change first. */
  owners: OwnerChange[]
  latency: LatencyCurve[]
  /** Empty or absent where no latency changed, or the load generator was the limit. */
  shifts?: LatencyShift[]
  /** Empty or absent where no requests were followed. */
  times?: RequestTimes[]
  /** What limits each variant. Empty or absent where no requests were followed. */
  diagnosis?: Diagnosis[]
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
  /** Whether a change for the worse that matters is ruled out, although nothing is decided. */
  noWorse?: boolean
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
