/** Every decision of a run, taken before anything starts. Plain data: it is part of the record. */
import type { Finding } from './finding.ts'
import type { Limits } from './limits.ts'
import type { Phase, Rate } from './load.ts'
import type { RunOptions } from './options.ts'
import type { Expect, Step } from './script.ts'

export interface PlannedVariant {
  id: string
  label: string
  /** Program and arguments, fully resolved. */
  command: string[]
  directory: string
  /** What is set on top of the harness's own environment. */
  environment: Record<string, string>
  node: string
}

/** A function, a schema or a list of the scenario's file, which is no plain data: its text. The driver takes it from there. */
export interface Code {
  code: string
}

export interface PlannedStep extends Omit<Step, 'expect'> {
  expect?: Omit<Expect, 'body'> & { body?: string | Code }
}

export interface PlannedData {
  from: 'list' | 'file' | 'function'
  /** As it is written in the scenario. */
  file?: string
  /** SHA-256 (hex) of the rows, or of the function's text. */
  hash: string
  /** Absent for a function: it has no end. */
  rows?: number
}

/** Absent settings: the scenario has none, or the engine has no use for them. */
export interface PlannedLoad {
  engine: string
  steps: PlannedStep[]
  connections: number
  pipelining: number
  setup?: PlannedStep[]
  data?: PlannedData
  pick?: 'order' | 'random'
  /** SHA-256 (hex) of each file that a body is made of, by its path as it is written in the scenario. */
  files?: Record<string, string>
  rate?: Rate
  arrivals?: 'poisson' | 'constant'
  inFlight?: number
  phases?: Phase[]
}

export interface Gate {
  metric: string
  /** Relative change that is worth caring about, as a fraction (0.02 is +2 %), in the worse direction. */
  margin?: number
  /** Absolute limit on the variant's own value, in the metric's unit. */
  max?: number
  level: 'error' | 'warn'
  /** Line of the scenario's file that the gate is written in; absent when it is written elsewhere. */
  line?: number
}

/** A regression that was accepted in review, for a time. */
export interface Acceptance {
  scenario: string
  metric: string
  /** Change for the worse that is accepted, as a fraction; a larger one fails again. */
  upTo: number
  reason: string
  /** Dates, `2026-07-31`: the day it was accepted on, and the last day that it holds. */
  accepted: string
  expires: string
}

export interface Pinning {
  /** Processors of the targets. */
  target: number[]
  /** Processors of the load generator. */
  loader: number[]
}

/** A commit of the repository in a folder of its own, for the baseline to run in. Paths are absolute. */
export interface Checkout {
  repository: string
  /** As it was asked for. */
  ref: string
  /** Full hash. */
  commit: string
  folder: string
  /** The repository's path as it is written through symbolic links; absent where it is written in one way only. */
  spellings?: string[]
  /** What installs its modules. Absent: nothing does, or `prepare` does; those of the working tree are copied then. */
  install?: {
    /** How the package manager that the lock file belongs to installs it. */
    command: string[]
    directory: string
    /** Relative to the repository. */
    lockfile: string
    /** Where the `node_modules` wait for the next checkout with the same lock file; absent when they are not kept. */
    kept?: string
  }
  /** What the target itself says makes it runnable. */
  prepare?: {
    command: string[]
    directory: string
    /** It installs modules by itself, so there are none before it. */
    installs?: boolean
  }
  /** Why the working tree's modules are not those of the commit, so that they cannot be copied. Absent: they are. */
  otherModules?: string
}

/** A package of npm in a folder of its own. */
export interface PlannedPackage {
  /** `name@version`, as npm takes it. */
  spec: string
  name: string
  /** Absolute path; kept from run to run. */
  folder: string
}

/** A service of fixed cost, measured in each round beside the variants, so that runs of different days can be compared. */
export interface PlannedYardstick {
  /** Of the service and of its load: with another one nothing can be compared through it. */
  version: number
  variant: PlannedVariant
  load: PlannedLoad
}

export interface Plan {
  scenario: string
  description: string
  /** Absolute path of the scenario file. */
  file: string
  /** Hash of all that must be equal for two records to be comparable (load, target, steps). */
  fingerprint: string
  variants: PlannedVariant[]
  /** Id of the variant that the others are judged against. */
  baseline: string
  /** Made before the first round and removed after the last one. Absent: every variant runs where it is. */
  checkout?: Checkout
  /** What the target is built with, in the folder of each variant. Absent: nothing is built. */
  build?: string[]
  /** What is copied from the working tree into the checkout, as the target says it. Absent: nothing. */
  copy?: string[]
  /** Installed before the first round, unless they are there. Absent: none. */
  packages?: PlannedPackage[]
  /** Absolute path of the earlier record that the one variant is judged against. Absent: a variant of this run. */
  recorded?: string
  /** Absolute path under which the record is saved as a baseline. Absent: nowhere. */
  saveAs?: string
  /** Absent: no yardstick is measured. */
  yardstick?: PlannedYardstick
  /** What was noticed while planning. Absent: nothing. */
  findings?: Finding[]
  target: {
    name: string
    /** Absent: any answer below 500 on `/` will do. */
    ready?: string
    timeout: number
    gracefulShutdown: number
    /** Absent: by HTTP on a port. */
    listen?: 'https' | 'socket'
  }
  load: PlannedLoad
  sameAnswers: boolean
  collectors: string[]
  /** URLs of the modules of plugins, by `loaders/<name>` and `collectors/<name>`; the driver imports them. */
  plugins?: Record<string, string>
  gates: Gate[]
  /** What was accepted of this scenario when the run began; absent when there is nothing. */
  accepted?: Acceptance[]
  /**
   * Per launch: requests at least (or so many milliseconds of its main thread, where that is said and sooner reached),
   * and milliseconds at most.
   */
  warmup: { requests: number; processorTime?: number; timeout: number }
  /** Names of values that are secret, beside those that look like it; absent where there are no others. */
  redact?: string[]
  /** What the scenario sets of them, see `limitsOf`; absent where it sets none. */
  limits?: Partial<Limits>
  /** Milliseconds: aimed length of a slice, timed part and profiled part (per collector) of one launch; pause before a timed slice, none unless said. */
  timing: { slice: number; timed: number; profiled: number; pause?: number }
  /** Rounds: the first look at the gates, and the most there may be. */
  rounds: { min: number; max: number }
  /** Milliseconds after which no further round starts. */
  maxTime: number
  /** A quick run never gates. */
  quick: boolean
  /** Look for the highest rate at which this percentile of latency stays under the limit (µs), and measure nothing else. */
  capacity?: { percentile: number; limit: number }
  /** Absent where processors cannot be chosen. */
  pinning?: Pinning
  /** Seeds the order of variants and every resampling. */
  seed: number
  /** Absolute path of the folder for this run's files. */
  output: string
  /** The command that repeats the run. */
  repeat: string
  /** What was asked for; absent in records of older versions, whose runs cannot be continued. */
  request?: RunOptions
}
