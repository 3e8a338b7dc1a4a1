/** A request as a step of a script. */
import { type BodyText, bodyOf, literal, objectLiteral } from './body.ts'
import type { Omission, Pair, Recorded } from './recorded.ts'
import type { Secrets } from './secrets.ts'

/**
 * Headers of the connection, the browser, its cache or a tracing tool. Conditions (`if-…`) are dropped because a browser
 * with an empty cache sends none; encodings, because compressed bodies cost more to check.
 */
const DROPPED =
  /^(?:host|connection|content-length|transfer-encoding|keep-alive|te|trailer|upgrade|expect|http2-settings|proxy-.*|accept-encoding|user-agent|referer|origin|dnt|priority|cache-control|pragma|upgrade-insecure-requests|save-data|device-memory|dpr|viewport-width|width|downlink|ect|rtt|purpose|x-moz|x-client-data|via|forwarded|x-forwarded-.*|x-real-ip|sec-.*|if-.*|alt-used|traceparent|tracestate|baggage|sentry-trace|b3|x-b3-.*|x-request-id|content-encoding)$/i
const TOKEN = /^[!#$%&'*+.^_`|~\dA-Za-z-]+$/
/** Characters that a header can hold. */
const SENDABLE = /^[\t\x20-\x7e\x80-\xff]*$/

export function stepOf(recorded: Recorded, secrets: Secrets): string | Omission {
  const body = bodyOf(recorded, secrets)
  if (Array.isArray(body)) return body
  const path = literal(pathOf(recorded.url, secrets))
  const options = optionsOf(recorded, body, secrets)
  const { method } = recorded
  const short = SHORT[method]
  const bodyless = short === 'get' || short === 'del'
  const [name, first] = short && !(bodyless && body) ? [short, []] : ['request', [literal(method)]]
  const second = name === 'get' || name === 'del' ? [] : [body?.source ?? (options ? 'undefined' : '')]
  return `${name}(${[...first, path, ...second, options].filter(Boolean).join(', ')})`
}

const SHORT: Record<string, string> = { GET: 'get', POST: 'post', PUT: 'put', PATCH: 'patch', DELETE: 'del' }

/** The headers that are sent, in lower case; repeated ones are joined. */
export function headersOf({ headers }: Recorded): Map<string, string> {
  const kept = new Map<string, string>()
  for (const { name: written, value } of headers.filter(isKept)) {
    const name = written.toLowerCase()
    const known = kept.get(name)
    kept.set(name, known === undefined ? value : `${known}${name === 'cookie' ? '; ' : ', '}${value}`)
  }
  return kept
}

function isKept({ name, value }: Pair): boolean {
  const saysNothing = /^accept$/i.test(name) && value === '*/*'
  return TOKEN.test(name) && SENDABLE.test(value) && !DROPPED.test(name) && !saysNothing
}

/** The names and values in the address, decoded. */
export const addressPairs = ({ url }: Recorded): [string, string][] => [
  ...url.searchParams,
  ...[...url.pathname.matchAll(MATRIX)].map(({ 1: name, 2: value }): [string, string] => [name!, value!]),
]

/** `/cart;jsessionid=1A2B` */
const MATRIX = /;([\w.-]+)=([^;/]+)/g

/** A colon that was recorded is not a placeholder. */
function pathOf({ pathname, search }: URL, secrets: Secrets): string {
  // Text, a name and a value, text …
  const pieces = pathname.replaceAll('/:', '/%3A').split(MATRIX)
  const texts = pieces.map((piece, i) => {
    if (i % 3 === 0) return secrets.text(piece)
    return i % 3 === 1 ? `;${piece}=` : secrets.value(pieces[i - 1]!, piece)
  })
  const path = texts.join('')
  if (search === '') return path
  const pairs = search
    .slice(1)
    .split('&')
    .map(pair => {
      const at = pair.indexOf('=')
      if (at < 0) return secrets.text(pair)
      const [written, value] = [pair.slice(0, at), pair.slice(at + 1)]
      const [[name = ''] = []] = new URLSearchParams(pair)
      return `${secrets.text(written)}=${secrets.value(name, value)}`
    })
  return `${path}?${pairs.join('&')}`
}

function optionsOf(recorded: Recorded, body: BodyText | undefined, secrets: Secrets): string {
  const kept = headersOf(recorded)
  // The body sets its own.
  if (body) kept.delete('content-type')
  if (body?.type !== undefined) kept.set('content-type', body.type)
  const fields: [string, string][] = []
  if (kept.size > 0)
    fields.push(['headers', objectLiteral([...kept].map(pair => [pair[0], literal(secrets.value(...pair))]))])
  const { capture, expect, redirects, weight } = recorded
  if (capture) fields.push(['capture', objectOf(capture, source => objectOf(source, literal))])
  if (expect) fields.push(['expect', objectOf(expect, literal)])
  if (redirects) fields.push(['redirects', literal(redirects)])
  if (weight !== undefined) fields.push(['weight', literal(weight)])
  return fields.length > 0 ? objectLiteral(fields) : ''
}

const objectOf = <T>(fields: Record<string, T>, source: (value: T) => string): string =>
  objectLiteral(Object.entries(fields).map(([name, value]) => [name, source(value)]))
