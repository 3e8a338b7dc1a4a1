/**
 * Open loop: requests are sent at set times, whatever comes back, as independent users send them. Latency counts from the
 * moment at which a request was meant to be sent. While a service stalls, users keep coming and have to wait. A loop that
 * waits with the service would not notice (coordinated omission, G. Tene).
 */
import { setTimeout } from 'node:timers/promises'
import type { Loader, LoadOptions, Sink, SliceLoad, SliceSpec } from '../model/capabilities.ts'
import { TIMED_OUT } from '../model/launch.ts'
import { MOST_IN_FLIGHT } from '../model/load.ts'
import { mix } from '../script/index.ts'
import { type Arrival, type Lane, lose, perform, TOO_LATE } from './arrival.ts'
import { arrivalTimes } from './pacing/arrivals.ts'
import { Session } from './session.ts'
import { RunningSlice } from './slice.ts'

/** For a slice without a rate: one at which a few runs of the script end soon. */
const UNPACED = [{ from: 1_000, to: 1_000, duration: Number.POSITIVE_INFINITY }]
/**
 * Milliseconds between two connections that are opened because all others are busy. After a pause of the service or the
 * generator, all arrivals of that time come at once. The existing connections take them in no time, and hundreds of new
 * ones would only prolong it. Either way, latency counts from when an arrival was meant to be sent.
 */
const GROW_EVERY = 1
/** What was held up comes at once and makes the service busy. That is over after this many times the delay. */
const RECOVERY = 2

const IGNORED: Sink = { latency() {}, failed() {} }

class OpenSession extends Session {
  readonly #options: LoadOptions
  readonly #inFlight: number
  /** One for each connection of the load; an arrival prefers its own. */
  readonly #lanes: Lane[] = []
  /** Spare lanes that are not busy. */
  readonly #idle: Lane[] = []
  #growing = false
  /** Sent as soon as a lane is free. */
  #waiting: Arrival[] = []
  /** Arrivals that have not ended. */
  #running = 0
  #count = 0
  /** As `performance.now()`: arrivals before are disturbed by an earlier one that was late. */
  #disturbedUntil = 0

  constructor(options: LoadOptions) {
    super(options, true)
    this.#options = options
    this.#inFlight = options.load.inFlight ?? MOST_IN_FLIGHT
    for (let i = 0; i < options.load.connections; i++) this.#lanes.push(this.#lane(false))
  }

  async slice(spec: SliceSpec, sink: Sink): Promise<SliceLoad> {
    const { load, script, seed } = this.#options
    const { connections } = load
    const times = arrivalTimes({
      phases: spec.phases ?? UNPACED,
      count: spec.times * connections,
      kind: load.arrivals ?? 'poisson',
      seed: mix(seed, spec.first),
    })
    if (times.length === 0) return { requests: 0, errors: 0, unexpected: 0, bytes: 0, wall: 0 }
    const runs = Math.ceil(times.length / connections)
    const requests = this.#lanes.map(lane => lane.script.requests(spec.first, runs))
    return this.send(times.length * script.length, sink, slice => {
      const begin = performance.now()
      const send = (arrival: number) => {
        const from = Math.floor(arrival / connections) * script.length
        const planned = requests[arrival % connections]!.slice(from, from + script.length)
        const at = times[arrival]!
        const limit = this.#limitReached
        if (limit === undefined)
          this.#arrive(arrival % connections, { planned, meant: begin + at, at, slice })
        else {
          sink.dropped?.(at, limit)
          slice.end(planned.length)
        }
      }
      return {
        pace: { times, begin, send, waiting: () => this.#running > 0 },
        timeOut: before => this.#timeOut(before),
      }
    })
  }

  override async close(): Promise<void> {
    this.#waiting = []
    await super.close()
  }

  protected override setUp(sink: Sink): Promise<unknown> {
    return Promise.all(this.#lanes.map(lane => new Promise<void>(end => this.#setUpLane(lane, sink, end))))
  }

  /** The limit of runs in flight, if it is reached and another arrival can neither be sent nor wait for a connection. */
  get #limitReached(): number | undefined {
    const { most } = this.pool
    if (this.#running - this.#waiting.length >= most) return most
    return this.#running >= this.#inFlight ? this.#inFlight : undefined
  }

  #arrive(connection: number, arrival: Arrival): void {
    const now = performance.now()
    const late = now - arrival.meant
    arrival.slice.sink.sent?.(late * 1000)
    if (late > TOO_LATE) this.#disturbedUntil = Math.max(this.#disturbedUntil, now + RECOVERY * late)
    arrival.disturbed = late > TOO_LATE || now < this.#disturbedUntil
    this.#running++
    const own = this.#lanes[connection]!
    const lane = own.busy ? this.#idle.pop() : own
    if (lane) this.#perform(lane, arrival)
    else {
      this.#waiting.push(arrival)
      if (this.pool.shares) this.#addLane()
      else this.#grow()
    }
  }

  #perform(lane: Lane, arrival: Arrival): void {
    lane.busy = true
    const end = () => {
      this.#running--
      this.#free(lane)
    }
    perform({ lane, serialize: this.serialize, origin: this.origin, ...arrival, end })
  }

  #free(lane: Lane): void {
    lane.busy = false
    const next = this.#waiting.shift()
    if (next) this.#perform(lane, next)
    else if (lane.spare) this.#idle.push(lane)
  }

  /** Opens connections for waiting arrivals, one after the other. */
  async #grow(): Promise<void> {
    if (this.#growing) return
    this.#growing = true
    while (this.#waiting.length > 0 && this.#count < this.pool.most) {
      this.#addLane()
      await setTimeout(GROW_EVERY)
    }
    this.#growing = false
  }

  /** If its connection cannot be opened, the arrival that gets it finds out why. */
  #addLane(): void {
    const lane = this.#lane(true)
    const ready = () => this.#free(lane)
    lane.client.open().then(() => this.#setUpLane(lane, IGNORED, ready), ready)
  }

  #setUpLane(lane: Lane, sink: Sink, end: () => void): void {
    const planned = lane.script.setup
    const slice = new RunningSlice(planned.length, 1, sink, () => {})
    perform({
      lane,
      serialize: this.serialize,
      origin: this.origin,
      planned,
      meant: performance.now(),
      at: 0,
      slice,
      end,
    })
  }

  /** Gives up arrivals that still wait for a connection. */
  #timeOut(before: number): void {
    while (this.#waiting[0] && this.#waiting[0].meant < before) {
      const arrival = this.#waiting.shift()!
      const waited = (performance.now() - arrival.meant) * 1000
      const { planned, at, disturbed } = arrival
      arrival.slice.sink.latency(planned[0]!.step, waited, { uncorrected: waited, at, disturbed })
      this.#running--
      lose(arrival, 0, TIMED_OUT)
    }
  }

  #lane(spare: boolean): Lane {
    const script = this.#options.script.session(this.#count++)
    return { client: this.pool.add(), script, busy: false, spare }
  }
}

const open: Loader = {
  name: 'open',
  paced: true,
  // A closed loop cannot overrun a cold service.
  warmer: 'closed',
  open: async options => new OpenSession(options).open(),
}

export default open
