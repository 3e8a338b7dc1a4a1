/** Every decision of a run, made before anything starts: plain data, part of the record. Absent parts do not apply. */
import { z } from 'zod'
import { finding } from './finding.ts'
import { limits } from './limits.ts'
import { plannedNeed } from './needs.ts'
import { runOptions } from './options.ts'
import type { Step } from './script.ts'
import { id, name, text, textMap, texts } from './shapes.ts'

const variant = z.object({
  id: name,
  label: text,
  /** Program and arguments, fully resolved. */
  command: texts,
  directory: text,
  /** Set on top of the harness's own environment. */
  environment: textMap,
  node: text,
  /** What it runs in. Then the command is for the image, and may be empty. */
  container: z
    .object({
      /** Path of podman or docker. */
      engine: text,
      image: text,
      /** Path of its Dockerfile, relative to the directory. */
      build: text.optional(),
      volumes: texts,
      /** Names that lead to this machine. Absent in older records. */
      hosts: texts.optional(),
    })
    .optional(),
  /** Origin of a service that already runs. Then the command is empty. */
  url: text.optional(),
  /** Its process, where that is known. */
  pid: z.number().optional(),
  /** The running container that it is in; its first process is looked up before each round. */
  inside: z.object({ engine: text, name: text }).optional(),
  /** Address of its probe, whose counters are read. */
  probe: text.optional(),
})
export type PlannedVariant = z.infer<typeof variant>

/** The text of a function or a schema in the scenario's file, which is not plain data: the driver imports it from there. */
const code = z.object({ code: text })
export type Code = z.infer<typeof code>

/** A record's bodies are shown, never sent. A string comes from records that are older than kinds of bodies. */
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
  events: z.number().optional(),
  redirects: z.number().optional(),
  weight: z.number().optional(),
}) satisfies z.ZodType<Omit<Step, 'expect'>>
export type PlannedStep = z.infer<typeof step>

const steps = z.array(step).max(1_000)
const rate = z.union([z.number(), text])

const data = z.object({
  from: z.enum(['list', 'file', 'function']),
  /** As written in the scenario. */
  file: text.optional(),
  /** SHA-256 (hex) of the rows, or of the function's text. */
  hash: text,
  /** Absent for a function, which never ends. */
  rows: z.number().optional(),
})
export type PlannedData = z.infer<typeof data>

const load = z.object({
  engine: text,
  /** Processes of another engine. */
  workers: z.number().optional(),
  /** Where workers of another engine come to. */
  listen: text.optional(),
  /** Requests per second of all workers of another engine together. */
  atMost: z.number().optional(),
  steps,
  connections: z.number(),
  pipelining: z.number(),
  /** Absent: HTTP/1.1. */
  protocol: z.enum(['http/2']).optional(),
  setup: steps.optional(),
  data: data.optional(),
  pick: z.enum(['order', 'random']).optional(),
  cookies: z.boolean().optional(),
  /** SHA-256 (hex) of each file used in a body, by its path as written in the scenario. */
  files: textMap.optional(),
  rate: rate.optional(),
  arrivals: z.enum(['poisson', 'constant']).optional(),
  inFlight: z.number().optional(),
  phases: z.array(z.object({ name: text, from: rate, to: rate, duration: z.number() })).optional(),
})
export type PlannedLoad = z.infer<typeof load>

const gate = z.object({
  metric: text,
  /** Change for the worse that matters, as a fraction (0.02 is 2 %). */
  margin: z.number().optional(),
  /** Improvement that the variant has to show, as a fraction above zero. */
  expect: z.number().optional(),
  /** Absolute limit on the variant's own value, in the metric's unit. */
  max: z.number().optional(),
  level: z.enum(['error', 'warn']),
  /** Line of the gate in the scenario's file; absent when it is not in that file. */
  line: z.number().optional(),
})
export type Gate = z.infer<typeof gate>

/** A regression accepted in review until a date. */
const acceptance = z.object({
  scenario: name,
  metric: text,
  /** Accepted change for the worse, as a fraction; a larger one fails again. */
  upTo: z.number(),
  reason: text,
  /** Dates such as `2026-07-31`: the day of acceptance, and the last day on which it holds. */
  accepted: text,
  expires: text,
})
export type Acceptance = z.infer<typeof acceptance>

/** Processors of the targets and of the load generator. */
const pinning = z.object({ target: z.array(z.number()), loader: z.array(z.number()) })
export type Pinning = z.infer<typeof pinning>

/** A commit checked out into its own folder, for the baseline to run in. Paths are absolute. */
const checkout = z.object({
  repository: text,
  /** As requested. */
  ref: text,
  /** Full hash. */
  commit: text,
  folder: text,
  /** Other paths of the repository, through symbolic links; absent where there are none. */
  spellings: texts.optional(),
  /** Installs its modules. Absent: `prepare` does, or the working tree's modules are copied. */
  install: z
    .object({
      /** The install command of the lock file's package manager. */
      command: texts,
      directory: text,
      /** Relative to the repository. */
      lockfile: text,
      /** Where the `node_modules` are kept for the next checkout with the same lock file; absent when they are not. */
      kept: text.optional(),
    })
    .optional(),
  /** The target's own way to make it runnable. */
  prepare: z
    .object({
      command: texts,
      directory: text,
      /** It installs the modules, so there are none before it runs. */
      installs: z.boolean().optional(),
    })
    .optional(),
  /** Why the working tree's modules cannot be copied: they differ from the commit's. Absent: they can. */
  otherModules: text.optional(),
})
export type Checkout = z.infer<typeof checkout>

/** An npm package in its own folder. */
const npmPackage = z.object({
  /** `name@version`, as npm takes it. */
  spec: text,
  name: text,
  /** Absolute path; kept between runs. */
  folder: text,
})
export type PlannedPackage = z.infer<typeof npmPackage>

/** A service of fixed cost, measured in each round with the variants, so that runs of different days can be compared. */
const yardstick = z.object({
  /** Version of the service and its load: only equal versions can be compared. */
  version: z.number(),
  variant,
  load,
})
export type PlannedYardstick = z.infer<typeof yardstick>

export const plan = z.object({
  scenario: name,
  description: text,
  /** Absolute path of the scenario file. */
  file: text,
  /** Hash of what two comparable records must have in common (load, target, steps). */
  fingerprint: text,
  variants: z.array(variant).min(1).max(100),
  /** Id of the variant that the others are compared with. */
  baseline: name,
  /** Made before the first round, removed after the last. */
  checkout: checkout.optional(),
  /** Builds the target in each variant's folder. */
  build: texts.optional(),
  /** Files that the target wants copied from the working tree into the checkout. */
  copy: texts.optional(),
  /** Installed before the first round, unless already there. */
  packages: z.array(npmPackage).max(100).optional(),
  /** Absolute path of the earlier record to compare with. Absent: the baseline is a variant of this run. */
  recorded: text.optional(),
  /** Absolute path to save the record to as a baseline. */
  saveAs: text.optional(),
  yardstick: yardstick.optional(),
  /** Noticed while planning. */
  findings: z.array(finding).max(10_000).optional(),
  target: z.object({
    name: text,
    /** Path to poll. Absent: any answer below 500 on `/` will do. */
    ready: text.optional(),
    timeout: z.number(),
    gracefulShutdown: z.number(),
    /** Absent: HTTP on a port. */
    listen: z.enum(['https', 'socket']).optional(),
    /** The port in its source, which is moved to `PORT`. */
    port: z.number().optional(),
  }),
  /** Started before the target. */
  needs: z.array(plannedNeed).max(100).optional(),
  load,
  /** Other machines that get load, and the most requests per second. Absent: none. */
  remote: z.object({ hosts: texts, rate: z.number() }).optional(),
  sameAnswers: z.boolean(),
  collectors: z.array(id),
  /** Those of them that run only if the service mostly waits. */
  ifWaiting: z.array(id).optional(),
  /** Options of V8 that these need. Absent: none. */
  v8: texts.optional(),
  /** URLs of the modules of plugins, by `loaders/<name>` and `collectors/<name>`; the driver imports them. */
  plugins: textMap.optional(),
  gates: z.array(gate),
  /** Regressions of this scenario that were accepted when the run began. */
  accepted: z.array(acceptance).optional(),
  /**
   * Per launch: the least number of requests (or `processorTime`, milliseconds of its main thread, where that is reached
   * sooner), and the most milliseconds. `latencyOnly`: no gate is about more than latency, so nothing else must be steady.
   */
  warmup: z.object({
    requests: z.number(),
    processorTime: z.number().optional(),
    timeout: z.number(),
    latencyOnly: z.boolean().optional(),
  }),
  /** Names of secret values, in addition to those that look secret. */
  redact: texts.optional(),
  /** The limits that the scenario sets. */
  limits: limits.partial().optional(),
  /** Milliseconds of a slice, of a launch's timed part, of its profiled part (per collector), and of a pause before each timed slice. */
  timing: z.object({
    slice: z.number(),
    timed: z.number(),
    profiled: z.number(),
    pause: z.number().optional(),
  }),
  /** The round after which gates are first looked at, and the most rounds. */
  rounds: z.object({ min: z.number(), max: z.number() }),
  /** Milliseconds after which no further round starts. */
  maxTime: z.number(),
  /** A quick run never gates. */
  quick: z.boolean(),
  /** Only find the highest rate at which this percentile of latency stays under the limit (µs). */
  capacity: z.object({ percentile: z.number(), limit: z.number() }).optional(),
  pinning: pinning.optional(),
  /** Seeds the order of variants and every resampling. */
  seed: z.number(),
  /** Absolute path of the folder for this run's files. */
  output: text,
  /** The command that repeats the run. */
  repeat: text,
  /** The request for the run. Absent in older records, whose runs cannot be continued. */
  request: runOptions.optional(),
})
export type Plan = z.infer<typeof plan>
