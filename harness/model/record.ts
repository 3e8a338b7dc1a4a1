/** The record of a run: what was measured, nothing that is concluded. Plain data, written after every round. */
import type { Finding } from './finding.ts'
import type { Plan } from './plan.ts'

export const RECORD_SCHEMA = 'flamegate/record/1'

/**
 * What is read before and after each slice; differences unless noted. `null` where the platform has no such counter.
 *
 * - `start` ms since the round began · `requests` completed · `errors` without an answer (timeouts included) ·
 *   `unexpected` answers that are not 2xx, or not what the script expects · `bytes` received · `wall` ns
 * - from the kernel, ns, over the process tree: `cpu` all threads, `mainCpu` main threads, `compilerCpu` V8's own
 *   worker threads, `runDelay` time spent waiting for a processor
 * - from the agent: `allocated` bytes, `gcCount`, `gcPause` ns, `loopActive` and `loopIdle` ns, `codeSize` bytes (a level)
 * - of the load generator: `loaderCpu` ns, `loaderUtilization` 0–1
 */
export const SLICE_FIELDS = [
  'start',
  'requests',
  'errors',
  'unexpected',
  'bytes',
  'wall',
  'cpu',
  'mainCpu',
  'compilerCpu',
  'runDelay',
  'allocated',
  'gcCount',
  'gcPause',
  'loopActive',
  'loopIdle',
  'codeSize',
  'loaderCpu',
  'loaderUtilization',
] as const

export type SliceField = (typeof SLICE_FIELDS)[number]

/**
 * Levels at the end of a slice: columns that only some slices have; absent means that nobody looked.
 *
 * - `heapUsed` bytes on the JS heap; after a forced full collection in the slices of the heap collector
 * - `loopDelay` ns, the longest delay of the event loop in the slice
 */
export const LEVELS = ['heapUsed', 'loopDelay'] as const

export type Level = (typeof LEVELS)[number]
export type Slice = Record<SliceField, number | null> & { [L in Level]?: number | null }
/** The slices of one launch as columns of equal length. */
export type Slices = Record<SliceField, (number | null)[]> & { [L in Level]?: (number | null)[] }

export interface WarmupRecord {
  /** Whether there was evidence of steady state before the limit. */
  settled: boolean
  /** Why it is not settled, in words. */
  reason?: string
  slices: Slices
}

/** Stops of the program for garbage collection, as columns of equal length. */
export interface Pauses {
  /** V8's name for it: `Scavenge`, `MarkSweepCompact`, `IncrementalMarking` … */
  kind: string[]
  /** Nanoseconds. */
  duration: number[]
  /** Bytes in use on the JS heap. */
  before: number[]
  after: number[]
  /** Milliseconds since the watch began; absent where that is not known. */
  at?: number[]
}

/**
 * Objects on the heap by constructor, at the first and at the second of two snapshots, as columns of equal length:
 * how many, their own bytes, and the bytes that would be freed with them.
 */
export interface Constructors {
  name: string[]
  count: [number[], number[]]
  self: [number[], number[]]
  retained: [number[], number[]]
}

/** What one collector brought back from one launch. */
export interface Capture {
  slices: Slices
  /** Gzipped pprof, base64. */
  profile?: string
  pauses?: Pauses
  /** Of two heap snapshots; absent where none were taken. */
  constructors?: Constructors
  /** Plain figures of the collector (asked and delivered interval, repaired samples, percentiles …). */
  figures: Record<string, number>
}

/** Why a request is lost that was waited for in vain: it alone of those without an answer has a latency. */
export const TIMED_OUT = 'it timed out'

/** Requests of the timed slices that went wrong in one way. */
export interface Failure {
  /** Name of the step; `all` in records that did not tell apart where the rarest ways belong. */
  step: string
  /** `error` without an answer, `unexpected` with another answer than the script expects. */
  kind: 'error' | 'unexpected'
  reason: string
  count: number
  /** Beginning of the first such answer. */
  sample?: string
}

/** A stretch of the open loop: requests belong to the phase in which they were meant to be sent. */
export interface PhaseRecord {
  name: string
  /** Milliseconds from the first phase's begin. */
  start: number
  duration: number
  /** Latency: HDR histogram of µs, V2-encoded, one per step of the script. */
  latency: string[]
  requests: number
  dropped: number
  /** In intervals of equal length: when they begin (ms), requests that were answered, p50 and p99 in µs. */
  timeline: { at: number[]; requests: number[]; p50: (number | null)[]; p99: (number | null)[] }
}

/** What came of connections that the server closed in the timed slices. */
export interface Renewed {
  /** Connections that were made anew because a request needed one. */
  connections: number
  /** Requests that were sent a second time, because their connection ended without a word before any byte of an answer. */
  requests: number
}

/** How the open loop kept its pace in the timed slices. */
export interface Pace {
  /** Requests per second that were asked for; of phases, the mean. */
  rate: number
  /** Requests per second that the baseline handled in the closed loop of the warm-up. Absent in older records. */
  capacity?: number
  /** The side that could not handle a higher rate comfortably. Absent where the scenario sets the rate. */
  limit?: 'service' | 'generator'
  /** Arrivals, and those that were not sent because too many requests were in flight. */
  arrivals: number
  dropped: number
  /** Runs of the script that were in flight when others were not sent. Absent: none were left out, or nobody noted it. */
  inFlight?: number
  /** Actual minus intended time of sending: HDR histogram of µs, V2-encoded. */
  sendError: string
}

/** Up to which rate the latency stays under the plan's limit. Rates are requests per second. */
export interface Capacity {
  /** `null` where no rate passed, or every one. */
  rate: number | null
  /** In the order in which they were tried. */
  trials: Trial[]
}

export interface Trial {
  rate: number
  /** µs, at the plan's percentile; `null` where nothing was answered. */
  latency: number | null
  passed: boolean
  /** µs that the generator sent late, at the same percentile, and the share of the time in which it was busy. */
  late?: number
  busy?: number
  /** Absent: every answer was as the script expects. */
  unexpected?: { requests: number; failures: Failure[] }
}

export interface LaunchRecord {
  variant: string
  /** Where it was asked. Absent on a Unix socket, and in records from before it was noted. */
  url?: string
  /** Milliseconds from spawn until ready. */
  boot: number
  /** `process.versions` of the target, when it is Node. */
  versions: Record<string, string>
  warmup: WarmupRecord
  timed: Slices
  /**
   * Share of its processors' time that the host of a virtual machine took while the slices were timed; `null` where the
   * kernel does not tell, absent in records from before it was asked.
   */
  steal?: number | null
  /** Latency of the timed slices: HDR histogram of µs, V2-encoded, one per step of the script. */
  latency: string[]
  /** The same since the requests were really sent. Absent in a closed loop, which knows no other time. */
  uncorrected?: string[]
  /**
   * How much later each of those answers may have come, because the generator was not looking when it did:
   * HDR histogram of µs, V2-encoded. Absent in records from before it was noted, and where nothing was unsure.
   */
  unsure?: string
  /** Absent: every request was answered as expected. */
  failures?: Failure[]
  /** Absent: connections were kept, or the record is from before it was noted. */
  renewed?: Renewed
  /** Absent in a closed loop. */
  pace?: Pace
  /** Absent where the load has no phases. */
  phases?: PhaseRecord[]
  /** Processors that both the target and the load generator may use. Absent: none, or the platform does not tell. */
  sharedProcessors?: number[]
  /** Absent: it was not looked for. */
  capacity?: Capacity
  /** By collector name. */
  captures: Record<string, Capture>
  /** Bytes at the end of the timed slices: of the process tree, and of the JS heap. */
  memory: { resident: number | null; heapUsed: number | null }
  /** Open files and connections of the process tree, without those that the load has added, before and after the timed slices. */
  descriptors?: [number, number]
}

export interface RoundRecord {
  /** From 1. */
  index: number
  /** ISO time. */
  startedAt: string
  /** Milliseconds. */
  duration: number
  /** One per variant, in the plan's order. */
  launches: LaunchRecord[]
  /**
   * Launches of the yardstick: one in a run; in two runs as one, that of each side under the id of the side. Absent: none
   * was measured.
   */
  yardsticks?: LaunchRecord[]
}

export interface Environment {
  flamegate: string
  node: string
  v8: string
  platform: string
  arch: string
  kernel: string
  cpuModel: string
  cores: number
  /** Bytes. */
  memory: number
  /** One-minute load average when the run began. */
  load: number
  governor: string | null
  ci: string | null
  /** Commit of the working tree, with `+` appended when it is dirty. */
  commit: string | null
}

/** Lines of a file as they were when the run ended. */
export interface SourceLines {
  /** Absolute path. */
  file: string
  /** Number of the first line, from 1. */
  from: number
  lines: string[]
}

export interface RunRecord {
  schema: typeof RECORD_SCHEMA
  id: string
  plan: Plan
  environment: Environment
  startedAt: string
  /** Milliseconds of the whole run so far. */
  duration: number
  /** How the run ended: `complete`, or why it ended early. */
  ending: 'running' | 'complete' | 'interrupted' | 'failed'
  rounds: RoundRecord[]
  /** What the harness noticed while measuring. */
  findings: Finding[]
  /** Where the functions that cost most begin; absent where no profile was taken. */
  sources?: SourceLines[]
  /** The earlier run that this one is judged against. Absent: variants of this run are judged against each other. */
  recorded?: RunRecord
}
