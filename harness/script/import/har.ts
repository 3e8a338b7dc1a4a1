/** A recording of a browser (HAR 1.2): which of its requests a benchmark can send, and why the others are left out. */
import { UsageError } from '../../model/errors.ts'
import {
  isStatus,
  METHOD,
  Notes,
  type Omission,
  type Pair,
  type PostData,
  type Recorded,
  type Recording,
} from './recorded.ts'
import { isObject, parsedJson, type Source, type Wanted } from './source.ts'

const WANTED: Wanted = {
  what: 'The HAR',
  advice: 'Export it again: in the network panel of a browser, “Save all as HAR”.',
}

/** @throws UsageError when it is not a HAR */
export function readHar(source: Source): Recording {
  const notes = new Notes()
  const requests = entriesOf(source).flatMap(entry => {
    const omission = unsendable(entry)
    if (omission) notes.leave(omission)
    return omission ? [] : [recordedOf(entry as Entry)]
  })
  return { file: source.name, requests, notes, advice: WANTED.advice }
}

function entriesOf(source: Source): unknown[] {
  const har = parsedJson(source, WANTED)
  const entries = (har as { log?: { entries?: unknown } } | null)?.log?.entries
  if (Array.isArray(entries)) return entries.toSorted((a, b) => begunAt(a) - begunAt(b) || 0)
  throw new UsageError('The file is not a HAR: it has no `log.entries`.', {
    place: source.name,
    advice: WANTED.advice,
  })
}

/** Entries are grouped by page, so they are sorted by time. */
const begunAt = (entry: unknown): number =>
  Date.parse((entry as { startedDateTime?: string } | null)?.startedDateTime ?? '')

interface Entry {
  _resourceType?: unknown
  request: { method: string; url: string; headers?: unknown; postData?: PostData; bodySize?: unknown }
  response?: { status?: unknown; content?: { mimeType?: unknown } }
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
  if (!METHOD.test(request.method)) return ['with a method that cannot be sent', request.method]
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
  expect: expectedOf(Number(response?.status ?? 0)),
})

/** A recorded status is expected, except 304 and 412, which answer conditions that are not sent. */
const expectedOf = (status: number): Recorded['expect'] =>
  isStatus(status) && status >= 300 && status !== 304 && status !== 412 ? { status } : undefined

const headerPairs = (headers: unknown): Pair[] =>
  (Array.isArray(headers) ? headers : []).filter(
    pair => typeof pair?.name === 'string' && typeof pair?.value === 'string',
  )
