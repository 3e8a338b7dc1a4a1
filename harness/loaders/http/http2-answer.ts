/** The answer on one stream of HTTP/2, as it comes in. */
import type { ClientHttp2Stream, IncomingHttpHeaders } from 'node:http2'
import type { HttpResponse } from '../../model/http.ts'
import { EventCounter } from '../../script/index.ts'
import { type Expected, MAX_BODY, SAMPLE } from './response-reader.ts'

/** Bytes that a field takes besides its name and its value, as HTTP/2 counts uncompressed ones. RFC 9113, section 6.5.2. */
const FIELD = 32

/** Milliseconds within which all that one read brings is handled. */
const TOGETHER = 0.5

export class Http2Answer {
  readonly #expected: Expected
  readonly #events = new EventCounter()
  readonly #parts: Buffer[] = []
  #kept = 0
  #status = 0
  #headers: string[] = []
  /** Bytes of the uncompressed fields and the body. What fields take on the wire depends on those sent before. */
  bytes = 0
  #headAt = 0

  constructor(expected: Expected) {
    this.#expected = expected
  }

  head(received: IncomingHttpHeaders): void {
    const { ':status': status, ...fields } = received
    this.#status = Number(status ?? 0)
    this.#add(fields)
    this.#headAt = performance.now()
  }

  /** They count as headers: gRPC has its status there. */
  trailers(fields: IncomingHttpHeaders): void {
    this.#add(fields)
  }

  /** @throws Error when a body that has to be kept is too long */
  take(part: Buffer): void {
    const { events, reads } = this.#expected
    const end = events === undefined ? part.length : this.#events.read(part, 0, part.length, events)
    this.bytes += end
    if (!reads && this.#status >= 200 && this.#status <= 299) return
    const kept = part.subarray(0, reads ? end : Math.min(end, SAMPLE - this.#kept))
    this.#kept += kept.length
    if (this.#kept > MAX_BODY) throw new Error(`its body is longer than ${MAX_BODY} bytes`)
    if (kept.length > 0) this.#parts.push(Buffer.from(kept))
  }

  /** Whether all the events that are wanted have come. */
  get isEnough(): boolean {
    const { events } = this.#expected
    return events !== undefined && this.#events.count >= events
  }

  /** Whether the stream has brought the whole answer. */
  isComplete({ rstCode, readableEnded }: ClientHttp2Stream): boolean {
    return this.#status >= 200 && (rstCode ?? 0) === 0 && readableEnded
  }

  /** When its first bytes came, as `performance.now()`; absent if its end came with them. */
  get began(): number | undefined {
    return performance.now() - this.#headAt >= TOGETHER ? this.#headAt : undefined
  }

  get response(): HttpResponse {
    const { events } = this.#expected
    return {
      status: this.#status,
      headers: this.#headers,
      body: Buffer.concat(this.#parts),
      ...(events !== undefined && { events: this.#events.count }),
    }
  }

  #add(fields: Record<string, string | string[] | undefined>): void {
    for (const [name, value] of Object.entries(fields))
      for (const each of [value ?? []].flat()) {
        this.#headers.push(name, String(each))
        this.bytes += name.length + String(each).length + FIELD
      }
  }
}
