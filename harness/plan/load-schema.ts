/** The shape of a scenario's load, checked where it comes in. */
import { z } from 'zod'
import type { Load } from '../model/load.ts'
import type { BodyCheck, Data, Schema } from '../model/script.ts'

const headerText = z.string().regex(/^[^\r\n\0]*$/, 'a header has one line')
export const path = z.string().regex(/^\/[^\s]*$/, 'a path starts with `/` and has no white space')
const scalar = z.union([z.string(), z.number(), z.boolean()])
const row = z.record(z.string(), scalar)
const valueName = z.string().regex(/^[\w.-]+$/, 'use letters, digits, `_`, `-` and `.`')
const status = z.number().int().min(100).max(599)

const file = z.strictObject({ kind: z.literal('file'), path: z.string().min(1), type: headerText })

const body = z.discriminatedUnion(
  'kind',
  [
    z.strictObject({ kind: z.literal('json'), value: z.unknown() }),
    z.strictObject({ kind: z.literal('form'), fields: row }),
    z.strictObject({ kind: z.literal('multipart'), parts: z.record(z.string(), z.union([scalar, file])) }),
    z.strictObject({ kind: z.literal('raw'), text: z.string(), type: headerText }),
    z.strictObject({ kind: z.literal('bytes'), base64: z.string(), type: headerText }),
    file,
  ],
  'make it with json(…), form(…), multipart(…), raw(…) or file(…)',
)

const pattern = z.string().refine(isPattern, 'is no regular expression with a group')

function isPattern(text: string): boolean {
  try {
    // An empty alternative always matches, and shows how many groups there are.
    return new RegExp(`${text}|`).exec('')!.length > 1
  } catch {
    return false
  }
}

const capture = z.union([
  z.strictObject({ json: z.string().min(1) }),
  z.strictObject({ header: z.string().min(1) }),
  z.strictObject({ cookie: z.string().min(1) }),
  z.strictObject({ match: pattern }),
])

const isSchema = (value: unknown) =>
  value !== null &&
  typeof value === 'object' &&
  typeof (value as Schema)['~standard']?.validate === 'function'

const expectedBody = z.union([
  z.string().min(1),
  z.custom<BodyCheck>(value => typeof value === 'function' && !isSchema(value)),
  z.custom<Schema>(isSchema, 'is no text, function or schema'),
])

const step = z.strictObject({
  name: z.string().min(1),
  method: z
    .string()
    .regex(/^[A-Z][A-Z0-9!#$%&'*+.^_`|~-]*$/, 'write the method in capitals')
    .regex(/^(?!CONNECT$)/, 'cannot be sent: it opens a tunnel'),
  path,
  query: row.optional(),
  headers: z.record(headerText, headerText).optional(),
  body: body.optional(),
  capture: z.record(valueName, capture).optional(),
  expect: z
    .strictObject({
      status: z.union([status, z.array(status).min(1)]).optional(),
      headers: z.record(headerText, headerText).optional(),
      body: expectedBody.optional(),
      graphqlErrors: z.boolean().optional(),
    })
    .optional(),
  weight: z.number().positive().finite().optional(),
})

const data = z.union([
  z.array(row),
  z.strictObject({ file: z.string().regex(/\.(csv|jsonl|ndjson)$/, 'is no .csv, .jsonl or .ndjson file') }),
  z.custom<Extract<Data, (...parts: never[]) => unknown>>(value => typeof value === 'function'),
])

const rate = z.union([
  z.number().positive().max(1_000_000),
  z.string().regex(/^\d+(\.\d+)?%$/, "write a share as '70%', or requests per second as a number"),
])

const phase = z.strictObject({
  name: z.string(),
  from: rate,
  to: rate,
  duration: z.number().min(100, 'a phase takes 100 ms at least').max(600_000),
})

export const load = z.strictObject({
  engine: z.string().optional(),
  steps: z.array(step).min(1, 'needs one request at least').max(1_000),
  setup: z.array(step).max(100).optional(),
  data: data.optional(),
  pick: z.enum(['order', 'random']).optional(),
  connections: z.number().int().min(1).max(1_000).optional(),
  pipelining: z.number().int().min(1).max(100).optional(),
  rate: rate.optional(),
  arrivals: z.enum(['poisson', 'constant']).optional(),
  inFlight: z.number().int().min(1).max(5_000).optional(),
  phases: z.array(z.array(phase).min(1)).min(1).optional(),
}) satisfies z.ZodType<Load>
