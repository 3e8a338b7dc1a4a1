/** Texts with placeholders, parsed once and filled in for each request. */
import type { Row, Scalar } from '../model/script.ts'

/** With the backslashes before it. An odd number makes it plain text, and each pair becomes one backslash. */
const PLACEHOLDER = /(?<!\\)(\\*)(\{\{\s*([\w.-]+)\s*\}\})/g
/** A path parameter as routers write it: `/orders/:id`. */
const PART = /(?<=\/):([A-Za-z_]\w*)/g

export type Encode = (value: Scalar) => string

export const asText: Encode = String
export const asUri: Encode = value => encodeURIComponent(String(value))
/** Inside a JSON string: escaped, without the quotes. */
export const insideJson: Encode = value => JSON.stringify(String(value)).slice(1, -1)

export interface Template {
  names: string[]
  fill(values: Row): string
}

/** Text and names of placeholders in turn, as from `split`. */
function parse(text: string): string[] {
  const pieces: string[] = []
  let [piece, end] = ['', 0]
  for (const match of text.matchAll(PLACEHOLDER)) {
    const [whole, slashes = '', written = '', name = ''] = match
    const { index } = match
    piece += text.slice(end, index) + slashes.slice(Math.ceil(slashes.length / 2))
    end = index + whole.length
    if (slashes.length % 2 === 1) piece += written
    else {
      pieces.push(piece, name)
      piece = ''
    }
  }
  return [...pieces, piece + text.slice(end)]
}

/** The template that produces this text, whatever is in it. */
export const verbatim = (text: string): string =>
  text.replaceAll(PLACEHOLDER, (_, slashes: string, written: string) => `${slashes}${slashes}\\${written}`)

/** A missing value leaves its place empty. `around` encodes the text around the placeholders. */
export function template(text: string, encode: Encode = asText, around: Encode = asText): Template {
  const pieces = parse(text).map((piece, i) => (i % 2 === 1 ? piece : around(piece)))
  const names = pieces.filter((_, i) => i % 2 === 1)
  if (names.length === 0) return { names, fill: () => pieces[0]! }
  return {
    names,
    fill: values => pieces.map((piece, i) => (i % 2 === 1 ? encode(values[piece] ?? '') : piece)).join(''),
  }
}

/** A value in a query or a form: all of it is encoded. */
export const uriTemplate = (text: string): Template => template(text, asUri, asUri)

/** A path is sent as written, except for characters that no URL can have. */
export const pathTemplate = (path: string): Template =>
  template(path.replaceAll(PART, '{{$1}}'), asUri, text =>
    String(text).replaceAll(/[^!-~]+/g, encodeURIComponent),
  )

/** A string in JSON, and the colon after it if it is a key. */
const JSON_STRING = /("(?:[^"\\]|\\.)*")(:?)/g

/** JSON with placeholders. A string that is only a placeholder becomes the value itself. */
export function jsonTemplate(value: unknown): Template {
  const text = JSON.stringify(value) ?? 'null'
  const parts: Template[] = []
  let end = 0
  for (const { 0: whole, 1: string = '', 2: colon, index } of text.matchAll(JSON_STRING)) {
    if (!string.includes('{{')) continue
    const before = constant(text.slice(end, index))
    parts.push(before, colon ? insideQuotes(string) : stringTemplate(string), constant(colon ?? ''))
    end = index + whole.length
  }
  return joined([...parts, constant(text.slice(end))], texts => texts.join(''))
}

function stringTemplate(quoted: string): Template {
  const [before, name, after, ...more] = parse(JSON.parse(quoted) as string)
  if (before !== '' || name === undefined || after !== '' || more.length > 0) return insideQuotes(quoted)
  return { names: [name], fill: values => JSON.stringify(values[name] ?? '') }
}

function insideQuotes(quoted: string): Template {
  const inner = template(JSON.parse(quoted) as string, insideJson, insideJson)
  return { names: inner.names, fill: values => `"${inner.fill(values)}"` }
}

const constant = (text: string): Template => ({ names: [], fill: () => text })

/** Several templates as one. */
export const joined = (parts: Template[], join: (texts: string[]) => string): Template => ({
  names: parts.flatMap(({ names }) => names),
  fill: values => join(parts.map(part => part.fill(values))),
})
