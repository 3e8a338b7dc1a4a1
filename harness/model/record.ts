/**
 * The record of a run: what was measured, nothing that is concluded. Plain data, written after every round. The schemas
 * check what is read from a disk; the types follow from them.
 */
import { z } from 'zod'
import { finding } from './finding.ts'
import { launch } from './launch.ts'
import { plan } from './plan.ts'
import { text, textMap, texts } from './shapes.ts'

export const RECORD_SCHEMA = 'flamegate/record/2'

export const round = z.object({
  /** From 1. */
  index: z.number().int(),
  /** ISO time. */
  startedAt: text,
  /** Milliseconds. */
  duration: z.number(),
  /** One per variant, in the plan's order. */
  launches: z.array(launch).max(100),
  /** Absent: none was measured. */
  yardstick: launch.optional(),
  /** By absolute path, a hash of each file that profiled functions are in. Absent in older records. */
  files: textMap.optional(),
})
export type RoundRecord = z.infer<typeof round>

const environment = z.object({
  flamegate: text,
  node: text,
  v8: text,
  platform: text,
  arch: text,
  kernel: text,
  cpuModel: text,
  cores: z.number(),
  /** Bytes. */
  memory: z.number(),
  /** One-minute load average when the run began. */
  load: z.number(),
  governor: text.nullable(),
  ci: text.nullable(),
  /** Commit of the working tree, with `+` appended when it is dirty. */
  commit: text.nullable(),
})
export type Environment = z.infer<typeof environment>

/** What a function's text says: enough to know it again after it was moved, renamed or edited a little. */
const body = z.object({
  /** Hash of the tokens: ignores comments, layout, semicolons and the function's own name. */
  hash: text,
  /** Number of tokens. */
  size: z.number().int(),
  /** The smallest hashes of its runs of tokens, in four letters each: two sketches tell how much two texts have in common. */
  sketch: text,
})

export type Body = z.infer<typeof body>

/** Characters that are kept of a line of source. */
export const LINE_WIDTH = 160

/** A function's lines in its file, as they were when the run ended. */
const sourceLines = z.object({
  /** Absolute path. */
  file: text,
  /** Number of the first line, from 1. */
  from: z.number().int(),
  /** Column at which the function begins; absent in older records. */
  column: z.number().int().optional(),
  lines: texts,
  /** Absent where the file is not a program that can be read. */
  body: body.optional(),
  /** Marks of all functions in the file, with the first of its functions: they tell which texts are there, sampled or not. */
  marks: text.optional(),
})
export type SourceLines = z.infer<typeof sourceLines>

/** What an installed package says of itself, as it was when the run ended. */
const installed = z.object({
  /** Absolute path. */
  folder: text,
  /** From its `package.json`, or else its folder's. */
  name: text,
  /** Absent where the `package.json` has none. */
  version: text.optional(),
})
export type Package = z.infer<typeof installed>

/** A need of the service, as it was when the run began. */
const needVersion = z.object({
  name: text,
  /** Absent where it cannot be asked. */
  version: text.optional(),
})
export type NeedVersion = z.infer<typeof needVersion>

const run = z.object({
  schema: z.literal(RECORD_SCHEMA),
  id: text,
  plan,
  environment,
  startedAt: text,
  /** Milliseconds of the whole run so far. */
  duration: z.number(),
  /** How the run ended: `complete`, or why it ended early. */
  ending: z.enum(['running', 'complete', 'interrupted', 'failed']),
  rounds: z.array(round).max(10_000),
  /** Noticed while measuring. */
  findings: z.array(finding).max(10_000),
  /** The most expensive functions; absent where no profile was taken. */
  sources: z.array(sourceLines).max(10_000).optional(),
  /** The packages whose functions were sampled; absent in older records. */
  packages: z.array(installed).max(10_000).optional(),
  /** What the service needed; absent where it needs nothing. */
  needs: z.array(needVersion).max(100).optional(),
})

export const record = run.extend({
  /** The earlier run that this one is judged against. Absent: variants of this run are judged against each other. */
  recorded: run.optional(),
})
export type RunRecord = z.infer<typeof record>
