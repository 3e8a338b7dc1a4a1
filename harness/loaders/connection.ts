/** HTTP/1.1 on one socket of the open loop: a request is written at the moment at which it is asked for. RFC 9112. */
import type { Socket } from 'node:net'
import { HTTPParser } from 'http-parser-js'
import type { Answer } from '../model/requests.ts'
import { closes } from './http1.ts'

export interface Outcome {
  /** Empty headers and body unless they are read. */
  answer: Answer
  bytes: number
}

export interface Owner {
  answered(outcome: Outcome): void
  lost(reason: string): void
}

export interface Expected {
  /** Whether headers and body are of interest. */
  reads: boolean
  /** Whether an answer has no body whatever its headers say. */
  headOnly: boolean
}

interface Head {
  statusCode: number
  headers: string[]
  shouldKeepAlive: boolean
}

/** Its value is what the parser believes. */
const CONTENT_LENGTH = 'content-length'
const CLOSED = 'the connection was closed'

export class Connection {
  readonly #socket: Socket
  readonly #owner: Owner
  readonly #parser = new HTTPParser(HTTPParser.RESPONSE)
  /** Of the request in progress. */
  #expected: Expected | undefined
  #head: Head | undefined
  #chunks: Buffer[] = []
  #bytes = 0
  /** Whether another request can be sent on it. */
  open = true

  /** @param socket that is connected */
  constructor(socket: Socket, owner: Owner) {
    this.#socket = socket
    this.#owner = owner
    this.#parser[HTTPParser.kOnHeadersComplete] = head => this.#begin(head)
    this.#parser[HTTPParser.kOnBody] = (chunk, from, length) =>
      this.#keep(chunk.subarray(from, from + length))
    this.#parser[HTTPParser.kOnMessageComplete] = () => this.#complete()
    socket.on('end', () => this.#end())
    socket.on('close', () => this.close(CLOSED))
    socket.on('error', error => this.close(error.message))
  }

  ask(request: Buffer, expected: Expected): void {
    this.#expected = expected
    this.#socket.write(request)
  }

  /** What is in progress is lost for this reason, and whatever may still come belongs to no request. */
  close(reason: string): void {
    if (!this.open) return
    this.open = false
    this.#socket.destroy()
    if (!this.#expected) return
    this.#expected = undefined
    this.#owner.lost(reason)
  }

  /** @param chunk that is valid until it returns */
  read(chunk: Buffer): void {
    this.#bytes += chunk.length
    const parsed = this.#parser.execute(chunk)
    if (parsed instanceof Error) this.close(noHttp(parsed.message))
  }

  #begin(head: Head): number {
    this.#head = head
    const { headers } = head
    for (let i = 0; i < headers.length; i += 2)
      if (headers[i]!.length === CONTENT_LENGTH.length && headers[i]!.toLowerCase() === CONTENT_LENGTH)
        if (!/^\d+$/.test(headers[i + 1]!)) this.close(noHttp(`${CONTENT_LENGTH}: ${headers[i + 1]}`))
    return this.#expected?.headOnly ? 1 : 0
  }

  #keep(chunk: Buffer): void {
    const { statusCode } = this.#head!
    if (this.#expected?.reads || statusCode < 200 || statusCode > 299) this.#chunks.push(Buffer.from(chunk))
  }

  #complete(): void {
    const { statusCode: status, headers, shouldKeepAlive } = this.#head!
    // What only announces the answer: 100, 102, 103.
    if (status < 200 && status !== 101) return
    const expected = this.#expected
    // Nobody has asked.
    if (!expected) {
      this.close(CLOSED)
      return
    }
    const body = this.#chunks.length > 0 ? Buffer.concat(this.#chunks).toString() : ''
    const outcome = {
      answer: { status, headers: expected.reads ? headers : [], body },
      bytes: this.#bytes,
    }
    this.#expected = undefined
    this.#chunks = []
    this.#bytes = 0
    // The parser does not know of answers that have no length because they have no body.
    const stays = shouldKeepAlive || (expected.headOnly && !closes(headers))
    // What has not been sent by now would run into the next request.
    if (!stays || this.#socket.writableLength > 0) this.close(CLOSED)
    this.#owner.answered(outcome)
  }

  #end(): void {
    // A body without a length ends with its connection.
    if (this.open && this.#expected) this.#parser.finish()
    this.close(CLOSED)
  }
}

const noHttp = (problem: string) => `its answer is no HTTP (${problem})`
