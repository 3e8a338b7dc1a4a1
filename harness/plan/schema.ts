/** The schema of a scenario. */
import { isAbsolute } from 'node:path'
import { z } from 'zod'
import type { Scenario } from '../model/scenario.ts'
import { load, path, whole } from './load-schema.ts'
import { needs } from './needs-schema.ts'
import { parseDuration } from './quantity.ts'
import { isOrigin, mistakesOfTarget } from './targets.ts'

/** On the command line, commas separate names; reports show a name on one line. */
const name = z
  .string()
  .regex(/^(?!\s)[^,\p{Cc}]{1,64}(?<!\s)$/u, 'text of at most 64 characters, without commas and line breaks')
const milliseconds = whole(1, 'milliseconds')
const words = (example: string) => {
  const list = `a list of words, for example ${example}`
  return z.array(z.string().min(1), list).min(1, list)
}
const environment = z.record(z.string().regex(/^[^=\0]+$/, 'text without `=`'), z.string())

const absolute = z.string().refine(isAbsolute, 'an absolute path, for example `import.meta.dirname`')

const image = z.string().regex(/^[\w.][^\s]*$/, 'the name of an image, for example `shop:1.4`')
const VOLUME = "a text such as '/on/the/machine:/in/the/container', with `:ro` if it is only read"

const target = z.strictObject({
  name: z.string().min(1),
  command: words("['node', 'server.js']").optional(),
  directory: absolute.optional(),
  container: z
    .strictObject({
      image: image.optional(),
      build: z.string().min(1).optional(),
      compose: z.string().min(1).optional(),
      service: z.string().min(1).optional(),
      hosts: z.array(z.string().regex(/^[\w.-]+$/, 'the name of a host')).optional(),
      volumes: z.array(z.string().regex(/^\/[^:]*:\/[^:]*(:ro|:rw)?$/, VOLUME)).optional(),
    })
    .optional(),
  environment: environment.optional(),
  listen: z.enum(['http', 'https', 'socket']).optional(),
  port: z.int().min(1).max(65_535).optional(),
  ready: path.optional(),
  timeout: milliseconds.optional(),
  gracefulShutdown: whole(0, 'milliseconds').optional(),
  build: words("['npm', 'run', 'build']").optional(),
  copy: z
    .array(z.string().refine(path => path !== '' && !isAbsolute(path), 'a path relative to `directory`'))
    .optional(),
  prepare: z.union([words("['npm', 'ci']"), z.literal(false)]).optional(),
  needs: needs.optional(),
})

const variant = z.strictObject({
  label: z.string().min(1).optional(),
  environment: environment.optional(),
  args: z.array(z.string()).optional(),
  directory: z.string().min(1).optional(),
  node: z.string().min(1).optional(),
  image: image.optional(),
  url: z.string().refine(isOrigin, "the origin of a service, for example 'http://127.0.0.1:8080'").optional(),
  pid: z.int().min(1).optional(),
  container: z
    .string()
    .regex(/^\w[\w.-]*$/, 'the name of a container that runs')
    .optional(),
  probe: z
    .url({ protocol: /^https?$/, error: "where its endpoints are, for example 'http://127.0.0.1:6060'" })
    .optional(),
})

const time = "a time, for example '90s'"
const duration = z.string(time).refine(text => parseDuration(text) !== undefined, time)

const gate = z.union([
  z.string(),
  z.number(),
  z.strictObject({
    change: z.string().optional(),
    expect: z.string().optional(),
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
  shutdown: whole(0, 'milliseconds').optional(),
  prepare: milliseconds.optional(),
  seed: milliseconds.optional(),
  reset: milliseconds.optional(),
})

/** The fields, before they are checked against each other. */
export const scenarioShape = z.strictObject({
  name: name.optional(),
  description: z.string().optional(),
  target,
  variants: z
    .record(name, variant)
    .refine(variants => Object.keys(variants).length > 0, 'an object with one variant at least')
    .optional(),
  baseline: z.string().optional(),
  load,
  sameAnswers: z.boolean().optional(),
  gates: z.record(z.string(), gate).optional(),
  warmup: z.strictObject({ requests: whole(0).optional(), timeout: milliseconds.optional() }).optional(),
  collectors: z.array(z.string()).optional(),
  limits: limits.optional(),
  redact: z.array(z.string().regex(/^[\w*.-]+$/, 'a name, in which `*` means any text')).optional(),
  ci: z.union([z.boolean(), z.strictObject({ maxTime: duration.optional() })]).optional(),
})

/** JavaScript puts keys that are whole numbers before all others, whatever the order in the file. */
const isNumber = (key: string) => /^(0|[1-9]\d*)$/.test(key)

export const scenario = scenarioShape.superRefine((value, { addIssue }) => {
  for (const { path, message } of mistakesOfTarget(value)) addIssue({ code: 'custom', path, message })
  const { variants, baseline } = value
  const names = Object.keys(variants ?? {})
  const say = (message: string) => addIssue({ code: 'custom', path: ['baseline'], message })
  if (baseline === undefined && names.some(isNumber))
    say('the name of a variant, since names that are numbers have no order')
  if (baseline !== undefined && !names.includes(baseline) && (!variants || names.length > 0))
    say(
      names.length > 0
        ? `one of the variants (${names.join(', ')})`
        : 'left out, since there are no `variants`',
    )
  // A target without a command has been refused, unless its service already runs.
}) as z.ZodType as z.ZodType<Scenario>
