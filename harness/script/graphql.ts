/** GraphQL services answer with status 200 whatever happens. The `errors` of the body say what went wrong. */
import type { Step } from '../model/script.ts'
import { parsedJson } from './json.ts'
import type { Files } from './request-body.ts'
import type { Expectation } from './response.ts'

/** How a document begins, after comments. Two braces begin a placeholder. */
const DOCUMENT = /^(?:[\s,\uFEFF]|#[^\n]*\n)*(?:\{(?!\{)|(?:query|mutation|subscription|fragment)\b[^{]*\{)/

/** Whether the step is a GraphQL request: by its path, its media type, or a document as `query` of its JSON. */
export function asksGraphql(step: Step, files: Files): boolean {
  const [path = '', query = ''] = step.path.split('?')
  const isEndpoint = /\/graphql\/?$/i.test(path)
  if (step.method === 'GET')
    return isEndpoint && (step.query?.query !== undefined || /(^|&)query=/.test(query))
  if (step.method !== 'POST') return false
  return isEndpoint || (step.body !== undefined && holdsDocument(step.body, typeOf(step), files))
}

const typeOf = ({ headers = {} }: Step): string | undefined =>
  Object.entries(headers).find(([name]) => name.toLowerCase() === 'content-type')?.[1]

function holdsDocument(body: NonNullable<Step['body']>, written: string | undefined, files: Files): boolean {
  if (body.kind === 'json') return isQuery(body.value)
  if (body.kind === 'form' || body.kind === 'multipart') return false
  const type = written ?? body.type
  if (/^application\/graphql\b/i.test(type)) return true
  if (!/json/i.test(type)) return false
  if (body.kind === 'raw') return isQuery(parsedJson(body.text))
  const bytes = body.kind === 'file' ? files[body.path] : Buffer.from(body.base64, 'base64')
  return bytes !== undefined && isQuery(parsedJson(Buffer.from(bytes).toString()))
}

/** One query, or several in a batch. */
function isQuery(value: unknown): boolean {
  if (Array.isArray(value)) return value.length > 0 && value.every(isQuery)
  const { query } = (value ?? {}) as { query?: unknown }
  return typeof query === 'string' && DOCUMENT.test(query)
}

/** Characters of a message that are enough to tell errors apart. */
const SHOWN = 100

/** Looks for the word before it parses anything, because nearly all responses lack it. */
export const withoutErrors: Expectation = response => {
  if (!response.bytes.includes('"errors"')) return undefined
  const value = parsedJson(response.text)
  for (const result of Array.isArray(value) ? value : [value]) {
    const { errors } = (result ?? {}) as { errors?: unknown }
    if (Array.isArray(errors) && errors.length > 0) return `a GraphQL error: ${messageOf(errors[0])}`
  }
  return undefined
}

/** The error's code, if it has one, because messages tend to contain values that differ each time. */
function messageOf(error: unknown): string {
  const { message, extensions } = (error ?? {}) as { message?: unknown; extensions?: { code?: unknown } }
  const text = extensions?.code ?? message
  return typeof text === 'string' && text !== '' ? text.slice(0, SHOWN) : 'without a message'
}
