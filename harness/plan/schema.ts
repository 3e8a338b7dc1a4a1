/** The shape of a scenario file, checked where it comes in. */
import { isAbsolute } from 'node:path'
import { z } from 'zod'
import type { Scenario } from '../model/scenario.ts'
import { load, path } from './load-schema.ts'
import { parseDuration } from './quantity.ts'

/** Names become parts of paths, so they cannot contain a separator or begin with a dot. */
const name = z.string().regex(/^\w[\w.-]{0,63}$/, 'use letters, digits, `_`, `-` and `.` (64 at most)')
const milliseconds = z.number().int().min(1)
const words = z.array(z.string().min(1))
const environment = z.record(z.string().regex(/^[^=\0]+$/, 'is no name of a variable'), z.string())

const absolute = z.string().refine(isAbsolute, 'give an absolute path, for example `import.meta.dirname`')

const target = z.strictObject({
  name: z.string().min(1),
  command: words.min(1, 'needs a program'),
  directory: absolute,
  environment: environment.optional(),
  listen: z.enum(['http', 'https', 'socket']).optional(),
  ready: path.optional(),
  timeout: milliseconds.optional(),
  gracefulShutdown: z.number().int().min(0).optional(),
  prepare: z.union([words.min(1, 'needs a program'), z.literal(false)]).optional(),
})

const variant = z.strictObject({
  label: z.string().min(1).optional(),
  environment: environment.optional(),
  args: z.array(z.string()).optional(),
  directory: z.string().min(1).optional(),
  node: z.string().min(1).optional(),
})

const duration = z
  .string()
  .refine(text => parseDuration(text) !== undefined, "give a time, for example '90s'")

const gate = z.union([
  z.string(),
  z.number(),
  z.strictObject({
    change: z.string().optional(),
    max: z.union([z.string(), z.number()]).optional(),
    level: z.enum(['error', 'warn']).optional(),
  }),
])

const limits = z.strictObject({
  boot: milliseconds.optional(),
  readiness: milliseconds.optional(),
  warmup: milliseconds.optional(),
  request: milliseconds.optional(),
  slice: milliseconds.optional(),
  profilerStop: milliseconds.optional(),
  shutdown: z.number().int().min(0).optional(),
  prepare: milliseconds.optional(),
})

/** Field by field, before the fields are checked against each other. */
export const scenarioShape = z.strictObject({
  name: name.optional(),
  description: z.string().optional(),
  target,
  variants: z
    .record(name, variant)
    .refine(variants => Object.keys(variants).length > 0, 'needs one variant at least')
    .optional(),
  baseline: z.string().optional(),
  load,
  sameAnswers: z.boolean().optional(),
  gates: z.record(z.string(), gate).optional(),
  warmup: z
    .strictObject({ requests: z.number().int().min(0).optional(), timeout: milliseconds.optional() })
    .optional(),
  collectors: z.array(z.string()).optional(),
  limits: limits.optional(),
  redact: z.array(z.string().regex(/^[\w*.-]+$/, 'is no name; `*` stands for any text')).optional(),
  ci: z.union([z.boolean(), z.strictObject({ maxTime: duration.optional() })]).optional(),
})

const scenario = scenarioShape.refine(
  ({ variants, baseline }) => baseline === undefined || Object.hasOwn(variants ?? {}, baseline),
  { path: ['baseline'], message: 'is none of the variants' },
) satisfies z.ZodType<Scenario>

/** The scenario, or what is wrong with it: one line per problem, beginning with where. */
export function parseScenario(value: unknown): { scenario: Scenario } | { problems: string[] } {
  const result = scenario.safeParse(value)
  if (result.success) return { scenario: result.data }
  return {
    problems: result.error.issues.map(
      ({ path, message }) => `${z.core.toDotPath(path) || 'scenario'}: ${message}`,
    ),
  }
}
