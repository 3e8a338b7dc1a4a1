/** The part of a record's shape that tells what was sent, and what came of it. */
import { z } from 'zod'
import type { PlannedStep } from '../model/plan.ts'
import type { Capacity, Failure, Pace, PhaseRecord, Renewed } from '../model/record.ts'

const text = z.string().max(100_000)
const textMap = z.record(text, text)
const column = z.array(z.number().nullable()).max(10_000)
const base64 = z.string().max(64 * 2 ** 20)
export const histograms = z.array(base64).max(1_000)

const scalar = z.union([text, z.number(), z.boolean()])

/** Nothing is sent from a record: what a body is made of is shown at most. A text comes from before bodies had kinds. */
const body = z.custom<NonNullable<PlannedStep['body']>>(
  value => typeof value === 'string' || (value !== null && typeof value === 'object' && 'kind' in value),
)
const capture = z.custom<NonNullable<PlannedStep['capture']>>(
  value => value !== null && typeof value === 'object',
)

const step = z.object({
  name: text,
  method: text,
  path: text,
  query: z.record(text, scalar).optional(),
  headers: textMap.optional(),
  body: body.optional(),
  capture: capture.optional(),
  expect: z
    .object({
      status: z.union([z.number(), z.array(z.number())]).optional(),
      headers: textMap.optional(),
      body: z.union([text, z.object({ code: text })]).optional(),
      graphqlErrors: z.boolean().optional(),
    })
    .optional(),
  weight: z.number().optional(),
}) satisfies z.ZodType<PlannedStep>

const steps = z.array(step).max(1_000)
const rate = z.union([z.number(), text])

export const load = z.object({
  engine: text,
  steps,
  connections: z.number(),
  pipelining: z.number(),
  setup: steps.optional(),
  data: z
    .object({
      from: z.enum(['list', 'file', 'function']),
      file: text.optional(),
      hash: text,
      rows: z.number().optional(),
    })
    .optional(),
  pick: z.enum(['order', 'random']).optional(),
  files: textMap.optional(),
  rate: rate.optional(),
  arrivals: z.enum(['poisson', 'constant']).optional(),
  inFlight: z.number().optional(),
  phases: z.array(z.object({ name: text, from: rate, to: rate, duration: z.number() })).optional(),
})

export const failure = z.object({
  step: text,
  kind: z.enum(['error', 'unexpected']),
  reason: text,
  count: z.number(),
  sample: text.optional(),
}) satisfies z.ZodType<Failure>

export const renewed = z.object({
  connections: z.number(),
  requests: z.number(),
}) satisfies z.ZodType<Renewed>

export const pace = z.object({
  rate: z.number(),
  capacity: z.number().optional(),
  limit: z.enum(['service', 'generator']).optional(),
  arrivals: z.number(),
  dropped: z.number(),
  inFlight: z.number().optional(),
  sendError: base64,
}) satisfies z.ZodType<Pace>

export const capacity = z.object({
  rate: z.number().nullable(),
  trials: z
    .array(
      z.object({
        rate: z.number(),
        latency: z.number().nullable(),
        passed: z.boolean(),
        late: z.number().optional(),
        busy: z.number().optional(),
        unexpected: z.object({ requests: z.number(), failures: z.array(failure).max(3_000) }).optional(),
      }),
    )
    .max(1_000),
}) satisfies z.ZodType<Capacity>

export const phase = z.object({
  name: text,
  start: z.number(),
  duration: z.number(),
  latency: histograms,
  requests: z.number(),
  dropped: z.number(),
  timeline: z
    .object({ at: z.array(z.number()), requests: z.array(z.number()), p50: column, p99: column })
    .refine(
      ({ at, requests, p50, p99 }) => [requests, p50, p99].every(({ length }) => length === at.length),
      {
        message: 'columns of unequal length',
      },
    ),
}) satisfies z.ZodType<PhaseRecord>
