/** The body of a recorded request as source text of a script. */
import { parsedJson } from '../json.ts'
import { quoted } from '../request-body.ts'
import type { Omission, Param, Recorded } from './recorded.ts'
import type { Secrets } from './secrets.ts'

export interface BodyText {
  source: string
  /** Media type for a header of its own, when it is not the one that `source` implies. */
  type?: string
}

/** Names and values in the body, which can be secrets. */
export function bodyPairs(recorded: Recorded): [string, string][] {
  const body = contentOf(recorded)
  if (!body || body.bytes) return []
  const { type, text, params } = body
  if (isJson(type, text)) return jsonPairs(JSON.parse(text))
  if (isForm(type)) return fieldsOf(text, params)
  return partsOf(body).flatMap(({ name, value }): [string, string][] => (value ? [[name, value]] : []))
}

/** @returns undefined when the request has no body */
export function bodyOf(recorded: Recorded, secrets: Secrets): BodyText | Omission | undefined {
  const content = contentOf(recorded)
  if (!content) return hadBody(recorded) ? ['whose body is not in the recording'] : undefined
  const { type, text, bytes, params } = content
  if (bytes)
    return { source: `raw(Buffer.from(${literal(bytes.toString('base64'))}, 'base64'), ${literal(type)})` }
  if (/\uFFFD/.test(text) || !text.isWellFormed())
    return ['whose body is not text, which a recording cannot hold']
  if (isJson(type, text) && isFaithful(text)) return json(text, type, secrets)
  if (isForm(type)) return form(fieldsOf(text, params), type, secrets)
  if (/^multipart\/form-data/i.test(type)) return multipart(content, secrets)
  return raw(secrets.text(text), type)
}

interface Content {
  type: string
  text: string
  /** The content when it is not text. */
  bytes?: Buffer
  params: Param[]
}

function contentOf({ postData, headers }: Recorded): Content | undefined {
  if (!postData) return undefined
  const params = (Array.isArray(postData.params) ? postData.params : []).filter(
    ({ name }) => typeof name === 'string',
  )
  const declared = postData.mimeType || headers.find(({ name }) => /^content-type$/i.test(name))?.value
  const type = (declared ?? 'text/plain').replaceAll(/[\r\n\0]/g, ' ')
  const text = typeof postData.text === 'string' ? postData.text : ''
  if (text === '' && params.length === 0) return undefined
  if (postData.encoding !== 'base64') return { type, text, params }
  const bytes = Buffer.from(text, 'base64')
  const decoded = bytes.toString()
  const isText = Buffer.from(decoded).equals(bytes)
  return isText ? { type, text: decoded, params } : { type, text: '', bytes, params }
}

const hadBody = ({ bodySize = -1, headers }: Recorded): boolean =>
  bodySize > 0 || headers.some(({ name, value }) => /^content-length$/i.test(name) && Number(value) > 0)

const raw = (text: string, type: string): BodyText => ({ source: `raw(${literal(text)}, ${literal(type)})` })

const isForm = (type: string): boolean => /^application\/x-www-form-urlencoded/i.test(type)

const isJson = (type: string, text: string): boolean => /json/i.test(type) && parsedJson(text) !== undefined

/** Whether a JavaScript literal keeps it: there, long numbers lose digits and `__proto__` is not a key. */
function isFaithful(text: string): boolean {
  return !/\d{16}/.test(text.replaceAll(/"(?:[^"\\]|\\.)*"/g, '')) && !/"__proto__"\s*:/.test(text)
}

function json(text: string, type: string, secrets: Secrets): BodyText {
  const isUsual = /^application\/json *(; *charset="?utf-?8"?)?$/i.test(type)
  const value = withoutSecrets('', JSON.parse(text), secrets)
  return { source: `json(${JSON.stringify(value)})`, type: isUsual ? undefined : type }
}

function withoutSecrets(name: string, value: unknown, secrets: Secrets): unknown {
  if (typeof value === 'string') return secrets.value(name, value)
  if (Array.isArray(value)) return value.map(item => withoutSecrets(name, item, secrets))
  if (value === null || typeof value !== 'object') return value
  return Object.fromEntries(
    Object.entries(value).map(([key, child]) => [secrets.text(key), withoutSecrets(key, child, secrets)]),
  )
}

function jsonPairs(value: unknown, name = ''): [string, string][] {
  if (typeof value === 'string') return [[name, value]]
  if (Array.isArray(value)) return value.flatMap(item => jsonPairs(item, name))
  if (value === null || typeof value !== 'object') return []
  return Object.entries(value).flatMap(([key, child]) => jsonPairs(child, key))
}

const fieldsOf = (text: string, params: Param[]): [string, string][] =>
  text === '' ? params.map(({ name, value = '' }) => [name, decoded(value)]) : [...new URLSearchParams(text)]

/** Browsers disagree on whether the values of a HAR's `params` are still encoded. */
function decoded(value: string): string {
  try {
    return decodeURIComponent(value.replaceAll('+', ' '))
  } catch {
    return value
  }
}

function form(fields: [string, string][], type: string, secrets: Secrets): BodyText {
  if (hasDistinctNames(fields)) {
    const literals = fields.map((field): [string, string] => [field[0], literal(secrets.value(...field))])
    return { source: `form(${objectLiteral(literals)})` }
  }
  // An object cannot repeat a name.
  const pairs = fields.map(
    ([name, value]) => `${encodeURIComponent(name)}=${secrets.value(name, value, encodeURIComponent)}`,
  )
  return raw(pairs.join('&'), type)
}

const hasDistinctNames = (fields: [string, unknown][]): boolean =>
  new Set(fields.map(([name]) => name)).size === fields.length &&
  fields.every(([name]) => name !== '__proto__')

const partsOf = ({ type, text, params }: Content): Param[] =>
  /^multipart\/form-data/i.test(type) ? (partsIn(text, type) ?? params) : []

/** The parts of a `multipart/form-data` body; undefined when the text is not one. RFC 7578. */
function partsIn(text: string, type: string): Param[] | undefined {
  const boundary = /boundary="?([^";]+)/i.exec(type)?.[1]?.trim()
  if (!boundary || !text.includes(`--${boundary}`)) return undefined
  const written = text.includes('\r\n') ? text : text.replaceAll('\n', '\r\n')
  const sections = `\r\n${written}`.split(`\r\n--${boundary}`).slice(1)
  const parts = sections.filter(section => !section.startsWith('--')).map(partOf)
  return parts.every(part => part !== undefined) ? parts : undefined
}

function partOf(section: string): Param | undefined {
  const end = section.indexOf('\r\n\r\n')
  const head = section.slice(0, end)
  const name = /^content-disposition:.*?\bname="([^"]*)"/im.exec(head)?.[1]
  if (end < 0 || name === undefined) return undefined
  const fileName = /^content-disposition:.*?\bfilename="([^"]*)"/im.exec(head)?.[1]
  const contentType = /^content-type:\s*(.*?)\r?$/im.exec(head)?.[1]
  return { name, value: section.slice(end + 4), fileName, contentType }
}

/** Boundary of the bodies that are built here. */
const BOUNDARY = 'recorded-7b0d2f6a51c8'

function multipart(content: Content, secrets: Secrets): BodyText | Omission {
  const parts = partsOf(content)
  if (parts.length === 0) return raw(secrets.text(content.text), content.type)
  const missing = parts.find(({ fileName, value }) => fileName && !value)
  if (missing) return ['that upload a file which is not in the recording', missing.fileName]
  const values = parts.map(({ name, value = '' }): [string, string] => [name, secrets.value(name, value)])
  const isPlain = parts.every(({ fileName, contentType }) => fileName === undefined && !contentType)
  if (isPlain && hasDistinctNames(values))
    return { source: `multipart(${objectLiteral(values.map(([name, value]) => [name, literal(value)]))})` }
  const lines = parts.flatMap(({ name, fileName, contentType }, i) => [
    `--${BOUNDARY}`,
    `content-disposition: form-data; name="${quoted(name)}"${fileName === undefined ? '' : `; filename="${quoted(fileName)}"`}`,
    ...(contentType ? [`content-type: ${contentType.replaceAll(/[\r\n]/g, ' ')}`] : []),
    '',
    values[i]![1],
  ])
  return raw([...lines, `--${BOUNDARY}--`, ''].join('\r\n'), `multipart/form-data; boundary=${BOUNDARY}`)
}

/** A value as JavaScript source: JSON, but strings in single quotes. */
export function literal(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(literal).join(', ')}]`
  if (typeof value !== 'string') return JSON.stringify(value)
  const inner = JSON.stringify(value).slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'")
  return `'${inner}'`
}

/** The name of a property. */
export const key = (name: string): string => (/^[A-Za-z_]\w*$/.test(name) ? name : literal(name))

/** An object literal of names and the source text of their values. */
export const objectLiteral = (fields: [string, string][]): string =>
  `{ ${fields.map(([name, value]) => `${key(name)}: ${value}`).join(', ')} }`
