/** How many requests a service answered, from Prometheus or anything that is asked like it. */
import { z } from 'zod'
import { UsageError } from '../model/errors.ts'
import { sum } from '../stats/describe.ts'
import { type Access, jsonOf } from './request.ts'
import type { Stretch } from './store.ts'

/** A time, and the value as text. */
const scalar = z.tuple([z.number(), z.string()])
const vector = z.array(z.object({ value: scalar }))
type Scalar = z.infer<typeof scalar>
type Vector = z.infer<typeof vector>

const answer = z.object({ data: z.object({ result: z.union([vector, scalar]) }) })

/** Names in braces that a query can have, for example `{{window}}`. */
const PLACEHOLDER = /\{\{\s*([\w.]+)\s*\}\}/g

/**
 * The query for one window.
 *
 * @param known the labels that the side's selector asks for, and its part
 * @throws UsageError when it asks for another name
 */
export function queryFor(query: string, { from, to }: Stretch, known: Map<string, string>): string {
  const names = new Map([...known, ['window', `${Math.round((to - from) / 1_000)}s`]])
  return query.replaceAll(PLACEHOLDER, (_, name: string) => {
    const value = names.get(name)
    if (value !== undefined) return value
    throw new UsageError(`The query for requests contains {{${name}}}, which has no value here.`, {
      place: '--requests-query',
      advice: `Use one of ${[...names.keys()].map(each => `{{${each}}}`).join(', ')}.`,
    })
  })
}

/**
 * All series of the answer together, at the end of the window.
 *
 * @throws UsageError when the answer has no numbers
 */
export async function countAt(address: string, query: string, to: number, access: Access): Promise<number> {
  const question = new URLSearchParams({ query, time: String(to / 1_000) })
  const found = answer.safeParse(await jsonOf(`${address}/api/v1/query?${question}`, access))
  const count = found.success ? countIn(found.data.data.result) : Number.NaN
  if (Number.isFinite(count)) return count
  throw new UsageError('The answer contains no numbers.', {
    place: address,
    advice:
      'Give a query whose result is a number or a vector, such as sum(increase(http_requests_total[{{window}}])).',
  })
}

const countIn = (result: Vector | Scalar): number =>
  isScalar(result) ? Number(result[1]) : sum(result.map(({ value: [, text] }) => Number(text)))

const isScalar = (result: Vector | Scalar): result is Scalar => typeof result[0] === 'number'
