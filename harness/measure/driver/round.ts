/** One round in the driver: connect, warm up, timed slices, profiled slices. Nothing else runs while a slice is open. */
import { performance } from 'node:perf_hooks'
import { setTimeout } from 'node:timers/promises'
import type { Loader, LoadSession, SliceOrder } from '../../model/capabilities.ts'
import { limitsOf } from '../../model/limits.ts'
import type { Phase } from '../../model/load.ts'
import type { Plan } from '../../model/plan.ts'
import type { Capture, LaunchRecord, Slice, WarmupRecord } from '../../model/record.ts'
import { capture, groupsOf } from './capture.ts'
import { columns, Launch } from './launch.ts'
import { turn } from './order.ts'
import type { Booted } from './orders.ts'
import { meanRate, orderFor, steady, steadyPhases } from './pace.ts'
import { sharedProcessors } from './processors.ts'
import { scriptTimes, typicalTime } from './script-times.ts'
import { Search } from './search.ts'
import { watchSteal } from './steal.ts'
import { Tally } from './tally.ts'
import { untilCompiled } from './threads.ts'
import { Timeline } from './timeline.ts'
import { LaunchFailure, type Learnt, type Measured, type Tools } from './tools.ts'
import { evidence } from './warmup.ts'
import { Yardstick } from './yardstick.ts'

/** Milliseconds until one request counts as timed out. */
const REQUEST_TIMEOUT = 10_000
/** Paired slices in a round at least, however slow the service is. */
const MIN_SLICES = 6
/** Milliseconds between two signs of life to the harness. */
const SIGN_EVERY = 1_000
/** Milliseconds of a slice of the warm-up, where the measured ones are longer. */
const WARMING_SLICE = 10
/** A slice of the warm-up is longer than the others, because nothing is paired there and reading counters takes time. */
const STRETCH = 4
/** Rows of the warm-up between two looks at the size of compiled code, which cost more than a slice. */
const LEVELS_EVERY = 2
/** Timed rows between two answers of the agents: waking a service for its counters takes a fifth of the time of a slice. */
const AGENTS_EVERY = 4

type Timed = Pick<LaunchRecord, 'timed' | 'latency' | 'memory'>

/** How a round goes. The size of a slice is learnt in its warm-up and holds for all that is measured in it. */
export class Round {
  readonly #plan: Plan
  readonly #index: number
  readonly #tools: Tools
  readonly #origin = performance.now()
  #launches: Launch[] = []
  #yardstick: Yardstick | undefined
  #learnt: Learnt = { times: 1 }
  /** Of the open loop, once it has begun: what a slice goes through. */
  #phases: Phase[] | undefined
  /** Runs of the script on each connection so far, and with the launch that has had most of them. */
  #first = 0
  #furthest = 0
  #turns = 0
  #toldAt = 0

  constructor(plan: Plan, index: number, tools: Tools) {
    this.#plan = plan
    this.#index = index
    this.#tools = tools
    this.#turns = index
  }

  async run(booted: Booted[], learnt: Learnt, yardstick?: Booted): Promise<Measured> {
    const { loader, warmer, server } = this.#tools
    this.#learnt = learnt
    try {
      for (const launch of booted) {
        const session = await this.#connect(warmer, launch)
        this.#launches.push(new Launch(launch, session, server, limitsOf(this.#plan).slice))
      }
      const planned = this.#plan.yardstick
      if (yardstick && planned)
        this.#yardstick = await Yardstick.open(yardstick, planned, this.#tools, {
          request: REQUEST_TIMEOUT,
          slice: limitsOf(this.#plan).slice,
        })
      const warmups = await this.#warmUp()
      if (loader !== warmer) await this.#change(loader)
      for (const launch of this.#launches) launch.refresh()
      const timed = this.#plan.capacity ? await this.#seek(this.#plan.capacity) : await this.#time()
      const captures = await this.#profile()
      const launches = this.#launches.map((launch, i) => ({
        variant: launch.variant,
        boot: launch.booted.boot,
        versions: launch.agents[0]?.versions ?? {},
        warmup: warmups[i]!,
        ...timed[i]!,
        ...(this.#plan.pinning && sharedProcessors(launch.booted.pid)),
        captures: captures[i]!,
      }))
      const reference = await this.#yardstick?.finish()
      return {
        measured: { launches, ...(reference && { yardstick: reference }) },
        learnt: this.#learnt,
      }
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

  async #connect(loader: Loader, booted: Booted): Promise<LoadSession> {
    const { load, seed } = this.#plan
    const { script } = this.#tools
    const options = { ...booted, script, load, seed: seed + this.#index, timeout: REQUEST_TIMEOUT }
    try {
      return await loader.open(options)
    } catch (cause) {
      throw new LaunchFailure(booted.variant, 'first', cause)
    }
  }

  /** From the loop that waits for answers to the one that is measured with. */
  async #change(loader: Loader): Promise<void> {
    for (const launch of this.#launches) await launch.use(await this.#connect(loader, launch.booted))
    const { load, timing } = this.#plan
    this.#phases = steadyPhases(load, this.#learnt.capacity ?? 0, timing.slice)
    // Connections are new, and in the first round so is the generator's code: neither belongs to what is timed.
    const row = () => this.#row('warm-up', (launch, _, order) => launch.slice(order, this.#origin, 'nothing'))
    await untilCompiled(row)
  }

  /** In turn until every launch shows that it is steady, or the limit is reached. */
  async #warmUp(): Promise<WarmupRecord[]> {
    this.#tools.tell({ type: 'phase', phase: 'warm-up', detail: '' })
    const slices: Slice[][] = this.#launches.map(() => [])
    const baseline = slices[this.#launches.findIndex(isBaseline(this.#plan))]!
    let states = evidence(slices, this.#plan.warmup)
    const deadline = performance.now() + limitsOf(this.#plan).warmup * this.#measured
    const open = () => states.some(state => !state.settled) || this.#yardstick?.settled === false
    for (let row = 0; open() && performance.now() < deadline; row++) {
      const levels = row % LEVELS_EVERY === 0
      const order = { first: this.#first, times: this.#learnt.times * STRETCH }
      const work = async (launch: Launch, i: number) => {
        const asked = levels ? 'counters and levels' : launch.least
        slices[i]!.push(await launch.slice(order, this.#origin, asked))
      }
      await this.#row('warm-up', work, order)
      await this.#measureYardstick(yardstick => yardstick.warmUp(this.#origin, levels))
      const length = this.#tools.loader === this.#tools.warmer ? this.#plan.timing.slice : WARMING_SLICE
      const requests = this.#tools.script.length * this.#plan.load.connections
      this.#learnt.times = scriptTimes(baseline, requests, length) ?? this.#learnt.times
      states = evidence(slices, this.#plan.warmup)
    }
    const perRequest = typicalTime(baseline)
    if (perRequest > 0) this.#learnt.capacity ??= 1e9 / perRequest
    return states.map((state, i) => ({ ...state, slices: columns(slices[i]!) }))
  }

  async #time(): Promise<Timed[]> {
    this.#tools.tell({ type: 'phase', phase: 'timed', detail: '' })
    const { steps } = this.#tools.script
    const { phases } = this.#plan.load
    const opened = this.#launches.map(launch => launch.descriptors())
    const { slice, timed, pause } = this.#plan.timing
    const whole = phases && this.#phases && this.#paced(phases)
    const slices: Slice[][] = this.#launches.map(() => [])
    const tallies = this.#launches.map(() => new Tally(steps, whole && new Timeline(phases, steps.length)))
    const deadline = performance.now() + timed * this.#measured
    const least = whole ? 1 : MIN_SLICES
    const most = whole ? 1 : Math.max(MIN_SLICES, Math.round(timed / slice))
    const stealing = watchSteal(this.#plan.pinning?.target)
    for (let n = 0; n < most && (n < least || performance.now() < deadline); n++) {
      const work = async (launch: Launch, i: number, order: SliceOrder) => {
        if (pause) await setTimeout(pause)
        const asked = n % AGENTS_EVERY === 0 || order.phases ? 'counters' : launch.least
        slices[i]!.push(await launch.slice(order, this.#origin, asked, tallies[i]!))
      }
      await this.#row('timed', work, whole)
      await this.#measureYardstick(yardstick => yardstick.time(this.#origin))
    }
    const steal = stealing()
    const rate = this.#phases && meanRate(phases ?? this.#phases, this.#learnt.capacity ?? 0)
    return Promise.all(
      this.#launches.map(async (launch, i) => ({
        timed: columns(slices[i]!),
        steal,
        ...tallies[i]!.result(rate),
        memory: await launch.memory(),
        ...descriptors(opened[i]!, launch.descriptors()),
      })),
    )
  }

  /** Trial after trial at rates of their own, in turn; nothing that was sent at different rates is compared. */
  async #seek({ percentile, limit }: NonNullable<Plan['capacity']>): Promise<Timed[]> {
    const { steps } = this.#tools.script
    const searches = this.#launches.map(() => new Search(this.#learnt.capacity ?? 0, percentile, limit))
    while (searches.some(({ next }) => next !== undefined)) {
      let times = 0
      await this.#inTurn('capacity', async (launch, i) => {
        const search = searches[i]!
        const rate = search.next
        if (rate === undefined) return
        const order = this.#paced(steady(rate, this.#plan.timing.slice))
        const tally = new Tally(steps)
        search.judge(await launch.slice(order, this.#origin, 'counters', tally), tally)
        times = Math.max(times, order.times)
      })
      this.#first += times
    }
    return Promise.all(
      this.#launches.map(async (launch, i) => ({
        timed: columns([]),
        latency: [],
        capacity: searches[i]!.result(),
        memory: await launch.memory(),
      })),
    )
  }

  /** Each collector with each launch, in blocks: starting a profiler for every slice would cost more than the slice. */
  async #profile(): Promise<Record<string, Capture>[]> {
    const captures: Record<string, Capture>[] = this.#launches.map(() => ({}))
    const order = (first: number, size: number) => this.#order(first, size)
    const due = this.#tools.collectors.filter(({ once }) => !once || this.#index === 1)
    for (const group of groupsOf(due)) {
      const [plan, round, first, origin] = [this.#plan, this.#index, this.#first, this.#origin]
      const setting = { plan, round, first, order, origin }
      const names = group.map(({ name }) => name).join(' and ')
      this.#tools.tell({ type: 'phase', phase: 'profiled', detail: names })
      await this.#inTurn(`${names} profile`, async (launch, i) => {
        const captured = await capture(group, launch, setting)
        if (!captured) return
        Object.assign(captures[i]!, captured.captures)
        this.#furthest = Math.max(this.#furthest, captured.first)
      })
      this.#first = Math.max(this.#first, this.#furthest)
    }
    return captures
  }

  /** The next slice of every launch, each the same requests. */
  async #row(
    phase: string,
    work: (launch: Launch, index: number, order: SliceOrder) => Promise<unknown>,
    order = this.#order(this.#first),
  ): Promise<void> {
    await this.#inTurn(phase, (launch, i) => work(launch, i, order))
    this.#first += order.times
  }

  /** @param size in usual slices */
  #order(first: number, size = 1): SliceOrder {
    if (!this.#phases) return { first, times: this.#learnt.times * size }
    const phases = this.#phases.map(phase => ({ ...phase, duration: phase.duration * size }))
    return { ...this.#paced(phases), first }
  }

  #paced(phases: Phase[]) {
    const { script } = this.#tools
    const { connections } = this.#plan.load
    const { capacity = 0 } = this.#learnt
    return orderFor(phases, { capacity, length: script.length, connections, first: this.#first })
  }

  /** Gives every launch its turn, in the balanced order. */
  async #inTurn(phase: string, work: (launch: Launch, index: number) => Promise<unknown>): Promise<void> {
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

const descriptors = (before: number | null, after: number | null): Pick<LaunchRecord, 'descriptors'> =>
  before === null || after === null ? {} : { descriptors: [before, after] }

const isBaseline = (plan: Plan) => (launch: Launch) => launch.variant === plan.baseline
