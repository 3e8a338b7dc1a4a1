/** Reads the answers of one connection, one after the other, from whatever pieces they come in. RFC 9112. */
import { CHUNKED, checkBeginning, type Head, parseHead, shown, WITH_CONNECTION } from './head.ts'

export interface Expected {
  /** Whether the body is of interest. */
  reads: boolean
  /** Whether an answer has no body whatever its headers say. */
  headOnly: boolean
}

/** Bytes of a head, or of a line around chunks. */
const MOST_HEAD = 80 * 1024
/** Bytes of a body that is read: an endless one must not fill the memory. */
const MOST_BODY = 64 * 2 ** 20
/** Bytes that are kept of an unexpected body that nobody reads, for a sample. */
const SAMPLE = 64 * 1024
const CHUNK_LINE = /^([\da-f]{1,13})[ \t]*(?:;.*)?$/i
const LF = 10
const CR = 13
const EMPTY = Buffer.alloc(0)
const NONE: Head = { status: 0, headers: [], length: 0, persists: false }

type State = 'head' | 'sized' | 'rest' | 'chunk line' | 'chunk' | 'chunk end' | 'trailer' | 'ended'

export class Reader {
  #state: State = 'head'
  /** A head or a line that has not come whole yet. */
  #text = ''
  #head = NONE
  /** Most heads are the same as the one before, which need not be parsed again. */
  #lastText = ''
  #lastHead = NONE
  /** Bytes of the body or the chunk that are still to come. */
  #left = 0
  #parts: Buffer[] = []
  #kept = 0
  /** Whether the connection stays open after the answer. */
  keeps = false
  /** Bytes of the answer so far, with those of what announced it. */
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

  /** All of it where it is read, a beginning where its status is not 2xx. */
  get body(): Buffer {
    return this.#parts.length > 0 ? Buffer.concat(this.#parts) : EMPTY
  }

  /** Goes on to the next answer. */
  next(): void {
    this.#state = 'head'
    this.#parts = []
    this.#kept = 0
    this.bytes = 0
  }

  /**
   * @param chunk that is valid until it returns
   * @param from where to go on in it
   * @returns the place behind what belongs to this answer
   * @throws Error that says what is wrong with the answer
   */
  read(chunk: Buffer, from: number, expected: Expected): number {
    let at = from
    while (at < chunk.length && this.#state !== 'ended') at = this.#step(chunk, at, expected)
    this.bytes += at - from
    return at
  }

  /** The connection has ended. @returns whether that has ended the answer */
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
        this.#keep(chunk, at, chunk.length, expected)
        return chunk.length
      default:
        return this.#readLine(chunk, at)
    }
  }

  #readHead(chunk: Buffer, from: number, expected: Expected): number {
    const end = endOfHead(chunk, from, this.#text)
    const text = this.#text + chunk.toString('latin1', from, end < 0 ? chunk.length : end)
    if (text.length > MOST_HEAD) throw new Error(`its headers are longer than ${MOST_HEAD} bytes`)
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
    // It announces another one: 100, 102, 103. After 101 there comes another protocol.
    if (status < 200 && status !== 101) return
    this.keeps = persists && status !== 101 && (headOnly || length !== WITH_CONNECTION)
    this.#left = length
    if (headOnly || length === 0) this.#state = 'ended'
    else if (length === CHUNKED) this.#state = 'chunk line'
    else this.#state = length === WITH_CONNECTION ? 'rest' : 'sized'
  }

  #readSized(chunk: Buffer, from: number, expected: Expected): number {
    const end = Math.min(chunk.length, from + this.#left)
    this.#keep(chunk, from, end, expected)
    this.#left -= end - from
    if (this.#left === 0) this.#state = this.#state === 'sized' ? 'ended' : 'chunk end'
    return end
  }

  /** A line around the chunks of a body. */
  #readLine(chunk: Buffer, from: number): number {
    const end = chunk.indexOf(LF, from)
    const text = this.#text + chunk.toString('latin1', from, end < 0 ? chunk.length : end)
    if (text.length > MOST_HEAD) throw new Error(`a line around its chunks is longer than ${MOST_HEAD} bytes`)
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

  #keep(chunk: Buffer, from: number, to: number, { reads }: Expected): void {
    const { status } = this.#head
    if (!reads && status >= 200 && status <= 299) return
    const end = reads ? to : Math.min(to, from + SAMPLE - this.#kept)
    if (end <= from) return
    this.#kept += end - from
    if (this.#kept > MOST_BODY) throw new Error(`its body is longer than ${MOST_BODY} bytes`)
    this.#parts.push(Buffer.from(chunk.subarray(from, end)))
  }
}

/**
 * The place behind the empty line that ends a head, or −1. Lines may end with LF alone.
 *
 * @param before what has come of the head already
 */
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
