/** Reads a HAR file (1.2): which of its requests a benchmark can send, and why the others are left out. */
import { UsageError } from '../../model/errors.ts'

export type Pair = Record<'name' | 'value', string>

/** A field of a form, or a part of a multipart body. */
export interface Param {
  name: string
  value?: string
  /** Absent for a field that is not a file. */
  fileName?: string
  contentType?: string
}

/** `encoding` is not in the standard: `base64` where a tool has put bytes into `text`. */
export type PostData = Partial<Record<'mimeType' | 'text' | 'encoding', string>> & { params?: Param[] }

export interface Recorded {
  method: string
  url: URL
  headers: Pair[]
  postData?: PostData
  /** Bytes; −1 when unknown. */
  bodySize: number
  /** 0 when it was not recorded. */
  status: number
}

/** Why a request was left out. */
export type Omission = [reason: string, detail?: string]

/** Details shown for a reason. */
const DETAILS = 3

/** The requests that were left out, counted by reason. */
export function countedOmissions(left: Omission[]): string[] {
  return [...Map.groupBy(left, ([reason]) => reason)].map(([reason, all]) => {
    const details = [...new Set(all.flatMap(([, detail]) => detail ?? []))]
    const shown = details.slice(0, DETAILS)
    if (details.length > DETAILS) shown.push('…')
    return `${all.length} ${reason}${shown.length > 0 ? ` (${shown.join(', ')})` : ''}`
  })
}

export const ADVICE = 'Export it again: in the network panel of a browser, “Save all as HAR”.'

/** @throws UsageError when it is not a HAR */
export function entriesOf(content: string | Uint8Array): unknown[] {
  const text = orRefuse(() => textOf(content), 'is not text in UTF-8, or is larger than a string can be')
  const har: unknown = orRefuse(() => JSON.parse(text), 'is cut off or is not JSON')
  const entries = (har as { log?: { entries?: unknown } } | null)?.log?.entries
  if (Array.isArray(entries)) return entries.toSorted((a, b) => begunAt(a) - begunAt(b) || 0)
  throw new UsageError('The file is not a HAR: it has no `log.entries`.', { advice: ADVICE })
}

function orRefuse<T>(read: () => T, problem: string): T {
  try {
    return read()
  } catch (cause) {
    throw new UsageError(`The HAR ${problem}.`, { advice: ADVICE, cause })
  }
}

/** Entries are grouped by page, so they are sorted by time. */
const begunAt = (entry: unknown): number =>
  Date.parse((entry as { startedDateTime?: string } | null)?.startedDateTime ?? '')

/** PowerShell writes UTF-16. */
function textOf(content: string | Uint8Array): string {
  if (typeof content === 'string') return content.replace(/^\uFEFF/, '')
  const mark = Buffer.from(content.subarray(0, 2)).toString('hex')
  const encoding = mark === 'fffe' ? 'utf-16le' : mark === 'feff' ? 'utf-16be' : 'utf-8'
  return new TextDecoder(encoding, { fatal: true }).decode(content)
}

interface Entry {
  _resourceType?: unknown
  request: { method: string; url: string; headers?: unknown; postData?: PostData; bodySize?: unknown }
  response?: { status?: unknown; content?: { mimeType?: unknown } }
}

/** The requests to the most frequent origin. */
export function recordedIn(entries: unknown[], left: Omission[]): Recorded[] {
  const sendable = entries.flatMap(entry => {
    const omission = unsendable(entry)
    if (omission) left.push(omission)
    return omission ? [] : [recordedOf(entry as Entry)]
  })
  const origins = Map.groupBy(sendable, ({ url }) => url.origin)
  const own = [...origins].toSorted(([, a], [, b]) => b.length - a.length)[0]?.[0]
  return sendable.filter(({ url }) => {
    if (url.origin === own) return true
    left.push(['to other origins', url.host])
    return false
  })
}

function isEntry(value: unknown): value is Entry {
  const { method, url } = (value as Entry | null)?.request ?? {}
  return typeof method === 'string' && typeof url === 'string' && URL.canParse(url)
}

function unsendable(entry: unknown): Omission | undefined {
  if (!isEntry(entry)) return ['damaged in the file']
  const { request, response, _resourceType } = entry
  const { protocol } = new URL(request.url)
  const status = Number(response?.status)
  if (status === 101 || /^wss?:$/.test(protocol) || _resourceType === 'websocket') return ['to WebSockets']
  if (!/^https?:$/.test(protocol)) return ['that did not go to a server', protocol]
  if (response?.status !== undefined && !(status > 0))
    return ['without an answer: blocked, cancelled or failed']
  if (!/^[A-Z][A-Z0-9!#$%&'*+.^_`|~-]*$/.test(request.method) || request.method === 'CONNECT')
    return ['with a method that cannot be sent', request.method]
  if (headerPairs(request.headers).some(({ name }) => /^access-control-request-method$/i.test(name)))
    return ['by which a browser asks for permission first (CORS)']
  if (String(response?.content?.mimeType).startsWith('text/event-stream'))
    return ['whose answer does not end (events)']
}

const recordedOf = ({ request, response }: Entry): Recorded => ({
  method: request.method,
  url: new URL(request.url),
  headers: headerPairs(request.headers),
  postData: isObject(request.postData) ? request.postData : undefined,
  bodySize: Number(request.bodySize ?? -1),
  status: Number(response?.status ?? 0),
})

const isObject = (value: unknown): value is object => value !== null && typeof value === 'object'

const headerPairs = (headers: unknown): Pair[] =>
  (Array.isArray(headers) ? headers : []).filter(
    pair => typeof pair?.name === 'string' && typeof pair?.value === 'string',
  )
