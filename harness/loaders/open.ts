/**
 * Open loop: requests are sent at times of their own, whatever comes back, as independent users send them. Latency
 * counts from the moment at which a request was meant to be sent: a service that stalls makes those wait who come
 * during the stall, and a loop that waits with it would not notice (coordinated omission, G. Tene).
 */
import { setTimeout } from 'node:timers/promises'
import type { Loader, LoadOptions, LoadSession, Sink, SliceLoad, SliceOrder } from '../model/capabilities.ts'
import { MOST_IN_FLIGHT } from '../model/load.ts'
import type { Ask, ScriptSession } from '../model/requests.ts'
import { arrivalTimes, mix } from '../script/index.ts'
import { Burst, TIMED_OUT } from './burst.ts'
import { Wire } from './http1.ts'
import type { Line } from './line.ts'
import { hungUp, Lines } from './lines.ts'
import { Pacer } from './pacer.ts'
import { lose, perform } from './run.ts'
import { begun, duringSetup } from './setup.ts'

/** Where no rate is given: as one that a slice of some runs of the script is soon over with. */
const UNPACED = [{ from: 1_000, to: 1_000, duration: Number.POSITIVE_INFINITY }]
/**
 * Milliseconds between two connections that are opened because all others are busy. While service or generator were kept
 * from running, as many arrivals come at once as came in the meantime; the connections that are there take them in no
 * time, and hundreds more would only make it longer. Latency counts from when an arrival was meant to be sent either way.
 */
const GROW_EVERY = 1

/** A connection, and the script's state on it. */
interface Lane {
  line: Line
  session: ScriptSession
  busy: boolean
  /** Opened when all others were busy. */
  spare: boolean
}

/** A run of the script that has to be sent. */
interface Arrival {
  asks: Ask[]
  /** When it is meant to be sent, as `performance.now()`, and in ms of the slice. */
  meant: number
  at: number
  burst: Burst
}

const IGNORED: Sink = { latency() {}, failed() {} }
const nothing = () => {}

class OpenSession implements LoadSession {
  readonly #options: LoadOptions
  readonly #wire: Wire
  readonly #lines: Lines
  readonly #inFlight: number
  /** One for each connection of the load; an arrival prefers its own. */
  readonly #lanes: Lane[] = []
  /** Spare ones that have nothing to do. */
  readonly #idle: Lane[] = []
  #growing = false
  /** Sent as soon as one is free. */
  #waiting: Arrival[] = []
  /** Arrivals that have not ended. */
  #running = 0
  /** The open slice. */
  #burst: Burst | undefined
  #count = 0

  constructor(options: LoadOptions) {
    const { script, load } = options
    this.#options = options
    this.#wire = new Wire(new URL(options.url).host, script.session(0).each)
    this.#lines = new Lines(options, load.connections, true)
    this.#inFlight = load.inFlight ?? MOST_IN_FLIGHT
    for (let i = 0; i < load.connections; i++) this.#lanes.push(this.#lane(false))
  }

  /** Connections are there before the first slice, which would have to wait for them. */
  async connect(): Promise<void> {
    await this.#lines.open()
    await duringSetup(async sink => {
      await Promise.all(this.#lanes.map(lane => new Promise<void>(end => this.#setUp(lane, sink, end))))
    })
  }

  async slice(order: SliceOrder, sink: Sink): Promise<SliceLoad> {
    const { load, script, seed } = this.#options
    const { connections } = load
    const times = arrivalTimes({
      phases: order.phases ?? UNPACED,
      count: order.times * connections,
      kind: load.arrivals ?? 'poisson',
      seed: mix(seed, order.first),
    })
    if (times.length === 0) return { requests: 0, errors: 0, unexpected: 0, bytes: 0, wall: 0 }
    const runs = Math.ceil(times.length / connections)
    const asks = this.#lanes.map(({ session }) => session.asks(order.first, runs))
    await this.#lines.refresh()
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    const burst = new Burst(times.length * script.length, connections, sink, error =>
      error ? reject(error) : resolve(),
    )
    const begin = performance.now()
    const pacer = new Pacer({
      times,
      begin,
      send: arrival => {
        const from = Math.floor(arrival / connections) * script.length
        const run = asks[arrival % connections]!.slice(from, from + script.length)
        const at = times[arrival]!
        const limit = this.#limitReached
        if (limit === undefined)
          this.#arrive(arrival % connections, { asks: run, meant: begin + at, at, burst })
        else {
          sink.dropped?.(at, limit)
          burst.without(run.length)
        }
      },
      waiting: () => this.#running > 0,
      left: () => burst.left,
    })
    burst.hearing = pacer
    this.#burst = burst
    const stopWatching = this.#lines.watch(sink, late => this.#timeOut(late))
    pacer.start()
    try {
      await promise
    } finally {
      this.#burst = undefined
      stopWatching()
      pacer.stop()
    }
    return { ...burst.load, spun: pacer.spun * 1e6 }
  }

  get connections(): number {
    return this.#lines.connected
  }

  async close(): Promise<void> {
    this.#waiting = []
    this.#burst?.fail(hungUp())
    this.#lines.close()
  }

  /** Why another arrival may not be sent, and not wait for a connection either: so many are in flight. */
  get #limitReached(): number | undefined {
    const { most } = this.#lines
    if (this.#running - this.#waiting.length >= most) return most
    return this.#running >= this.#inFlight ? this.#inFlight : undefined
  }

  #arrive(connection: number, arrival: Arrival): void {
    arrival.burst.sink.sent?.((performance.now() - arrival.meant) * 1000)
    this.#running++
    const own = this.#lanes[connection]!
    const lane = own.busy ? this.#idle.pop() : own
    if (lane) this.#perform(lane, arrival)
    else {
      this.#waiting.push(arrival)
      this.#grow()
    }
  }

  #perform(lane: Lane, arrival: Arrival): void {
    const { line, session } = lane
    lane.busy = true
    const end = () => {
      this.#running--
      this.#free(lane)
    }
    perform({ line, session, wire: this.#wire, ...arrival, end })
  }

  #free(lane: Lane): void {
    lane.busy = false
    const next = this.#waiting.shift()
    if (next) this.#perform(lane, next)
    else if (lane.spare) this.#idle.push(lane)
  }

  /** Opens a connection for those that wait. Where it cannot be opened, whoever gets it finds out why. */
  async #grow(): Promise<void> {
    if (this.#growing || this.#waiting.length === 0 || this.#count >= this.#lines.most) return
    this.#growing = true
    const lane = this.#lane(true)
    const ready = () => this.#free(lane)
    lane.line.open().then(() => this.#setUp(lane, IGNORED, ready), ready)
    await setTimeout(GROW_EVERY)
    this.#growing = false
    this.#grow()
  }

  #setUp({ line, session }: Lane, sink: Sink, end: () => void): void {
    const now = performance.now()
    const asks = session.setup
    const burst = new Burst(asks.length, 1, sink, nothing)
    perform({ line, session, wire: this.#wire, asks, meant: now, at: 0, burst, end })
  }

  /** Those that still wait for a connection. */
  #timeOut(before: number): void {
    while (this.#waiting[0] && this.#waiting[0].meant < before) {
      const { asks, meant, at, burst } = this.#waiting.shift()!
      const waited = (performance.now() - meant) * 1000
      burst.sink.latency(asks[0]!.step, waited, waited, at)
      this.#running--
      lose({ asks, burst }, 0, TIMED_OUT)
    }
  }

  #lane(spare: boolean): Lane {
    const session = this.#options.script.session(this.#count++)
    return { line: this.#lines.add(), session, busy: false, spare }
  }
}

const open: Loader = {
  name: 'open',
  paced: true,
  async open(options) {
    const session = new OpenSession(options)
    return begun(session, () => session.connect())
  },
}

export default open
