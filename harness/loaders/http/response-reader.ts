/** Reads the responses of one connection, one after the other, whatever pieces they come in. RFC 9112. */
import { EventCounter } from '../../script/index.ts'
import { CHUNKED, checkBeginning, type Head, parseHead, shown, WITH_CONNECTION } from './response-head.ts'

export interface Expected {
  /** Whether the body is kept. */
  reads: boolean
  /** Whether the response has no body, whatever its headers say. */
  headOnly: boolean
  /** The response ends, and its connection with it, once it has had this many server-sent events. */
  events?: number
}

/** Bytes of a head, or of a line around chunks. */
const MAX_HEAD = 80 * 1024
/** Bytes of a body that is kept: an endless one must not fill the memory. */
export const MAX_BODY = 64 * 2 ** 20
/** Bytes kept of a body that nobody reads when its status is not 2xx, for a sample. */
export const SAMPLE = 64 * 1024
const CHUNK_LINE = /^([\da-f]{1,13})[ \t]*(?:;.*)?$/i
const LF = 10
const CR = 13
const EMPTY = Buffer.alloc(0)
const NONE: Head = { status: 0, headers: [], length: 0, persists: false }

type State = 'head' | 'sized' | 'rest' | 'chunk line' | 'chunk' | 'chunk end' | 'trailer' | 'ended'

export class ResponseReader {
  #state: State = 'head'
  /** A head or a line that has not arrived completely. */
  #text = ''
  #head = NONE
  /** Most heads equal the one before and are not parsed again. */
  #lastText = ''
  #lastHead = NONE
  /** Bytes of the body or the chunk that are still to come. */
  #left = 0
  #parts: Buffer[] = []
  #kept = 0
  readonly #events = new EventCounter()
  /** Whether the connection stays open after the response. */
  keeps = false
  /** Bytes of the response so far, including interim responses before it. */
  bytes = 0

  get ended(): boolean {
    return this.#state === 'ended'
  }

  get status(): number {
    return this.#head.status
  }

  get headers(): string[] {
    return this.#head.headers
  }

  /** The whole body if it is read; otherwise its beginning, if the status is not 2xx. */
  get body(): Buffer {
    return this.#parts.length > 0 ? Buffer.concat(this.#parts) : EMPTY
  }

  /** Server-sent events of the response, if they are counted. */
  get events(): number {
    return this.#events.count
  }

  /** Starts the next response. */
  next(): void {
    this.#state = 'head'
    this.#parts = []
    this.#kept = 0
    this.bytes = 0
    this.#events.reset()
  }

  /**
   * Reads on from `from`. The chunk is valid until it returns.
   * @returns where the response ends in the chunk; @throws Error that says what is wrong with the response
   */
  read(chunk: Buffer, from: number, expected: Expected): number {
    let at = from
    while (at < chunk.length && this.#state !== 'ended') at = this.#step(chunk, at, expected)
    this.bytes += at - from
    return at
  }

  /** To be called at the end of the connection. @returns whether that completes the response */
  finish(): boolean {
    if (this.#state === 'rest') this.#state = 'ended'
    return this.ended
  }

  #step(chunk: Buffer, at: number, expected: Expected): number {
    switch (this.#state) {
      case 'head':
        return this.#readHead(chunk, at, expected)
      case 'sized':
      case 'chunk':
        return this.#readSized(chunk, at, expected)
      case 'rest':
        return this.#take(chunk, at, chunk.length, expected)
      default:
        return this.#readLine(chunk, at)
    }
  }

  #readHead(chunk: Buffer, from: number, expected: Expected): number {
    const end = endOfHead(chunk, from, this.#text)
    const text = this.#text + chunk.toString('latin1', from, end < 0 ? chunk.length : end)
    if (text.length > MAX_HEAD) throw new Error(`its headers are longer than ${MAX_HEAD} bytes`)
    if (end < 0) {
      checkBeginning(text)
      this.#text = text
      return chunk.length
    }
    this.#text = ''
    if (text !== this.#lastText) {
      this.#lastHead = parseHead(text)
      this.#lastText = text
    }
    this.#head = this.#lastHead
    this.#beginBody(expected)
    return end
  }

  #beginBody({ headOnly }: Expected): void {
    const { status, length, persists } = this.#head
    // 100, 102 and 103 announce another response. After 101, another protocol follows.
    if (status < 200 && status !== 101) return
    this.keeps = persists && status !== 101 && (headOnly || length !== WITH_CONNECTION)
    this.#left = length
    if (headOnly || length === 0) this.#state = 'ended'
    else if (length === CHUNKED) this.#state = 'chunk line'
    else this.#state = length === WITH_CONNECTION ? 'rest' : 'sized'
  }

  #readSized(chunk: Buffer, from: number, expected: Expected): number {
    const end = this.#take(chunk, from, Math.min(chunk.length, from + this.#left), expected)
    this.#left -= end - from
    if (this.#left === 0 && !this.ended) this.#state = this.#state === 'sized' ? 'ended' : 'chunk end'
    return end
  }

  /** A line around the chunks of a body. */
  #readLine(chunk: Buffer, from: number): number {
    const end = chunk.indexOf(LF, from)
    const text = this.#text + chunk.toString('latin1', from, end < 0 ? chunk.length : end)
    if (text.length > MAX_HEAD) throw new Error(`a line around its chunks is longer than ${MAX_HEAD} bytes`)
    this.#text = end < 0 ? text : ''
    if (end < 0) return chunk.length
    this.#takeLine(text.endsWith('\r') ? text.slice(0, -1) : text)
    return end + 1
  }

  #takeLine(line: string): void {
    if (this.#state === 'chunk line') {
      const size = CHUNK_LINE.exec(line)?.[1]
      if (size === undefined) throw new Error(`the size of a chunk is ${shown(line)}`)
      this.#left = Number.parseInt(size, 16)
      this.#state = this.#left === 0 ? 'trailer' : 'chunk'
    } else if (this.#state === 'chunk end') {
      if (line !== '') throw new Error(`a chunk goes on after its end with ${shown(line)}`)
      this.#state = 'chunk line'
    } else if (line === '') this.#state = 'ended'
  }

  /** @returns where it ended: earlier if these were all events that are wanted */
  #take(chunk: Buffer, from: number, to: number, expected: Expected): number {
    const { events } = expected
    const end = events === undefined ? to : this.#events.read(chunk, from, to, events)
    this.#keep(chunk, from, end, expected)
    if (events !== undefined && this.events >= events) {
      this.#state = 'ended'
      this.keeps = false
    }
    return end
  }

  #keep(chunk: Buffer, from: number, to: number, { reads }: Expected): void {
    const { status } = this.#head
    if (!reads && status >= 200 && status <= 299) return
    const end = reads ? to : Math.min(to, from + SAMPLE - this.#kept)
    if (end <= from) return
    this.#kept += end - from
    if (this.#kept > MAX_BODY) throw new Error(`its body is longer than ${MAX_BODY} bytes`)
    this.#parts.push(Buffer.from(chunk.subarray(from, end)))
  }
}

/** The place after the empty line that ends a head, or −1. Lines may end with LF alone. `before` has come already. */
function endOfHead(chunk: Buffer, from: number, before: string): number {
  let isEmpty = before.endsWith('\n') || before.endsWith('\n\r')
  for (let at = from; at < chunk.length; at++) {
    const byte = chunk[at]
    if (byte === LF) {
      if (isEmpty) return at + 1
      isEmpty = true
    } else if (byte !== CR) isEmpty = false
  }
  return -1
}
