/** One round in the driver: connect, warm up, timed slices, profiled slices. Nothing else runs while a slice is open. */
import { availableParallelism } from 'node:os'
import { performance } from 'node:perf_hooks'
import { setTimeout } from 'node:timers/promises'
import type { Collector, Loader } from '../../model/capabilities.ts'
import { limitsOf } from '../../model/limits.ts'
import type { Plan } from '../../model/plan.ts'
import type { Capture, LaunchRecord, Slice, WarmupRecord } from '../../model/record.ts'
import { createHistogram, encodeHistogram, record } from '../../stats/histogram.ts'
import type { AgentServer } from './agents.ts'
import { capture } from './capture.ts'
import { stolen } from './kernel.ts'
import { columns, Launch } from './launch.ts'
import { turn } from './order.ts'
import type { Answer, Booted } from './orders.ts'
import { scriptTimes } from './script-times.ts'
import { evidence } from './warmup.ts'
import { Yardstick } from './yardstick.ts'

/** Milliseconds until one request counts as timed out. */
const REQUEST_TIMEOUT = 10_000
/** Paired slices in a round at least, however slow the service is. */
const MIN_SLICES = 6
/** Milliseconds between two signs of life to the harness. */
const SIGN_EVERY = 1_000
/** A slice of the warm-up is longer than the others, because nothing is paired there and reading counters takes time. */
const STRETCH = 4
/** Rows of the warm-up between two looks at the size of compiled code, which cost more than a slice. */
const LEVELS_EVERY = 2
/** Timed rows between two answers of the agents: waking a service for its counters takes a fifth of the time of a slice. */
const AGENTS_EVERY = 4

export interface Tools {
  loader: Loader
  collectors: Collector[]
  server: AgentServer
  tell(answer: Answer): void
}

/** A failure of one launch, with what was being done. */
export class LaunchFailure extends Error {
  readonly variant: string
  readonly phase: string

  constructor(variant: string, phase: string, cause: unknown) {
    super(cause instanceof Error ? cause.message : String(cause), { cause })
    this.variant = variant
    this.phase = phase
  }
}

export interface Measured {
  launches: LaunchRecord[]
  times: number
  /** Absent when the plan has none. */
  yardstick?: LaunchRecord
}

/** How a round goes. The size of a slice is learnt in its warm-up and holds for all that is measured in it. */
export class Round {
  readonly #plan: Plan
  readonly #index: number
  readonly #tools: Tools
  readonly #origin = performance.now()
  #launches: Launch[] = []
  #yardstick: Yardstick | undefined
  #turns = 0
  #toldAt = 0

  constructor(plan: Plan, index: number, tools: Tools) {
    this.#plan = plan
    this.#index = index
    this.#tools = tools
    this.#turns = index
  }

  /** @param times how often the script runs on each connection in a slice, to begin with */
  async run(booted: Booted[], times: number, yardstick?: Booted): Promise<Measured> {
    const { loader, server } = this.#tools
    try {
      for (const launch of booted) {
        const session = await loader.open({
          url: launch.url,
          load: this.#plan.load,
          timeout: REQUEST_TIMEOUT,
        })
        this.#launches.push(new Launch(launch, session, server, limitsOf(this.#plan).slice))
      }
      const planned = this.#plan.yardstick
      if (yardstick && planned)
        this.#yardstick = await Yardstick.open(yardstick, planned, this.#tools, {
          request: REQUEST_TIMEOUT,
          slice: limitsOf(this.#plan).slice,
        })
      const warm = await this.#warmUp(times)
      for (const launch of this.#launches) launch.refresh()
      const timed = await this.#time(warm.times)
      const captures = await this.#profile(warm.times)
      const launches = this.#launches.map((launch, i) => ({
        variant: launch.variant,
        boot: launch.booted.boot,
        versions: launch.agents[0]?.versions ?? {},
        warmup: warm.records[i]!,
        ...timed[i]!,
        captures: captures[i]!,
      }))
      const reference = await this.#yardstick?.finish()
      return { launches, times: warm.times, ...(reference && { yardstick: reference }) }
    } finally {
      // Load stops before the targets do: connections whose server has gone would reconnect without end.
      await Promise.all(
        [...this.#launches, ...(this.#yardstick ? [this.#yardstick] : [])].map(each => each.close()),
      )
    }
  }

  /** Launches that take their turn. */
  get #measured(): number {
    return this.#launches.length + (this.#yardstick ? 1 : 0)
  }

  /** Outside of the balanced order, so that nothing comes between the variants' slices. */
  async #measureYardstick(work: (yardstick: Yardstick) => Promise<void>): Promise<void> {
    try {
      if (this.#yardstick) await work(this.#yardstick)
    } catch (cause) {
      throw new LaunchFailure('yardstick', 'own', cause)
    }
  }

  /** In turn until every launch shows that it is steady, or the limit is reached. */
  async #warmUp(first: number): Promise<{ records: WarmupRecord[]; times: number }> {
    this.#tools.tell({ type: 'phase', phase: 'warm-up', detail: '' })
    const slices: Slice[][] = this.#launches.map(() => [])
    let times = first
    let states = evidence(slices, this.#plan.warmup)
    const deadline = performance.now() + limitsOf(this.#plan).warmup * this.#measured
    const open = () => states.some(state => !state.settled) || this.#yardstick?.settled === false
    for (let row = 0; open() && performance.now() < deadline; row++) {
      const asked = row % LEVELS_EVERY === 0 ? 'counters and levels' : 'counters'
      await this.#inTurn('warm-up', async (launch, i) => {
        slices[i]!.push(await launch.slice(times * STRETCH, this.#origin, asked))
      })
      await this.#measureYardstick(yardstick => yardstick.warmUp(this.#origin, asked))
      const own = slices[this.#launches.findIndex(isBaseline(this.#plan))]!
      times = scriptTimes(own, this.#plan.load, this.#plan.timing.slice) ?? times
      states = evidence(slices, this.#plan.warmup)
    }
    const records = states.map((state, i) => ({ ...state, slices: columns(slices[i]!) }))
    return { records, times }
  }

  async #time(
    times: number,
  ): Promise<Pick<LaunchRecord, 'timed' | 'steal' | 'latency' | 'memory' | 'descriptors'>[]> {
    this.#tools.tell({ type: 'phase', phase: 'timed', detail: '' })
    const slices: Slice[][] = this.#launches.map(() => [])
    const histograms = this.#launches.map(() => this.#plan.load.steps.map(createHistogram))
    const opened = this.#launches.map(launch => launch.descriptors())
    const { slice, timed, pause } = this.#plan.timing
    const deadline = performance.now() + timed * this.#measured
    const most = Math.max(MIN_SLICES, Math.round(timed / slice))
    const stealing = watchSteal(this.#plan.pinning?.target)
    for (let n = 0; n < most && (n < MIN_SLICES || performance.now() < deadline); n++) {
      await this.#inTurn('timed', async (launch, i) => {
        if (pause) await setTimeout(pause)
        const asked = n % AGENTS_EVERY === 0 || !launch.countedByKernel ? 'counters' : 'nothing'
        const own = histograms[i]!
        slices[i]!.push(await launch.slice(times, this.#origin, asked, (step, µs) => record(own[step]!, µs)))
      })
      await this.#measureYardstick(yardstick => yardstick.time(this.#origin))
    }
    const steal = stealing()
    return Promise.all(
      this.#launches.map(async (launch, i) => ({
        timed: columns(slices[i]!),
        steal,
        latency: histograms[i]!.map(encodeHistogram),
        memory: await launch.memory(),
        ...descriptors(opened[i]!, launch.descriptors()),
      })),
    )
  }

  /** Each collector with each launch, in blocks: starting a profiler for every slice would cost more than the slice. */
  async #profile(times: number): Promise<Record<string, Capture>[]> {
    const captures: Record<string, Capture>[] = this.#launches.map(() => ({}))
    const setting = { plan: this.#plan, round: this.#index, times, origin: this.#origin }
    for (const collector of this.#tools.collectors.filter(({ once }) => !once || this.#index === 1)) {
      this.#tools.tell({ type: 'phase', phase: 'profiled', detail: collector.name })
      await this.#inTurn(`${collector.name} profile`, async (launch, i) => {
        const captured = await capture(collector, launch, setting)
        if (captured) captures[i]![collector.name] = captured
      })
    }
    return captures
  }

  /** Gives every launch its turn, in the balanced order. */
  async #inTurn(phase: string, work: (launch: Launch, index: number) => Promise<void>): Promise<void> {
    for (const index of turn(this.#launches.length, this.#turns++)) {
      const launch = this.#launches[index]!
      try {
        await work(launch, index)
      } catch (cause) {
        throw new LaunchFailure(launch.variant, phase, cause)
      }
    }
    if (performance.now() - this.#toldAt < SIGN_EVERY) return
    this.#toldAt = performance.now()
    this.#tools.tell({ type: 'alive' })
  }
}

/** From now on: what share of the processors' time the host has taken. */
function watchSteal(processors?: number[]): () => number | null {
  const [before, began] = [stolen(processors), performance.now()]
  return () => {
    const after = stolen(processors)
    const passed = (performance.now() - began) * 1e6 * (processors?.length ?? availableParallelism())
    return before === null || after === null ? null : (after - before) / passed
  }
}

const descriptors = (before: number | null, after: number | null): Pick<LaunchRecord, 'descriptors'> =>
  before === null || after === null ? {} : { descriptors: [before, after] }

const isBaseline = (plan: Plan) => (launch: Launch) => launch.variant === plan.baseline
