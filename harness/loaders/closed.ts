/** Closed loop: every connection asks for the next step as soon as it has its answer, within a slice. */
import type { Loader, LoadOptions, LoadSession, Sink, SliceLoad, SliceOrder } from '../model/capabilities.ts'
import type { Answer, Ask, ScriptSession } from '../model/requests.ts'
import { Burst, TIMED_OUT } from './burst.ts'
import type { Asked } from './connection.ts'
import { Wire } from './http1.ts'
import type { Line } from './line.ts'
import { hungUp, Lines } from './lines.ts'
import { Pacer } from './pacer.ts'
import { begun, duringSetup } from './setup.ts'

/** Answers alone say when the next request is sent. */
const UNPACED = { times: new Float64Array(), begin: 0, send() {}, waiting: () => true }
const NOTHING: Buffer = Buffer.alloc(0)

/** A connection, and what is asked on it in a slice. */
class Lane {
  readonly line: Line
  readonly session: ScriptSession
  readonly wire: Wire
  readonly #turns: Turn[]
  asks: Ask[] = []
  /** Their bytes; those that wait for a captured value have none yet. */
  requests: (Buffer | undefined)[] = []
  next = 0
  burst: Burst | undefined

  constructor(line: Line, session: ScriptSession, wire: Wire, pipelining: number) {
    this.line = line
    this.session = session
    this.wire = wire
    this.#turns = Array.from({ length: pipelining }, () => new Turn(this))
  }

  /** Makes all that can be made of the requests before the slice opens. */
  prepare(asks: Ask[]): void {
    this.asks = asks
    this.requests = asks.map(({ request }) => request && this.wire.bytes(request))
    this.next = 0
  }

  open(burst: Burst): void {
    this.burst = burst
    for (const turn of this.#turns) turn.next()
  }

  close(): void {
    this.burst = undefined
    this.prepare([])
  }
}

/** One request at a time: a lane has as many turns as requests may be in flight. */
class Turn implements Asked {
  readonly #lane: Lane
  #ask: Ask = { step: 0 }
  request = NOTHING
  reads = false
  headOnly = false
  sentAt = 0

  constructor(lane: Lane) {
    this.#lane = lane
  }

  next(): void {
    const { session, wire, line, asks, requests } = this.#lane
    const index = this.#lane.next++
    const ask = asks[index]
    if (!ask) return
    const request = session.render(ask)
    this.#ask = ask
    this.request = requests[index] ?? wire.bytes(request)
    this.reads = session.reads(ask)
    this.headOnly = request.method === 'HEAD'
    this.sentAt = performance.now()
    line.ask(this)
  }

  answered(answer: Answer, bytes: number): void {
    const { burst, session } = this.#lane
    if (!burst) return
    // Taken before the answer is checked, so that checking does not count as latency.
    const milliseconds = burst.latency(bytes, performance.now() - this.sentAt)
    burst.sink.latency(this.#ask.step, milliseconds * 1000)
    const problem = session.receive(this.#ask, answer)
    if (problem) burst.unexpected(this.#ask.step, problem, answer)
    burst.answered(bytes)
    this.next()
  }

  lost(reason: string): void {
    const { burst } = this.#lane
    if (!burst) return
    if (reason === TIMED_OUT) burst.sink.latency(this.#ask.step, (performance.now() - this.sentAt) * 1000)
    burst.lost(this.#ask.step, reason)
    this.next()
  }
}

class ClosedSession implements LoadSession {
  readonly #lines: Lines
  readonly #lanes: Lane[] = []
  /** The open slice. */
  #burst: Burst | undefined

  constructor(options: LoadOptions) {
    const { script, load } = options
    const wire = new Wire(new URL(options.url).host, script.session(0).each)
    this.#lines = new Lines(options, load.connections)
    for (let i = 0; i < load.connections; i++)
      this.#lanes.push(new Lane(this.#lines.add(), script.session(i), wire, load.pipelining))
  }

  /** Connections are there before the first slice, which would have to wait for them. */
  async connect(): Promise<void> {
    await this.#lines.open()
    if (this.#lanes.every(({ session }) => session.setup.length === 0)) return
    await duringSetup(sink => this.#run(({ setup }) => setup, sink))
  }

  slice({ first, times }: SliceOrder, sink: Sink): Promise<SliceLoad> {
    return this.#run(session => session.asks(first, times), sink)
  }

  get connections(): number {
    return this.#lines.connected
  }

  async close(): Promise<void> {
    this.#burst?.fail(hungUp())
    this.#lines.close()
  }

  async #run(asksOf: (session: ScriptSession) => Ask[], sink: Sink): Promise<SliceLoad> {
    let requests = 0
    for (const lane of this.#lanes) {
      const asks = asksOf(lane.session)
      requests += asks.length
      lane.prepare(asks)
    }
    await this.#lines.refresh()
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    const stopWatching = this.#lines.watch(sink)
    const burst = new Burst(requests, this.#lanes.length, sink, failure => {
      pacer.stop()
      for (const lane of this.#lanes) lane.close()
      if (failure) {
        this.#lines.reset()
        reject(failure)
      } else resolve()
    })
    const pacer = new Pacer({ ...UNPACED, left: () => burst.left })
    burst.hearing = pacer
    this.#burst = burst
    pacer.start()
    for (const lane of this.#lanes) lane.open(burst)
    try {
      await promise
    } finally {
      this.#burst = undefined
      stopWatching()
    }
    return { ...burst.load, spun: pacer.spun * 1e6 }
  }
}

const closed: Loader = {
  name: 'closed',
  async open(options) {
    const session = new ClosedSession(options)
    return begun(session, () => session.connect())
  },
}

export default closed
