/** One connection. Requests are written at once and answered in order. RFC 9112. */
import type { Socket } from 'node:net'
import type { Exchange } from './exchange.ts'
import { shown } from './response-head.ts'
import { ResponseReader } from './response-reader.ts'

type BytesExchange = Exchange<Buffer>

/** What a connection leaves behind. */
export interface End {
  /** Requests that were not answered, in order. */
  left: BytesExchange[]
  /** Why the first of them is lost. Absent: none is, unless the server had read it. */
  lost?: string
  /** Absent when a response announced the end, or we closed the connection. */
  unannounced?: UnannouncedEnd
  /** Whether we closed it, because the response would have gone on for ever. */
  ours?: boolean
}

/** How a server ended a connection without announcing it in a response. */
export interface UnannouncedEnd {
  reason: string
  /** Responses that the connection had carried. */
  responses: number
  /**
   * Milliseconds after the last of them in which the server read nothing: until the next request, or until the end of the
   * connection if the server did not read that request, as a stalled server does when its idle timer fires. Negative for a
   * pipelined request.
   */
  rest: number
}

const CLOSED = 'the connection was closed'

/** Errors of a socket that the server closed before it had read the request. */
const UNREAD = new Set<string | undefined>(['ECONNRESET', 'EPIPE'])

export class Connection {
  readonly #socket: Socket
  readonly #ended: (end: End) => void
  readonly #reader = new ResponseReader()
  #sent: BytesExchange[] = []
  /** The request that it was opened for, until it is answered. */
  #opener: BytesExchange | undefined
  #responses = 0
  /** When the first bytes of a response came whose end did not come with them. */
  #began: number | undefined
  /** When the last response was complete, as `performance.now()`. */
  #answeredAt = 0
  #closed = false
  /** Whether another request can be sent on it. */
  open = true

  /** @param opener the request that it was opened for; @param ended called once, unless it is destroyed */
  constructor(socket: Socket, opener: BytesExchange | undefined, ended: (end: End) => void) {
    this.#socket = socket
    this.#opener = opener
    this.#ended = ended
    socket.on('end', () => this.#endOfStream())
    socket.on('close', () => this.#broken(CLOSED))
    socket.on('error', (error: NodeJS.ErrnoException) => this.#broken(error.message, UNREAD.has(error.code)))
  }

  /** The request that is answered next. */
  get first(): BytesExchange | undefined {
    return this.#sent[0]
  }

  send(exchange: BytesExchange): void {
    this.#sent.push(exchange)
    this.#socket.write(exchange.request)
  }

  /** Closes it and forgets what was sent. */
  destroy(): void {
    this.#closed = true
    this.open = false
    this.#socket.destroy()
  }

  /** @param chunk that is valid until it returns */
  read(chunk: Buffer): void {
    let at = 0
    while (this.open) {
      if (this.#reader.bytes === 0) at = afterNewlines(chunk, at)
      if (at === chunk.length) return
      const exchange = this.#sent[0]
      if (!exchange) {
        this.#broken(CLOSED)
        return
      }
      try {
        at = this.#reader.read(chunk, at, exchange)
      } catch (error) {
        this.close(notHttp((error as Error).message))
        return
      }
      if (this.#reader.ended) this.#complete(chunk, at)
      else this.#began ??= performance.now()
    }
  }

  /** @param at where the response ends in the chunk */
  #complete(chunk: Buffer, at: number): void {
    const reader = this.#reader
    const isLast = this.#sent.length === 1
    if (isLast && reader.keeps && afterNewlines(chunk, at) < chunk.length) {
      this.close(notHttp(`it goes on after its end with ${shown(chunk.toString('latin1', at, at + 100))}`))
      return
    }
    const exchange = this.#sent.shift()!
    this.#opener = undefined
    const { status, headers, body, bytes, events } = reader
    const response = { status, headers, body, ...(exchange.events !== undefined && { events }) }
    const isEnough = exchange.events !== undefined && events >= exchange.events
    const began = this.#began
    this.#began = undefined
    // The unsent rest of this request would run into the next one.
    this.open = reader.keeps && !(isLast && this.#socket.writableLength > 0)
    reader.next()
    this.#responses++
    this.#answeredAt = performance.now()
    exchange.answered(response, bytes, began)
    if (!this.open) this.close(undefined, undefined, isEnough)
  }

  /** A body without a length ends with its connection. */
  #endOfStream(): void {
    if (this.open && this.#sent.length > 0 && this.#reader.finish()) this.#complete(EMPTY, 0)
    else this.#broken(CLOSED)
  }

  #broken(reason: string, isUnread = false): void {
    const [first] = this.#sent
    const isTaken = first !== undefined && (first === this.#opener || this.#reader.bytes > 0)
    const pause = (first?.sentAt ?? 0) - this.#answeredAt
    const rest = isUnread && pause >= 0 ? performance.now() - this.#answeredAt : pause
    this.close(isTaken ? reason : undefined, { reason, responses: this.#responses, rest })
  }

  /** @param lost why the request that would be answered next is given up */
  close(lost?: string, unannounced?: UnannouncedEnd, ours = false): void {
    if (this.#closed) return
    this.destroy()
    const left = this.#sent
    this.#sent = []
    this.#ended({ left, lost, unannounced, ours })
  }
}

const EMPTY = Buffer.alloc(0)
const LF = 10
const CR = 13

/** Some servers send an empty line after a body. */
function afterNewlines(chunk: Buffer, from: number): number {
  let at = from
  while (chunk[at] === CR || chunk[at] === LF) at++
  return at
}

const notHttp = (problem: string) => `its answer is not HTTP (${problem})`
