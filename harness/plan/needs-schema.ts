/** The schema of a target's needs. */
import { isAbsolute } from 'node:path'
import { z } from 'zod'
import type { Need } from '../model/needs.ts'
import { PLACES, placesIn, prefixOf } from '../scenario/needs.ts'
import { path, whole } from './load-schema.ts'

/** It becomes part of variables' names and of a metric's. */
const name = z
  .string()
  .regex(/^[A-Za-z][\w-]{0,31}$/, 'made of letters, digits, `_` and `-`, at most 32, with a letter first')
const words = (example: string) => {
  const list = `a list of words, for example ${example}`
  return z.array(z.string().min(1), list).min(1, list)
}
const variables = z.record(z.string().regex(/^[^=\0]+$/, 'text without `=`'), z.string())
const absolute = z.string().refine(isAbsolute, 'an absolute path, for example `import.meta.dirname`')
const template = z
  .string()
  .refine(
    text => placesIn(text).every(place => (PLACES as readonly string[]).includes(place)),
    `text with no other placeholders than ${PLACES.map(place => `{{${place}}}`).join(', ')}`,
  )
const READY = "a path ('/health'), `{ log: 'text of a line' }` or `{ command: ['program'] }`"
const ready = z.union(
  [
    path,
    z.strictObject({ log: z.union([z.string().min(1), z.instanceof(RegExp)]) }),
    z.strictObject({ command: words("['./is-ready.sh']") }),
  ],
  READY,
)

const need = z
  .strictObject({
    kind: z.enum(['postgres', 'redis']).optional(),
    command: words("['node', 'upstream.js']").optional(),
    image: z.string().min(1).optional(),
    url: z.string().refine(URL.canParse, "a URL, for example 'postgres://127.0.0.1:5432/shop'").optional(),
    directory: absolute.optional(),
    environment: variables.optional(),
    port: whole(1, '', 65_535).optional(),
    ready: ready.optional(),
    env: z.record(z.string().regex(/^[^=\0]+$/, 'text without `=`'), template).optional(),
    seed: words("['node', 'seed.js']").optional(),
    reset: words("['node', 'reset.js']").optional(),
    per: z.enum(['run', 'round', 'variant']).optional(),
    timeout: whole(1, 'milliseconds').optional(),
  })
  .superRefine((written, { addIssue }) => {
    const must = (message: string, ...path: string[]) => addIssue({ code: 'custom', path, message })
    for (const [message, ...path] of contradictions(written)) must(message!, ...path)
  })

function contradictions({ kind, command, image, url, port, reset, per, ready }: Need): string[][] {
  const ways = Object.entries(image === undefined ? { command, url } : { image, url }).flatMap(
    ([way, value]) => (value ? [way] : []),
  )
  const found: string[][] = []
  const isFixed = url !== undefined || (port !== undefined && image === undefined)
  if (ways.length > 1) found.push([`an object with only one of ${ways.join(' and ')}`])
  if (ways.length === 0 && kind === undefined)
    found.push(['an object with `command`, `image` or `url`, or made with postgres(…) or redis(…)'])
  if (reset && per === 'round')
    found.push(["left out: `per: 'round'` starts anew in each round (use `seed`)", 'reset'])
  if (isFixed && per === 'variant')
    found.push([`'run' or 'round': with one ${url ? 'url' : 'port'} there is only one`, 'per'])
  if (url !== undefined && port !== undefined) found.push(['left out: the URL has a port', 'port'])
  if (url !== undefined && per === 'round') found.push(["'run': it is not started here", 'per'])
  if (url !== undefined && ready !== undefined && typeof ready === 'object' && 'log' in ready)
    found.push(['a path or a command: the log of a server that runs already is not seen', 'ready'])
  return found
}

export const needs = z.record(name, need).superRefine((written, { addIssue }) => {
  const names = Object.keys(written)
  for (const name of names) {
    const other = names.find(other => other < name && prefixOf(other) === prefixOf(name))
    if (other === undefined) continue
    const message = `named differently: its variables would have the names of those of \`${other}\``
    addIssue({ code: 'custom', path: [name], message })
  }
})
