/** A connection of autocannon that sends what the script says, and only while a slice gives it leave. */
import type { Client, RequestIterator } from 'autocannon'
import type { Ask, ScriptSession } from '../model/requests.ts'
import { type Burst, TIMED_OUT } from './burst.ts'
import { closes, serialize } from './http1.ts'

/** A request with its bytes; one that waits for a captured value gets them when its turn comes. */
interface Sent {
  ask: Ask
  requestBuffer: Buffer
}

export interface GateOptions {
  session: ScriptSession
  pipelining: number
  /** For the header of that name. */
  host: string
  /** Milliseconds. */
  timeout: number
}

const CLOSED = 'the connection was closed'
const NOTHING = Buffer.alloc(0)

/**
 * autocannon writes what its request iterator holds and tells it of each answer; this is that iterator. Its own would
 * build requests within the slice and know nothing of expectations.
 */
export class Gate {
  readonly #client: Client
  readonly #options: GateOptions
  readonly #iterator: RequestIterator
  readonly #write: () => void
  /** Requests without placeholders are the same object each time, and so are their bytes. */
  readonly #constant = new WeakMap<object, Sent>()
  #burst: Burst | undefined
  #queue: Sent[] = []
  #next = 0
  #inFlight: Sent[] = []
  #answer: { status: number; body: string; headers: string[] } = { status: 0, body: '', headers: [] }
  /** Why the connection is about to be replaced, once that is known. */
  #reason: string | undefined

  constructor(client: Client, options: GateOptions) {
    this.#client = client
    this.#options = options
    this.#iterator = {
      currentRequest: { requestBuffer: NOTHING },
      resetted: false,
      nextRequest() {},
      recordBody: (_, status, body, headers) => {
        this.#answer = { status, body, headers: headers ?? [] }
      },
    }
    client.requestIterator = this.#iterator
    this.#write = client._doRequest.bind(client)
    client._doRequest = () => this.#ask()
    this.#watchConnection()
  }

  /** Autocannon's own books are not read by anyone and cost as much as ours: its listeners go, once it has put them on. */
  takeOver(): void {
    this.#client.removeAllListeners('request')
    this.#client.removeAllListeners('response')
    this.#client.on('response', (_status: number, bytes: number, milliseconds: number) =>
      this.#answered(bytes, milliseconds),
    )
  }

  /** Makes all that can be made of the requests before the slice opens. */
  prepare(asks: Ask[]): void {
    this.#queue = asks.map(ask => (ask.request ? this.#sent(ask) : { ask, requestBuffer: NOTHING }))
    this.#next = 0
  }

  open(burst: Burst): void {
    this.#burst = burst
    for (let i = 0; i < this.#options.pipelining; i++) this.#ask()
  }

  close(): void {
    this.#burst = undefined
    this.#queue = []
  }

  destroy(): void {
    this.#client.destroy()
  }

  #sent(ask: Ask): Sent {
    const request = this.#options.session.render(ask)
    const known = this.#constant.get(request)
    if (known) return known
    const sent = { ask, requestBuffer: serialize(request, this.#options.host) }
    this.#constant.set(request, sent)
    return sent
  }

  #ask(): void {
    if (this.#next >= this.#queue.length || this.#inFlight.length >= this.#options.pipelining) return
    let sent = this.#queue[this.#next++]!
    if (!sent.ask.request) sent = this.#sent(sent.ask)
    this.#iterator.currentRequest = sent
    this.#inFlight.push(sent)
    this.#write()
  }

  #answered(bytes: number, milliseconds: number): void {
    const { ask } = this.#inFlight.shift()!
    const burst = this.#burst
    if (!burst) return
    // Before the answer is looked at: how long that takes is no part of either time.
    burst.sink.latency(ask.step, burst.latency(bytes, milliseconds) * 1000)
    const problem = this.#options.session.receive(ask, this.#answer)
    if (problem) burst.unexpected(ask.step, problem, this.#answer.status, this.#answer.body)
    burst.answered(bytes)
  }

  /** autocannon reconnects by itself, also after a time-out, which it shows by nothing but taking the connection down. */
  #watchConnection(): void {
    const client = this.#client
    const connect = client._connect.bind(client)
    const destroy = client._destroyConnection.bind(client)
    const parse = client.parser.execute.bind(client.parser)
    client._connect = () => {
      this.#reconnected()
      connect()
    }
    client._destroyConnection = () => {
      this.#reason ??= TIMED_OUT
      destroy()
    }
    client.on('connError', (error: Error) => {
      this.#reason = error.message
    })
    client.parser.execute = chunk => {
      const result = parse(chunk)
      // Or it would wait for the rest of an answer that is none until the request times out.
      if (result instanceof Error) this.#replace(`its answer is no HTTP (${result.message})`)
      return result
    }
  }

  #replace(reason: string): void {
    this.#reason = reason
    this.#client._destroyConnection()
    this.#client._connect()
  }

  /** What was in flight will not be answered any more; half an answer must not run into the next one. */
  #reconnected(): void {
    const lost = this.#inFlight
    const reason = this.#reason ?? this.#closing()
    this.#inFlight = []
    this.#reason = undefined
    this.#client.pipelinedRequests.clear()
    this.#client.parser.reinitialize('RESPONSE')
    for (const { ask } of lost) {
      if (reason === TIMED_OUT) this.#burst?.sink.latency(ask.step, this.#options.timeout * 1000)
      this.#burst?.lost(ask.step, reason)
    }
  }

  #closing(): string {
    return closes(this.#answer.headers) ? 'the server closes its connections (connection: close)' : CLOSED
  }
}
