/** The shape of a record, checked where one comes in: it may come from another machine, or be hostile. */
import { z } from 'zod'
import type { FindingCode } from '../model/finding.ts'
import {
  RECORD_SCHEMA,
  type RoundRecord,
  type RunRecord,
  SLICE_FIELDS,
  type SliceField,
} from '../model/record.ts'
import { capacity, failure, histograms, load, pace, phase, renewed } from './load-schema.ts'

/** Generous limits; a record beyond them is not one of ours. */
const text = z.string().max(100_000)
const texts = z.array(text).max(10_000)
const textMap = z.record(text, text)
const figures = z.record(text, z.number())
const base64 = z.string().max(64 * 2 ** 20)
const id = z.string().regex(/^\w[\w.-]{0,80}$/)
/** Id of a scenario or a variant, as people write it, on one line. File names are made from it. */
const name = z.string().regex(/^[^\p{Cc}]{1,200}$/u)
const column = z.array(z.number().nullable()).max(1_000_000)

const slices = z
  .object({
    ...(Object.fromEntries(SLICE_FIELDS.map(field => [field, column])) as Record<SliceField, typeof column>),
    heapUsed: column.optional(),
    loopDelay: column.optional(),
  })
  .refine(columns => Object.values(columns).every(({ length }) => length === columns.start.length), {
    message: 'columns of unequal length',
  })

const pauses = z
  .object({
    kind: texts,
    duration: z.array(z.number()),
    before: z.array(z.number()),
    after: z.array(z.number()),
    at: z.array(z.number()).optional(),
  })
  .refine(({ kind, ...columns }) => Object.values(columns).every(({ length }) => length === kind.length), {
    message: 'columns of unequal length',
  })

const pair = z.tuple([z.array(z.number()), z.array(z.number())])

const constructors = z
  .object({ name: texts, count: pair, self: pair, retained: pair })
  .refine(
    ({ name, ...pairs }) =>
      Object.values(pairs).every(columns => columns.every(({ length }) => length === name.length)),
    { message: 'columns of unequal length' },
  )

const finding = z.object({
  // Any text: a record of another version can carry codes that this one does not know.
  code: text.transform(code => code as FindingCode),
  severity: z.enum(['info', 'warning', 'error']),
  message: text,
  advice: text.optional(),
})

const variant = z.object({
  id: name,
  label: text,
  command: texts,
  directory: text,
  environment: textMap,
  node: text,
})

const request = z.object({
  scenario: text,
  quick: z.boolean().optional(),
  capacity: z.number().optional(),
  rounds: z.number().optional(),
  maxTime: z.number().optional(),
  aa: z.boolean().optional(),
  variants: texts.optional(),
  baseline: text.optional(),
  gates: texts.optional(),
  output: text.optional(),
  seed: z.number().optional(),
  wait: z.boolean().optional(),
  saveBaseline: text.optional(),
  packages: texts.optional(),
  heapSnapshot: z.boolean().optional(),
})

const plan = z.object({
  scenario: name,
  description: text,
  file: text,
  fingerprint: text,
  variants: z.array(variant).min(1).max(100),
  baseline: name,
  checkout: z
    .object({
      repository: text,
      ref: text,
      commit: text,
      folder: text,
      spellings: texts.optional(),
      install: z
        .object({ command: texts, directory: text, lockfile: text, kept: text.optional() })
        .optional(),
      prepare: z.object({ command: texts, directory: text, installs: z.boolean().optional() }).optional(),
      otherModules: text.optional(),
    })
    .optional(),
  build: texts.optional(),
  copy: texts.optional(),
  packages: z
    .array(z.object({ spec: text, name: text, folder: text }))
    .max(100)
    .optional(),
  recorded: text.optional(),
  saveAs: text.optional(),
  yardstick: z.object({ version: z.number(), variant, load }).optional(),
  findings: z.array(finding).max(10_000).optional(),
  target: z.object({
    name: text,
    ready: text.optional(),
    timeout: z.number(),
    gracefulShutdown: z.number(),
    listen: z.enum(['https', 'socket']).optional(),
  }),
  load,
  sameAnswers: z.boolean(),
  collectors: z.array(id),
  gates: z.array(
    z.object({
      metric: text,
      margin: z.number().optional(),
      max: z.number().optional(),
      level: z.enum(['error', 'warn']),
      line: z.number().optional(),
    }),
  ),
  accepted: z
    .array(
      z.object({
        scenario: name,
        metric: text,
        upTo: z.number(),
        reason: text,
        accepted: text,
        expires: text,
      }),
    )
    .optional(),
  warmup: z.object({ requests: z.number(), processorTime: z.number().optional(), timeout: z.number() }),
  redact: texts.optional(),
  limits: z
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
    .partial()
    .optional(),
  timing: z.object({
    slice: z.number(),
    timed: z.number(),
    profiled: z.number(),
    pause: z.number().optional(),
  }),
  rounds: z.object({ min: z.number(), max: z.number() }),
  maxTime: z.number(),
  quick: z.boolean(),
  capacity: z.object({ percentile: z.number(), limit: z.number() }).optional(),
  pinning: z.object({ target: z.array(z.number()), loader: z.array(z.number()) }).optional(),
  seed: z.number(),
  output: text,
  repeat: text,
  request: request.optional(),
})

const launch = z.object({
  variant: name,
  url: text.optional(),
  boot: z.number(),
  versions: textMap,
  warmup: z.object({ settled: z.boolean(), reason: text.optional(), slices }),
  timed: slices,
  steal: z.number().nullable().optional(),
  latency: histograms,
  uncorrected: histograms.optional(),
  unsure: base64.optional(),
  failures: z.array(failure).max(3_000).optional(),
  renewed: renewed.optional(),
  pace: pace.optional(),
  phases: z.array(phase).max(1_000).optional(),
  sharedProcessors: z.array(z.number()).max(10_000).optional(),
  capacity: capacity.optional(),
  captures: z.record(
    id,
    z.object({
      slices,
      profile: base64.optional(),
      pauses: pauses.optional(),
      constructors: constructors.optional(),
      figures,
    }),
  ),
  memory: z.object({ resident: z.number().nullable(), heapUsed: z.number().nullable() }),
  descriptors: z.tuple([z.number(), z.number()]).optional(),
})

const round = z.object({
  index: z.number().int(),
  startedAt: text,
  duration: z.number(),
  launches: z.array(launch).max(100),
  yardsticks: z.array(launch).max(2).optional(),
})

const run = z.object({
  schema: z.literal(RECORD_SCHEMA),
  id: text,
  plan,
  environment: z.object({
    flamegate: text,
    node: text,
    v8: text,
    platform: text,
    arch: text,
    kernel: text,
    cpuModel: text,
    cores: z.number(),
    memory: z.number(),
    load: z.number(),
    governor: text.nullable(),
    ci: text.nullable(),
    commit: text.nullable(),
  }),
  startedAt: text,
  duration: z.number(),
  ending: z.enum(['running', 'complete', 'interrupted', 'failed']),
  rounds: z.array(round).max(10_000),
  findings: z.array(finding).max(10_000),
  sources: z
    .array(z.object({ file: text, from: z.number().int(), lines: texts }))
    .max(10_000)
    .optional(),
})

const record = run.extend({ recorded: run.optional() }) satisfies z.ZodType<RunRecord>

/** What is left to check when a round is damaged. */
const shell = record.extend({ rounds: z.array(z.unknown()).max(10_000) })

export interface Damage {
  /** Its number, or its place in the record where it does not even have one. */
  round: number
  problem: string
}

/**
 * The record, or what is wrong with it: one line per problem, beginning with where. Damaged rounds are left out and
 * named, as long as there is a whole one.
 */
export function parseRecord(
  value: unknown,
): { record: RunRecord; damage?: Damage[] } | { problems: string[] } {
  const result = record.safeParse(value)
  // As it was written: a page carries the record, and its bytes are to be the same whoever has read it.
  if (result.success) return { record: value as RunRecord }
  const around = shell.safeParse(value)
  const rounds = around.success ? around.data.rounds.map(parseRound) : []
  const whole = rounds.flatMap(it => ('round' in it ? [it.round] : []))
  if (whole.length === 0) return { problems: problemsOf(result.error) }
  const damage = rounds.flatMap((it, i) =>
    'problems' in it ? [{ round: i + 1, problem: it.problems[0]! }] : [],
  )
  return { record: { ...(value as RunRecord), rounds: whole }, damage }
}

export function parseRound(value: unknown): { round: RoundRecord } | { problems: string[] } {
  const result = round.safeParse(value)
  return result.success ? { round: value as RoundRecord } : { problems: problemsOf(result.error) }
}

const problemsOf = ({ issues }: z.ZodError): string[] =>
  issues.map(({ path, message }) => `${z.core.toDotPath(path)}: ${message}`)
