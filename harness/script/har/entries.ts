/** What a HAR file (1.2) holds: which of its requests a benchmark can send, and why the others are left out. */
import { UsageError } from '../../model/errors.ts'

export interface Pair {
  name: string
  value: string
}

export interface Param {
  name: string
  value?: string
  fileName?: string
  contentType?: string
}

export interface PostData {
  mimeType?: string
  text?: string
  /** Not in the standard; some tools put bytes into `text` in this way. */
  encoding?: string
  params?: Param[]
}

export interface Recorded {
  method: string
  url: URL
  headers: Pair[]
  postData?: PostData
  /** Bytes; −1 where nobody knows. */
  bodySize: number
  /** 0 where it was not noted. */
  status: number
}

/** Requests that were left out, with the reason. */
export class LeftOut {
  readonly #reasons = new Map<string, { count: number; details: Set<string> }>()

  add(reason: string, detail?: string): void {
    const known = this.#reasons.get(reason) ?? { count: 0, details: new Set() }
    known.count++
    if (detail !== undefined) known.details.add(detail)
    this.#reasons.set(reason, known)
  }

  get count(): number {
    return [...this.#reasons.values()].reduce((sum, { count }) => sum + count, 0)
  }

  get lines(): string[] {
    return [...this.#reasons].map(([reason, { count, details }]) => {
      const named = [...details].slice(0, DETAILS)
      if (details.size > DETAILS) named.push('…')
      return `${count} ${reason}${named.length > 0 ? ` (${named.join(', ')})` : ''}`
    })
  }
}

/** Details that are named with a reason. */
const DETAILS = 3

export const ADVICE = 'Export it again: in the network panel of a browser, “Save all as HAR”.'

/** @throws UsageError when it is no HAR at all */
export function entriesOf(content: string | Uint8Array): unknown[] {
  const entries = (parse(textOf(content)) as { log?: { entries?: unknown } } | null)?.log?.entries
  if (Array.isArray(entries)) return entries.toSorted((a, b) => begunAt(a) - begunAt(b) || 0)
  throw new UsageError('The file is not a HAR: it has no `log.entries`.', { advice: ADVICE })
}

/** Several pages of a recording follow each other, whatever overlapped. */
const begunAt = (entry: unknown): number =>
  Date.parse((entry as { startedDateTime?: string } | null)?.startedDateTime ?? '')

/** PowerShell writes UTF-16. */
function textOf(content: string | Uint8Array): string {
  if (typeof content === 'string') return content.replace(/^\uFEFF/, '')
  const [first, second] = content
  const wide =
    first === 0xff && second === 0xfe ? 'utf-16le' : first === 0xfe && second === 0xff ? 'utf-16be' : ''
  try {
    return new TextDecoder(wide || 'utf-8', { fatal: true }).decode(content)
  } catch (cause) {
    throw new UsageError('The HAR is not text in UTF-8, or larger than a text can be.', {
      advice: ADVICE,
      cause,
    })
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw new UsageError('The HAR is cut off or is not JSON.', { advice: ADVICE, cause })
  }
}

interface Entry {
  _resourceType?: unknown
  request: { method: string; url: string; headers?: unknown; postData?: PostData; bodySize?: unknown }
  response?: { status?: unknown; content?: { mimeType?: unknown } }
}

/** The requests to the origin that most of them went to. */
export function recordedIn(entries: unknown[], left: LeftOut): Recorded[] {
  const sendable = entries.flatMap(entry => {
    const reason = unsendable(entry)
    if (reason) left.add(...reason)
    return reason ? [] : [recordedOf(entry as Entry)]
  })
  const origins = Map.groupBy(sendable, ({ url }) => url.origin)
  const own = [...origins].toSorted(([, a], [, b]) => b.length - a.length)[0]?.[0]
  return sendable.filter(({ url }) => {
    if (url.origin === own) return true
    left.add('to other origins', url.host)
    return false
  })
}

function isEntry(value: unknown): value is Entry {
  const { method, url } = (value as Entry | null)?.request ?? {}
  return typeof method === 'string' && typeof url === 'string' && URL.canParse(url)
}

function unsendable(entry: unknown): [string, string?] | undefined {
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
  if (pairsOf(request.headers).some(({ name }) => /^access-control-request-method$/i.test(name)))
    return ['by which a browser asks for permission first (CORS)']
  if (String(response?.content?.mimeType).startsWith('text/event-stream'))
    return ['whose answer does not end (events)']
}

const recordedOf = ({ request, response }: Entry): Recorded => ({
  method: request.method,
  url: new URL(request.url),
  headers: pairsOf(request.headers),
  ...(isObject(request.postData) && { postData: request.postData }),
  bodySize: Number(request.bodySize ?? -1),
  status: Number(response?.status ?? 0),
})

const isObject = (value: unknown): value is object => value !== null && typeof value === 'object'

const pairsOf = (headers: unknown): Pair[] =>
  (Array.isArray(headers) ? headers : []).filter(
    pair => typeof pair?.name === 'string' && typeof pair?.value === 'string',
  )
