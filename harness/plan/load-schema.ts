/** The schema of a scenario's load. */
import { z } from 'zod'
import type { Load } from '../model/load.ts'
import { type BodyCheck, type Data, MOST_STEPS, type Schema } from '../model/script.ts'

/** A whole number within limits that its message names. */
export function whole(from: number, unit = '', to = Number.MAX_SAFE_INTEGER) {
  const range = to < Number.MAX_SAFE_INTEGER ? `from ${from} to ${to}` : `from ${from} on`
  const message = `a whole number${unit && ` of ${unit}`} ${range}`
  return z.number(message).int(message).min(from, message).max(to, message)
}

const headerText = z.string().regex(/^[^\r\n\0]*$/, 'text on one line')
export const path = z.string().regex(/^\/[^\s]*$/, 'a path that starts with `/`, without spaces')
const scalar = z.union([z.string(), z.number(), z.boolean()])
const row = z.record(z.string(), scalar)
const valueName = z.string().regex(/^[\w.-]+$/, 'made of letters, digits, `_`, `-` and `.`')
const status = whole(100, '', 599)

const file = z.strictObject({
  kind: z.literal('file'),
  path: z.string().min(1),
  type: headerText,
  grpc: z.boolean().optional(),
})

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
  'made with json(…), form(…), multipart(…), raw(…) or file(…)',
)

const pattern = z.string().refine(isPattern, "a regular expression with a group, for example 'id=(.+)'")

function isPattern(text: string): boolean {
  try {
    // An empty alternative always matches, and shows how many groups there are.
    return new RegExp(`${text}|`).exec('')!.length > 1
  } catch {
    return false
  }
}

const capture = z.union(
  [
    z.strictObject({ json: z.string().min(1) }),
    z.strictObject({ header: z.string().min(1) }),
    z.strictObject({ cookie: z.string().min(1) }),
    z.strictObject({ match: pattern }),
  ],
  "one of { json: 'user.id' }, { header: 'etag' }, { cookie: 'session' } and { match: 'id=(.+)' }",
)

const isSchema = (value: unknown) =>
  value !== null &&
  typeof value === 'object' &&
  typeof (value as Schema)['~standard']?.validate === 'function'

const expectedBody = z.union([
  z.string().min(1),
  z.custom<BodyCheck>(value => typeof value === 'function' && !isSchema(value), 'a function'),
  z.custom<Schema>(isSchema, 'a schema'),
])

const step = z.strictObject({
  name: z.string().min(1),
  method: z
    .string()
    .regex(/^[A-Z][A-Z0-9!#$%&'*+.^_`|~-]*$/, 'a method in capitals')
    .regex(/^(?!CONNECT$)/, 'another method: CONNECT opens a tunnel'),
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
  events: whole(1, '', 1_000_000).optional(),
  redirects: whole(0, '', 20).optional(),
  weight: z.number('a number above 0').positive('a number above 0').optional(),
})

const data = z.union([
  z.array(row),
  z.strictObject({ file: z.string().regex(/\.(csv|jsonl|ndjson)$/, 'a .csv, .jsonl or .ndjson file') }),
  z.custom<Extract<Data, (...parts: never[]) => unknown>>(value => typeof value === 'function', 'a function'),
])

const rate = z.union([
  z.number('requests per second').positive('more than 0').max(1_000_000, '1000000 at most'),
  z.string().regex(/^\d+(\.\d+)?%$/, "a number of requests per second, or a share, for example '70%'"),
])

const stretch = 'a number of milliseconds from 100 to 600000'

const phase = z.strictObject({
  name: z.string(),
  from: rate,
  to: rate,
  duration: z.number(stretch).min(100, stretch).max(600_000, stretch),
})

export const load = z.strictObject({
  engine: z.string().optional(),
  workers: whole(1, '', 64).optional(),
  listen: z
    .string()
    .regex(/^(\[[\da-f:]+\]|[\w.-]+):\d{1,5}$/i, "an address with a port, for example '0.0.0.0:7007'")
    .optional(),
  atMost: z
    .number('requests per second')
    .positive('more than 0')
    .max(1_000_000, '1000000 at most')
    .optional(),
  steps: z.array(step).min(1, 'a list with one request at least').max(MOST_STEPS),
  setup: z.array(step).max(100).optional(),
  data: data.optional(),
  pick: z.enum(['order', 'random']).optional(),
  cookies: z.boolean().optional(),
  connections: whole(1, '', 1_000).optional(),
  pipelining: whole(1, '', 100).optional(),
  protocol: z.enum(['http/1.1', 'http/2']).optional(),
  rate: rate.optional(),
  arrivals: z.enum(['poisson', 'constant']).optional(),
  inFlight: whole(1, '', 5_000).optional(),
  phases: z.array(z.array(phase).min(1)).min(1).optional(),
}) satisfies z.ZodType<Load>
