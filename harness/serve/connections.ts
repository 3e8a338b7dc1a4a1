/** Connections: one that makes no progress gives way to a new one, so that nobody is kept out by many that are slow. */
import type { Server } from 'node:http'
import type { Socket } from 'node:net'
import { sum } from '../stats/describe.ts'

interface Limits {
  connections: number
  /** Bytes of all answers that were not fetched yet. */
  answers: number
}

/** What is answered to what is not understood, or comes too late. */
const ANSWERS: Record<string, string> = {
  ERR_HTTP_REQUEST_TIMEOUT: '408 Request Timeout',
  HPE_HEADER_OVERFLOW: '431 Request Header Fields Too Large',
}

/** A client that has gone wants no answer. */
const GONE = ['ECONNRESET', 'EPIPE', 'HPE_INVALID_EOF_STATE']

type Tell = (line: string, kind: string) => void

export class Connections {
  /** The one that began a request last is at the end. */
  readonly #open = new Set<Socket>()
  readonly #limits: Limits
  readonly #tell: Tell
  /** Was dropped for its answer, which is still in the memory. */
  #leaving: Socket | undefined

  /** Those of a server from now on. @param tell called with what happened, and with its kind */
  constructor(server: Server, limits: Limits, tell: Tell) {
    this.#limits = limits
    this.#tell = tell
    server.on('connection', socket => this.#add(socket))
    server.on('request', ({ socket }) => {
      if (this.#open.delete(socket)) this.#open.add(socket)
    })
    server.on('clientError', (error, socket) => this.#refuse(error, socket as Socket))
  }

  #add(socket: Socket): void {
    const { connections } = this.#limits
    this.#open.add(socket)
    socket.once('close', () => this.#open.delete(socket))
    const [oldest] = this.#open
    if (this.#open.size > connections && oldest)
      this.#drop(oldest, `of more than ${connections} connections, the one that was idle for longest`)
  }

  #drop(socket: Socket, why: string): void {
    this.#tell(`dropped, and not said again: ${why}`, why)
    this.#open.delete(socket)
    socket.destroy()
  }

  /** Whether there is room for another answer. If not, the largest one that nobody reads goes, one at a time. */
  hasRoom(): boolean {
    if (sum(this.#open.values().map(unread)) <= this.#limits.answers) return true
    if (this.#leaving) return false
    const largest = [...this.#open].reduce((most, one) => (unread(one) > unread(most) ? one : most))
    this.#leaving = largest
    largest.once('close', () => {
      this.#leaving = undefined
    })
    this.#drop(largest, 'answers that nobody reads')
    return false
  }

  #refuse(error: NodeJS.ErrnoException, socket: Socket): void {
    const answer = ANSWERS[error.code ?? ''] ?? '400 Bad Request'
    if (!GONE.includes(error.code ?? '')) this.#tell(`refused, and not said again: ${answer}`, answer)
    if (socket.writable) socket.write(`HTTP/1.1 ${answer}\r\nconnection: close\r\n\r\n`)
    socket.destroySoon()
  }
}

const unread = (socket: Socket): number => socket.writableLength
