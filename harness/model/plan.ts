/** Every decision of a run, taken before anything starts. Plain data: it is part of the record. */
import { z } from 'zod'
import { finding } from './finding.ts'
import type { Limits } from './limits.ts'
import { request } from './request.ts'
import type { Step } from './script.ts'
import { id, name, text, textMap, texts } from './shapes.ts'

const variant = z.object({
  id: name,
  label: text,
  /** Program and arguments, fully resolved. */
  command: texts,
  directory: text,
  /** What is set on top of the harness's own environment. */
  environment: textMap,
  node: text,
})

export type PlannedVariant = z.infer<typeof variant>

/** A function, a schema or a list of the scenario's file, which is no plain data: its text. The driver takes it from there. */
const code = z.object({ code: text })

export type Code = z.infer<typeof code>

/** Nothing is sent from a record: what a body is made of is shown at most. A text comes from before bodies had kinds. */
const body = z.custom<NonNullable<Step['body']>>(
  value => typeof value === 'string' || (value !== null && typeof value === 'object' && 'kind' in value),
)
const capture = z.custom<NonNullable<Step['capture']>>(value => value !== null && typeof value === 'object')

const step = z.object({
  name: text,
  method: text,
  path: text,
  query: z.record(text, z.union([text, z.number(), z.boolean()])).optional(),
  headers: textMap.optional(),
  body: body.optional(),
  capture: capture.optional(),
  expect: z
    .object({
      status: z.union([z.number(), z.array(z.number())]).optional(),
      headers: textMap.optional(),
      body: z.union([text, code]).optional(),
      graphqlErrors: z.boolean().optional(),
    })
    .optional(),
  weight: z.number().optional(),
}) satisfies z.ZodType<Omit<Step, 'expect'>>

export type PlannedStep = z.infer<typeof step>

const steps = z.array(step).max(1_000)
const rate = z.union([z.number(), text])

const data = z.object({
  from: z.enum(['list', 'file', 'function']),
  /** As it is written in the scenario. */
  file: text.optional(),
  /** SHA-256 (hex) of the rows, or of the function's text. */
  hash: text,
  /** Absent for a function: it has no end. */
  rows: z.number().optional(),
})

export type PlannedData = z.infer<typeof data>

/** Absent settings: the scenario has none, or the engine has no use for them. */
const load = z.object({
  engine: text,
  steps,
  connections: z.number(),
  pipelining: z.number(),
  setup: steps.optional(),
  data: data.optional(),
  pick: z.enum(['order', 'random']).optional(),
  /** SHA-256 (hex) of each file that a body is made of, by its path as it is written in the scenario. */
  files: textMap.optional(),
  rate: rate.optional(),
  arrivals: z.enum(['poisson', 'constant']).optional(),
  inFlight: z.number().optional(),
  phases: z.array(z.object({ name: text, from: rate, to: rate, duration: z.number() })).optional(),
})

export type PlannedLoad = z.infer<typeof load>

const gate = z.object({
  metric: text,
  /** Relative change that is worth caring about, as a fraction (0.02 is +2 %), in the worse direction. */
  margin: z.number().optional(),
  /** Absolute limit on the variant's own value, in the metric's unit. */
  max: z.number().optional(),
  level: z.enum(['error', 'warn']),
  /** Line of the scenario's file that the gate is written in; absent when it is written elsewhere. */
  line: z.number().optional(),
})

export type Gate = z.infer<typeof gate>

/** A regression that was accepted in review, for a time. */
const acceptance = z.object({
  scenario: name,
  metric: text,
  /** Change for the worse that is accepted, as a fraction; a larger one fails again. */
  upTo: z.number(),
  reason: text,
  /** Dates, `2026-07-31`: the day it was accepted on, and the last day that it holds. */
  accepted: text,
  expires: text,
})

export type Acceptance = z.infer<typeof acceptance>

const pinning = z.object({
  /** Processors of the targets. */
  target: z.array(z.number()),
  /** Processors of the load generator. */
  loader: z.array(z.number()),
})

export type Pinning = z.infer<typeof pinning>

/** A commit of the repository in a folder of its own, for the baseline to run in. Paths are absolute. */
const checkout = z.object({
  repository: text,
  /** As it was asked for. */
  ref: text,
  /** Full hash. */
  commit: text,
  folder: text,
  /** The repository's path as it is written through symbolic links; absent where it is written in one way only. */
  spellings: texts.optional(),
  /** What installs its modules. Absent: nothing does, or `prepare` does; those of the working tree are copied then. */
  install: z
    .object({
      /** How the package manager that the lock file belongs to installs it. */
      command: texts,
      directory: text,
      /** Relative to the repository. */
      lockfile: text,
      /** Where the `node_modules` wait for the next checkout with the same lock file; absent when they are not kept. */
      kept: text.optional(),
    })
    .optional(),
  /** What the target itself says makes it runnable. */
  prepare: z
    .object({
      command: texts,
      directory: text,
      /** It installs modules by itself, so there are none before it. */
      installs: z.boolean().optional(),
    })
    .optional(),
  /** Why the working tree's modules are not those of the commit, so that they cannot be copied. Absent: they are. */
  otherModules: text.optional(),
})

export type Checkout = z.infer<typeof checkout>

/** A package of npm in a folder of its own. */
const npmPackage = z.object({
  /** `name@version`, as npm takes it. */
  spec: text,
  name: text,
  /** Absolute path; kept from run to run. */
  folder: text,
})

export type PlannedPackage = z.infer<typeof npmPackage>

/** A service of fixed cost, measured in each round beside the variants, so that runs of different days can be compared. */
const yardstick = z.object({
  /** Of the service and of its load: with another one nothing can be compared through it. */
  version: z.number(),
  variant,
  load,
})

export type PlannedYardstick = z.infer<typeof yardstick>

/** See `limits.ts`; milliseconds. */
const limits = z
  .object({
    boot: z.number(),
    readiness: z.number(),
    warmup: z.number(),
    request: z.number(),
    slice: z.number(),
    profilerStop: z.number(),
    shutdown: z.number(),
    prepare: z.number(),
  })
  .partial() satisfies z.ZodType<Partial<Limits>>

export const plan = z.object({
  scenario: name,
  description: text,
  /** Absolute path of the scenario file. */
  file: text,
  /** Hash of all that must be equal for two records to be comparable (load, target, steps). */
  fingerprint: text,
  variants: z.array(variant).min(1).max(100),
  /** Id of the variant that the others are judged against. */
  baseline: name,
  /** Made before the first round and removed after the last one. Absent: every variant runs where it is. */
  checkout: checkout.optional(),
  /** What the target is built with, in the folder of each variant. Absent: nothing is built. */
  build: texts.optional(),
  /** What is copied from the working tree into the checkout, as the target says it. Absent: nothing. */
  copy: texts.optional(),
  /** Installed before the first round, unless they are there. Absent: none. */
  packages: z.array(npmPackage).max(100).optional(),
  /** Absolute path of the earlier record that the one variant is judged against. Absent: a variant of this run. */
  recorded: text.optional(),
  /** Absolute path under which the record is saved as a baseline. Absent: nowhere. */
  saveAs: text.optional(),
  /** Absent: no yardstick is measured. */
  yardstick: yardstick.optional(),
  /** What was noticed while planning. Absent: nothing. */
  findings: z.array(finding).max(10_000).optional(),
  target: z.object({
    name: text,
    /** Absent: any answer below 500 on `/` will do. */
    ready: text.optional(),
    timeout: z.number(),
    gracefulShutdown: z.number(),
    /** Absent: by HTTP on a port. */
    listen: z.enum(['https', 'socket']).optional(),
  }),
  load: load,
  sameAnswers: z.boolean(),
  collectors: z.array(id),
  gates: z.array(gate),
  /** What was accepted of this scenario when the run began; absent when there is nothing. */
  accepted: z.array(acceptance).optional(),
  /**
   * Per launch: requests at least (or so many milliseconds of its main thread, where that is said and sooner reached),
   * and milliseconds at most.
   */
  warmup: z.object({ requests: z.number(), processorTime: z.number().optional(), timeout: z.number() }),
  /** Names of values that are secret, beside those that look like it; absent where there are no others. */
  redact: texts.optional(),
  /** What the scenario sets of them, see `limitsOf`; absent where it sets none. */
  limits: limits.optional(),
  /** Milliseconds: aimed length of a slice, timed part and profiled part (per collector) of one launch; pause before a timed slice, none unless said. */
  timing: z.object({
    slice: z.number(),
    timed: z.number(),
    profiled: z.number(),
    pause: z.number().optional(),
  }),
  /** Rounds: the first look at the gates, and the most there may be. */
  rounds: z.object({ min: z.number(), max: z.number() }),
  /** Milliseconds after which no further round starts. */
  maxTime: z.number(),
  /** A quick run never gates. */
  quick: z.boolean(),
  /** Look for the highest rate at which this percentile of latency stays under the limit (µs), and measure nothing else. */
  capacity: z.object({ percentile: z.number(), limit: z.number() }).optional(),
  /** Absent where processors cannot be chosen. */
  pinning: pinning.optional(),
  /** Seeds the order of variants and every resampling. */
  seed: z.number(),
  /** Absolute path of the folder for this run's files. */
  output: text,
  /** The command that repeats the run. */
  repeat: text,
  /** What was asked for; absent in records of older versions, whose runs cannot be continued. */
  request: request.optional(),
})

export type Plan = z.infer<typeof plan>
