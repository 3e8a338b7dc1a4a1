/** A request that people have written down. */
import { unescape as decoded } from 'node:querystring'
import {
  METHOD,
  type Notes,
  type Omission,
  type PostData,
  type Recorded,
  shown,
  UNKNOWN_ORIGIN,
} from './recorded.ts'
import { holdsStandIn, standIn, standInsIn } from './stand-in.ts'

export interface Asked {
  method: string
  /** Absolute; its beginning can be a stand-in. */
  url: string
  headers?: Record<string, string>
  postData?: PostData
  place: string
}

/** @returns undefined when it cannot be sent, which is noted */
export function requestOf({ method, url: text, headers = {}, postData, place }: Asked, notes: Notes) {
  const url = urlOf(text)
  const omission = unsendable(method, url, text)
  if (omission || !url) {
    if (omission) notes.leave(omission, place)
    return undefined
  }
  const pairs = Object.entries(headers).map(([name, value]) => ({ name, value }))
  const { username, password } = url
  if (username !== '') {
    pairs.push({ name: 'authorization', value: basic(`${decoded(username)}:${decoded(password)}`) })
  }
  const recorded: Recorded = { method, url, headers: pairs, ...(postData && { postData }), place }
  return recorded
}

/** What is known only later cannot be encoded now. */
export const basic = (credentials: string): string =>
  `Basic ${holdsStandIn(credentials) ? standIn('environment', 'BASIC_CREDENTIALS') : base64(credentials)}`

export const base64 = (text: string): string => Buffer.from(text).toString('base64')

export function withQuery(url: string, query: string): string {
  if (query === '') return url
  return `${url}${url.includes('?') ? '&' : '?'}${query}`
}

function unsendable(method: string, url: URL | null, text: string): Omission | undefined {
  if (!METHOD.test(method)) return ['with a method that cannot be sent', shown(method)]
  if (standInsIn(authorityOf(text)).some(({ from }) => from === 'captured'))
    return ['whose address is in an answer']
  if (!url) return ['whose address is not a URL', shown(text)]
  if (/^wss?:$/.test(url.protocol)) return ['to a WebSocket']
  if (!/^https?:$/.test(url.protocol)) return ['that does not go to a server', shown(text)]
  return undefined
}

/** Scheme, host and port, as far as they are there. */
const authorityOf = (text: string): string => /^(?:[a-z][a-z\d+.-]*:\/\/)?[^/?#]*/i.exec(text)![0]

/** The address of the service can be unknown, but not what is asked for there. */
function urlOf(text: string): URL | null {
  const last = standInsIn(authorityOf(text)).at(-1)
  if (!last) return URL.parse(text)
  const rest = text.slice(last.end)
  // What follows can be the rest of the host, or the path if the address ends with a slash.
  const path = /^[:.]/.test(rest) ? rest.replace(/^[^/?#]*/, '') : rest
  return URL.parse(`${UNKNOWN_ORIGIN}${/^([/?#]|$)/.test(path) ? '' : '/'}${path}`)
}
