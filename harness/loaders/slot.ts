/** One connection of the open loop, with the script's state on it: one request at a time. */
import type { Socket } from 'node:net'
import { type buildConnector, Client, type Dispatcher } from 'undici'
import type { Answer, HttpRequest } from '../model/requests.ts'
import { TIMED_OUT } from './burst.ts'

type Connector = buildConnector.connector

/** Milliseconds; between slices nothing is sent for a while. */
const KEEP_ALIVE = 600_000

export interface Outcome {
  /** Empty headers and body unless they are read. */
  answer: Answer
  bytes: number
}

export interface Asked {
  request: HttpRequest
  /** Whether headers and body are of interest. */
  reads: boolean
  done(outcome: Outcome): void
  lost(reason: string): void
}

export class Slot {
  readonly #client: Client
  #socket: Socket | undefined
  #seen = 0
  /** Of the request in progress: kept no longer, since what it holds would outlive every collection of young garbage. */
  #running: Dispatcher.DispatchController | undefined
  /** When its request was sent, as `performance.now()`; 0 while it is idle. */
  sentAt = 0

  constructor(url: string, connect: Connector, ready?: Socket) {
    let waiting = ready
    this.#client = new Client(url, {
      keepAliveTimeout: KEEP_ALIVE,
      keepAliveMaxTimeout: KEEP_ALIVE,
      // Time-outs are counted from the moment of sending, by the loop.
      headersTimeout: 0,
      bodyTimeout: 0,
      connect: (options, callback) => {
        const given = waiting
        waiting = undefined
        // Not at once: the client would not notice that it may go on.
        if (given && !given.destroyed) return queueMicrotask(() => callback(null, this.#use(given)))
        connect(options, (error, socket) =>
          error ? callback(error, null) : callback(null, this.#use(socket as Socket)),
        )
      },
    })
  }

  send({ request, reads, done, lost }: Asked): void {
    const answer: Answer = { status: 0, headers: [], body: '' }
    const chunks: Buffer[] = []
    this.sentAt = performance.now()
    const handler: Dispatcher.DispatchHandler = {
      onRequestStart: controller => {
        this.#running = controller
      },
      onResponseStart: (_, status, headers) => {
        answer.status = status
        if (reads) answer.headers = pairs(headers)
      },
      onResponseData: (_, chunk) => {
        if (reads || answer.status < 200 || answer.status > 299) chunks.push(chunk)
      },
      onResponseEnd: () => {
        this.#idle()
        if (chunks.length > 0) answer.body = Buffer.concat(chunks).toString()
        done({ answer, bytes: this.#bytes() })
      },
      onResponseError: (_, error) => {
        this.#idle()
        lost(reasonOf(error))
      },
    }
    this.#client.dispatch(
      {
        method: request.method as Dispatcher.HttpMethod,
        path: request.path,
        headers: request.headers,
        body: request.body ?? null,
      },
      handler,
    )
  }

  /** Its connection is closed: an answer that comes too late belongs to no request. */
  timeOut(): void {
    this.#running?.abort(new Error(TIMED_OUT))
  }

  destroy(): Promise<void> {
    return this.#client.destroy()
  }

  #idle(): void {
    this.sentAt = 0
    this.#running = undefined
  }

  #use(socket: Socket): Socket {
    this.#socket = socket
    this.#seen = 0
    return socket
  }

  #bytes(): number {
    const all = this.#socket?.bytesRead ?? 0
    const own = all - this.#seen
    this.#seen = all
    return own
  }
}

function pairs(headers: Record<string, string | string[] | undefined>): string[] {
  return Object.entries(headers).flatMap(([name, value]) =>
    [value ?? ''].flat().flatMap(each => [name, each]),
  )
}

function reasonOf(error: Error): string {
  const code = (error as NodeJS.ErrnoException).code ?? ''
  if (code.startsWith('HPE_') || error.name === 'HTTPParserError')
    return `its answer is no HTTP (${error.message})`
  if (code === 'UND_ERR_SOCKET') return 'the connection was closed'
  return error.message
}
