/**
 * Open loop: requests are sent at times of their own, whatever comes back, as independent users send them. Latency
 * counts from the moment at which a request was meant to be sent: a service that stalls makes those wait who come
 * during the stall, and a loop that waits with it would not notice (coordinated omission, G. Tene).
 */
import type { Loader, LoadOptions, LoadSession, Sink, SliceLoad, SliceOrder } from '../model/capabilities.ts'
import type { Ask, ScriptSession } from '../model/requests.ts'
import { arrivalTimes, mix } from '../script/index.ts'
import { Burst } from './burst.ts'
import { Wire } from './http1.ts'
import { Pacer } from './pacer.ts'
import { perform } from './run.ts'
import { begun, duringSetup } from './setup.ts'
import { Slot } from './slot.ts'

/** Runs of the script in flight when nobody sets a limit: what a machine has files for. */
const MOST_IN_FLIGHT = 5_000
/** Where no rate is given: as one that a slice of some runs of the script is soon over with. */
const UNPACED = [{ from: 1_000, to: 1_000, duration: Number.POSITIVE_INFINITY }]
/** Milliseconds between two looks for requests that have timed out. */
const SWEEP = 20

/** A connection, and the script's state on it. */
interface Line {
  slot: Slot
  session: ScriptSession
  busy: boolean
  /** Opened when all others were busy. */
  spare: boolean
}

const IGNORED: Sink = { latency() {}, failed() {} }
const nothing = () => {}

class OpenSession implements LoadSession {
  readonly #options: LoadOptions
  readonly #wire: Wire
  /** One for each connection of the load; an arrival prefers its own. */
  readonly #lines: Line[] = []
  readonly #idle: Line[] = []
  readonly #all = new Set<Line>()
  #running = 0

  constructor(options: LoadOptions) {
    this.#options = options
    this.#wire = new Wire(new URL(options.url).host, options.script.session(0).each)
  }

  /** Connections are there before the first slice, which would have to wait for them. */
  async connect(): Promise<void> {
    const { connections } = this.#options.load
    for (let i = 0; i < connections; i++) this.#lines.push(this.#line())
    await Promise.all(this.#lines.map(({ slot }) => slot.connect()))
    await duringSetup(async sink => {
      await Promise.all(this.#lines.map(line => new Promise<void>(end => this.#setUp(line, sink, end))))
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
    const asks = this.#lines.map(({ session }) => session.asks(order.first, runs))
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
        this.#arrive(arrival % connections, run, times[arrival]!, { burst, begin })
      },
      waiting: () => this.#running > 0,
      left: () => burst.left,
    })
    burst.hearing = pacer
    const sweep = setInterval(() => this.#sweep(), SWEEP)
    pacer.start()
    try {
      await promise
    } finally {
      clearInterval(sweep)
      pacer.stop()
    }
    return { ...burst.load, spun: pacer.spun * 1e6 }
  }

  get connections(): number {
    return this.#all.size
  }

  async close(): Promise<void> {
    for (const { slot } of this.#all) slot.destroy()
  }

  #arrive(connection: number, asks: Ask[], at: number, { burst, begin }: Slice): void {
    if (this.#running >= (this.#options.load.inFlight ?? MOST_IN_FLIGHT)) {
      burst.sink.dropped?.(at)
      burst.without(asks.length)
      return
    }
    burst.sink.sent?.((performance.now() - begin - at) * 1000)
    const own = this.#lines[connection]!
    const idle = own.busy ? this.#idle.pop() : own
    const line = idle ?? this.#line(true)
    const { slot, session } = line
    const end = () => this.#free(line)
    const run = { slot, session, asks, meant: begin + at, at, burst, end }
    this.#running++
    line.busy = true
    if (idle) perform(run)
    else this.#setUp(line, IGNORED, () => perform(run))
  }

  #setUp({ slot, session }: Line, sink: Sink, end: () => void): void {
    const now = performance.now()
    const asks = session.setup
    const burst = new Burst(asks.length, 1, sink, nothing)
    perform({ slot, session, asks, meant: now, at: 0, burst, end })
  }

  #free(line: Line): void {
    this.#running--
    line.busy = false
    if (line.spare) this.#idle.push(line)
  }

  #sweep(): void {
    const late = performance.now() - this.#options.timeout
    for (const { slot } of this.#all) if (slot.sentAt > 0 && slot.sentAt < late) slot.timeOut()
  }

  #line(spare = false): Line {
    const session = this.#options.script.session(this.#all.size)
    const slot = new Slot(this.#options, this.#wire)
    const line = { slot, session, busy: false, spare }
    this.#all.add(line)
    return line
  }
}

interface Slice {
  burst: Burst
  /** As `performance.now()`. */
  begin: number
}

const open: Loader = {
  name: 'open',
  paced: true,
  open(options) {
    const session = new OpenSession(options)
    return begun(session, () => session.connect())
  },
}

export default open
