/** The yardstick in a round: a slice after each row of the variants' slices, so that it meets the same machine as they do. */
import type { Loader, Sink } from '../../model/capabilities.ts'
import type { LaunchRecord, Slice } from '../../model/launch.ts'
import type { PlannedYardstick } from '../../model/plan.ts'
import type { Step } from '../../model/script.ts'
import { compileScript } from '../../script/index.ts'
import { createHistogram, encodeHistogram, record } from '../../stats/histogram.ts'
import type { Booted } from '../both/messages.ts'
import type { AgentServer } from './agent/server.ts'
import { columns, Launch } from './launch.ts'
import { scriptTimes } from './load/pace.ts'
import { evidence, type Steadiness } from './steady-state.ts'

/** The yardstick never changes, and is steady well before this many requests. */
const MIN_REQUESTS = 4_000

/** Milliseconds of one slice. */
const SLICE = 10

export class Yardstick {
  readonly #launch: Launch
  readonly #planned: PlannedYardstick
  readonly #warmUp: Slice[] = []
  readonly #timed: Slice[] = []
  readonly #latency = createHistogram()
  #times = 1
  #state: Steadiness = { settled: false, reason: 'it was not warmed up' }

  private constructor(launch: Launch, planned: PlannedYardstick) {
    this.#launch = launch
    this.#planned = planned
  }

  /** @param limits milliseconds that a request and a slice can take */
  static async open(
    booted: Booted,
    planned: PlannedYardstick,
    { warmer, server }: { warmer: Loader; server: AgentServer },
    limits: { request: number; slice: number },
  ): Promise<Yardstick> {
    const { load } = planned
    const script = compileScript({ steps: load.steps as Step[], connections: load.connections }, {}, 1)
    const session = await warmer.open({ url: booted.url, script, load, seed: 1, timeout: limits.request })
    return new Yardstick(new Launch(booted, session, server, limits), planned)
  }

  get settled(): boolean {
    return this.#state.settled
  }

  /** Another slice, until it is steady. */
  async warmUp(origin: number, levels: boolean): Promise<void> {
    if (this.settled) return
    const reads = levels ? 'counters and levels' : this.#launch.least
    this.#warmUp.push(await this.#launch.slice({ first: 0, times: this.#times }, origin, reads))
    this.#times = scriptTimes(this.#warmUp, this.#planned.load.connections, SLICE) ?? this.#times
    this.#state = evidence([this.#warmUp], { requests: MIN_REQUESTS })[0]!
    if (this.settled) this.#launch.refresh()
  }

  async time(origin: number): Promise<void> {
    const sink: Sink = { latency: (_step, µs) => record(this.#latency, µs), failed() {} }
    const spec = { first: 0, times: this.#times }
    this.#timed.push(await this.#launch.slice(spec, origin, this.#launch.least, sink))
  }

  async finish(): Promise<LaunchRecord> {
    return {
      variant: this.#launch.variant,
      boot: this.#launch.booted.boot,
      versions: this.#launch.agents[0]?.versions ?? {},
      warmup: { ...this.#state, slices: columns(this.#warmUp) },
      timed: columns(this.#timed),
      histograms: { latency: [encodeHistogram(this.#latency)] },
      collected: {},
      memory: await this.#launch.memory(),
    }
  }

  close(): Promise<void> {
    return this.#launch.close()
  }
}
