/** Closed loop: every connection asks for the next step as soon as it has its answer, within a slice. */
import autocannon, { type Client } from 'autocannon'
import type { Loader, LoadOptions, LoadSession, SliceLoad } from '../model/capabilities.ts'

/** Ended by `close`, not by time; autocannon wants a number of seconds. */
const FOREVER = 24 * 3600

/** Lost requests in one slice, as a multiple of the connections, after which the target counts as gone. */
const MAX_LOSSES = 3

type OnLatency = (step: number, microseconds: number) => void

/** One slice in progress: what is still to be asked for and what came back. */
class Burst {
  readonly load: SliceLoad = { requests: 0, errors: 0, unexpected: 0, bytes: 0, wall: 0 }
  readonly latency: OnLatency
  readonly finish: (failure?: Error) => void
  readonly #begin = process.hrtime.bigint()
  readonly #limit: number
  #open: number

  constructor(requests: number, connections: number, latency: OnLatency, finish: (failure?: Error) => void) {
    this.#open = requests
    this.#limit = connections * MAX_LOSSES
    this.latency = latency
    this.finish = finish
  }

  answered(step: number, status: number, bytes: number, milliseconds: number): void {
    this.load.requests++
    this.load.bytes += bytes
    if (status < 200 || status > 299) this.load.unexpected++
    this.latency(step, milliseconds * 1000)
    this.#end(1)
  }

  lost(requests: number, reason: string): void {
    this.load.errors += requests
    if (this.load.errors >= this.#limit) {
      this.finish(
        new Error(`${this.load.errors} requests of one slice were lost, the last one because ${reason}`),
      )
    } else this.#end(requests)
  }

  #end(requests: number): void {
    this.#open -= requests
    if (this.#open > 0) return
    this.load.wall = Number(process.hrtime.bigint() - this.#begin)
    this.finish()
  }
}

/** A connection that asks only while a slice gives it leave. */
class Gate {
  readonly #client: Client
  readonly #steps: number
  readonly #pipelining: number
  readonly #ask: () => void
  #burst: Burst | undefined
  #quota = 0
  #inFlight = 0
  #step = 0
  #reason = 'the connection was closed'

  constructor(client: Client, steps: number, pipelining: number) {
    this.#client = client
    this.#steps = steps
    this.#pipelining = pipelining
    const connect = client._connect.bind(client)
    this.#ask = client._doRequest.bind(client)
    client._doRequest = () => this.#next()
    client._connect = () => {
      this.#reconnected()
      connect()
    }
    client.on('connError', (error: Error) => {
      this.#reason = error.message
    })
    client.on('response', (status: number, bytes: number, milliseconds: number) => {
      this.#inFlight--
      this.#burst?.answered(this.#step, status, bytes, milliseconds)
      this.#step = (this.#step + 1) % this.#steps
    })
  }

  open(burst: Burst, quota: number): void {
    this.#burst = burst
    this.#quota = quota
    for (let i = 0; i < this.#pipelining; i++) this.#next()
  }

  close(): void {
    this.#burst = undefined
    this.#quota = 0
  }

  destroy(): void {
    this.#client.destroy()
  }

  #next(): void {
    if (this.#quota === 0 || this.#inFlight >= this.#pipelining) return
    this.#quota--
    this.#inFlight++
    this.#ask()
  }

  /** autocannon reconnects by itself, also after a time-out; what was in flight will not be answered any more. */
  #reconnected(): void {
    const lost = this.#inFlight
    this.#inFlight = 0
    this.#step = (this.#step + lost) % this.#steps
    this.#client.pipelinedRequests.clear()
    if (lost > 0) this.#burst?.lost(lost, this.#reason)
  }
}

class ClosedSession implements LoadSession {
  readonly #options: LoadOptions
  readonly #gates: Gate[] = []
  readonly #instance: ReturnType<typeof autocannon>

  constructor(options: LoadOptions) {
    this.#options = options
    const { steps, connections, pipelining } = options.load
    this.#instance = autocannon(
      {
        url: options.url,
        connections,
        pipelining,
        duration: FOREVER,
        timeout: Math.ceil(options.timeout / 1000),
        requests: steps.map(({ method, path, headers, body }) => ({
          method,
          path,
          ...(headers && { headers }),
          ...(body !== undefined && { body }),
        })),
        setupClient: client => this.#gates.push(new Gate(client, steps.length, pipelining)),
        excludeErrorStats: false,
      },
      () => {},
    )
  }

  slice(times: number, latency: OnLatency): Promise<SliceLoad> {
    const quota = times * this.#options.load.steps.length
    return new Promise((resolve, reject) => {
      const burst = new Burst(quota * this.#gates.length, this.#gates.length, latency, failure => {
        for (const gate of this.#gates) gate.close()
        if (failure) reject(failure)
        else resolve(burst.load)
      })
      for (const gate of this.#gates) gate.open(burst, quota)
    })
  }

  async close(): Promise<void> {
    for (const gate of this.#gates) gate.destroy()
    this.#instance.stop()
  }
}

const closed: Loader = {
  name: 'closed',
  async open(options) {
    return new ClosedSession(options)
  },
}

export default closed
