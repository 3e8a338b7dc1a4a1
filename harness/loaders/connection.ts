/** One connection: requests are written at the moment at which they are asked for, and answered in their order. RFC 9112. */
import type { Socket } from 'node:net'
import type { Answer } from '../model/requests.ts'
import type { Unsaid } from './habit.ts'
import { shown } from './head.ts'
import { type Expected, Reader } from './reader.ts'

/** A request, and who is told what became of it. */
export interface Asked extends Expected {
  request: Buffer
  /** When it was asked for, as `performance.now()`. */
  sentAt: number
  /** @param answer its body is empty unless it is read, or the status is not 2xx */
  answered(answer: Answer, bytes: number): void
  lost(reason: string): void
}

/** What a connection leaves behind. */
export interface End {
  /** Not answered, in their order. */
  left: Asked[]
  /** Why the first of them is lost. Absent: none is, unless the server had seen it after all. */
  lost?: string
  /** Absent when an answer had said that it would end, or we ended it. */
  unsaid?: Unsaid
}

const CLOSED = 'the connection was closed'

/** How a socket ends that the server closed before it had read the request. */
const UNREAD = new Set<string | undefined>(['ECONNRESET', 'EPIPE'])

export class Connection {
  readonly #socket: Socket
  readonly #ended: (end: End) => void
  readonly #reader = new Reader()
  #asked: Asked[] = []
  /** Until there is an answer. */
  #opener: Asked | undefined
  #answers = 0
  /** When the last answer had come, as `performance.now()`. */
  #answeredAt = 0
  #closed = false
  /** Whether another request can be sent on it. */
  open = true

  /**
   * @param socket that is connected
   * @param opener the request that it was opened for
   * @param ended called once, unless it is destroyed
   */
  constructor(socket: Socket, opener: Asked | undefined, ended: (end: End) => void) {
    this.#socket = socket
    this.#opener = opener
    this.#ended = ended
    socket.on('end', () => this.#endOfStream())
    socket.on('close', () => this.#broken(CLOSED))
    socket.on('error', (error: NodeJS.ErrnoException) => this.#broken(error.message, UNREAD.has(error.code)))
  }

  /** The request that is to be answered next. */
  get first(): Asked | undefined {
    return this.#asked[0]
  }

  ask(asked: Asked): void {
    this.#asked.push(asked)
    this.#socket.write(asked.request)
  }

  /** Gives up the request that is to be answered next; what may still come belongs to nobody. */
  giveUp(reason: string): void {
    this.#close(reason)
  }

  /** Closes it; what it was asked is forgotten. */
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
      const asked = this.#asked[0]
      if (!asked) {
        // Nobody has asked for it.
        this.#broken(CLOSED)
        return
      }
      try {
        at = this.#reader.read(chunk, at, asked)
      } catch (error) {
        this.giveUp(notHttp((error as Error).message))
        return
      }
      if (this.#reader.ended) this.#complete(chunk, at)
    }
  }

  /** @param at where the answer ends in the chunk */
  #complete(chunk: Buffer, at: number): void {
    const reader = this.#reader
    const isLast = this.#asked.length === 1
    if (isLast && reader.keeps && afterNewlines(chunk, at) < chunk.length) {
      this.giveUp(notHttp(`it goes on after its end with ${shown(chunk.toString('latin1', at, at + 100))}`))
      return
    }
    const asked = this.#asked.shift()!
    this.#opener = undefined
    const { status, headers, body, bytes } = reader
    const answer = { status, headers, body }
    // What has not been sent by now would run into the next request.
    this.open = reader.keeps && !(isLast && this.#socket.writableLength > 0)
    reader.next()
    this.#answers++
    this.#answeredAt = performance.now()
    asked.answered(answer, bytes)
    if (!this.open) this.#close(undefined)
  }

  /** A body without a length ends with its connection. */
  #endOfStream(): void {
    if (this.open && this.#asked.length > 0 && this.#reader.finish()) this.#complete(EMPTY, 0)
    else this.#broken(CLOSED)
  }

  #broken(reason: string, isUnread = false): void {
    const [first] = this.#asked
    const isTaken = first !== undefined && (first === this.#opener || this.#reader.bytes > 0)
    const asked = (first?.sentAt ?? 0) - this.#answeredAt
    const rest = isUnread && asked >= 0 ? performance.now() - this.#answeredAt : asked
    this.#close(isTaken ? reason : undefined, { reason, answers: this.#answers, rest })
  }

  #close(lost: string | undefined, unsaid?: Unsaid): void {
    if (this.#closed) return
    this.destroy()
    const left = this.#asked
    this.#asked = []
    this.#ended({ left, ...(lost !== undefined && { lost }), ...(unsaid && { unsaid }) })
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
