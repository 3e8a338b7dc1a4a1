/** One round in the driver: connect, warm up, timed slices, profiled slices. Nothing else runs while a slice is open. */
import { performance } from 'node:perf_hooks'
import { setTimeout } from 'node:timers/promises'
import { sharedProcessors } from '../../kernel/processors.ts'
import { watchSteal } from '../../kernel/steal.ts'
import type { Collector, Loader, LoadSession } from '../../model/capabilities.ts'
import type { LaunchRecord, Slice, WarmupRecord } from '../../model/launch.ts'
import type { Limits } from '../../model/limits.ts'
import type { Plan } from '../../model/plan.ts'
import { limitsOf } from '../../scenario/limits.ts'
import type { Booted } from '../both/messages.ts'
import { untilCompiled } from '../both/threads.ts'
import { capture, groupsOf, leastOf, type Taken } from './capture.ts'
import { Climb, type Trial } from './climb.ts'
import { type Deadlines, deadlinesOf, MIN_SLICES, needsOf, TRIAL } from './deadlines.ts'
import { columns, Launch } from './launch.ts'
import { Pace, phasesOf, steady } from './pace.ts'
import { Rows } from './rows.ts'
import { loaderTime, scriptTimes, typicalTime } from './script-times.ts'
import { develop } from './scripts.ts'
import { seek } from './seek.ts'
import { Tally } from './tally.ts'
import { Timeline } from './timeline.ts'
import { LaunchFailure, type Learnt, type Measured, type Tools } from './tools.ts'
import { evidence } from './warmup.ts'
import { Yardstick } from './yardstick.ts'

/** Milliseconds of a slice of the warm-up, where the measured ones are longer. */
const WARMING_SLICE = 10
/** A slice of the warm-up is longer than the others, because nothing is paired there and reading counters takes time. */
const STRETCH = 4
/** Rows of the warm-up between two looks at the size of compiled code, which cost more than a slice. */
const LEVELS_EVERY = 2
/** Timed rows between two answers of the agents: waking a service for its counters takes a fifth of the time of a slice. */
const AGENTS_EVERY = 4

type Timed = Pick<LaunchRecord, 'timed' | 'latency' | 'memory'>

/** What is known of a round before its launches are connected. */
export interface Before {
  learnt: Learnt
  /** Milliseconds in which it is to end. */
  time: number
}

/** How a round goes. */
export class Round {
  readonly #plan: Plan
  readonly #index: number
  readonly #tools: Tools
  readonly #origin = performance.now()
  readonly #limits: Limits
  readonly #allowed: number
  readonly #pace: Pace
  readonly #rows: Rows
  #yardstick: Yardstick | undefined
  /** Requests per second of the slowest launch in a closed loop. */
  #slowest = 0

  constructor(plan: Plan, index: number, tools: Tools, { learnt, time }: Before) {
    this.#plan = plan
    this.#limits = limitsOf(plan)
    this.#allowed = time
    this.#pace = new Pace(plan, tools.script.length, learnt)
    this.#index = index
    this.#tools = tools
    this.#rows = new Rows(index, tools.tell)
  }

  async run(booted: Booted[], yardstick?: Booted): Promise<Measured> {
    const { loader, warmer, server } = this.#tools
    try {
      for (const launch of booted) {
        const session = await this.#connect(warmer, launch)
        this.#rows.launches.push(new Launch(launch, session, server, this.#limits))
      }
      const planned = this.#plan.yardstick
      if (yardstick && planned)
        this.#yardstick = await Yardstick.open(yardstick, planned, this.#tools, this.#limits)
      const warmups = await this.#warmUp()
      if (loader !== warmer) await this.#change(loader)
      for (const launch of this.#rows.launches) launch.refresh()
      const timed = await (this.#plan.capacity ? this.#seek() : this.#time())
      const taken = await this.#profile()
      const reference = await this.#yardstick?.finish()
      const { captures, scripts } = await develop(this.#rows.launches, taken, this.#plan, this.#index)
      const launches = this.#rows.launches.map((launch, i) => ({
        variant: launch.variant,
        ...(launch.booted.socket === undefined && { url: launch.booted.url }),
        boot: launch.booted.boot,
        versions: launch.agents[0]?.versions ?? {},
        warmup: warmups[i]!,
        ...timed[i]!,
        ...(this.#plan.pinning && sharedProcessors(launch.booted.pid)),
        captures: captures[i]!,
      }))
      return {
        measured: { launches, scripts, ...(reference && { yardstick: reference }) },
        learnt: this.#pace.learnt,
      }
    } finally {
      // Load stops before the targets do: connections whose server has gone would reconnect without end.
      await Promise.all(
        [...this.#rows.launches, ...(this.#yardstick ? [this.#yardstick] : [])].map(each => each.close()),
      )
    }
  }

  /** Launches that take their turn. */
  get #measured(): number {
    return this.#rows.launches.length + (this.#yardstick ? 1 : 0)
  }

  /** Collectors that run in this round, by the slices that they share. */
  get #groups(): Collector[][] {
    return groupsOf(this.#tools.collectors.filter(({ once }) => !once || this.#index === 1))
  }

  get #deadlines(): Deadlines {
    const knowsRate = this.#pace.learnt.rate !== undefined
    return deadlinesOf(this.#allowed, needsOf(this.#plan, this.#groups, this.#measured, knowsRate))
  }

  /** Whether something that takes so long ends before a deadline. Both in ms. */
  #fits(deadline: number, takes = this.#rows.took): boolean {
    return performance.now() - this.#origin + takes <= deadline
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
    const options = { ...booted, script, load, seed: seed + this.#index, timeout: this.#limits.request }
    try {
      return await loader.open(options)
    } catch (cause) {
      throw new LaunchFailure(booted.variant, 'first', cause)
    }
  }

  /** From the loop that waits for answers to the one that is measured with. */
  async #change(loader: Loader): Promise<void> {
    for (const launch of this.#rows.launches) await launch.use(await this.#connect(loader, launch.booted))
    const { load } = this.#plan
    const { learnt } = this.#pace
    if (load.rate === undefined && !load.phases && learnt.rate === undefined)
      Object.assign(learnt, await this.#findRate())
    this.#pace.open()
    // Connections are new, and in the first round so is the generator's code: neither belongs to what is timed.
    const row = () => {
      const order = this.#pace.order(this.#rows.first)
      return this.#rows.next('warm-up', order, launch => launch.slice(order, this.#origin, 'nothing'))
    }
    await untilCompiled(row, () => this.#fits(this.#deadlines.change))
  }

  async #findRate(): Promise<Pick<Learnt, 'rate' | 'limit'>> {
    const climb = new Climb(this.#slowest)
    for (let rate = climb.next; rate && this.#fits(this.#deadlines.change); rate = climb.next)
      climb.tell(await this.#try(rate))
    return { rate: climb.found, limit: climb.limit }
  }

  async #try(rate: number): Promise<Trial> {
    const order = this.#pace.paced(steady(rate, TRIAL), this.#rows.first)
    const tally = new Tally(this.#tools.script.steps)
    const slices: Slice[] = []
    await this.#rows.next('warm-up', order, async launch => {
      slices.push(await launch.slice(order, this.#origin, 'nothing', tally))
    })
    return { cost: loaderTime(slices), late: tally.late(90) }
  }

  /** In turn until every launch shows that it is steady, or the limit is reached. */
  async #warmUp(): Promise<WarmupRecord[]> {
    this.#tools.tell({ type: 'phase', phase: 'warm-up', detail: '' })
    const slices: Slice[][] = this.#rows.launches.map(() => [])
    const baseline = slices[this.#rows.launches.findIndex(isBaseline(this.#plan))]!
    let states = evidence(slices, this.#plan.warmup)
    const limit = performance.now() - this.#origin + this.#limits.warmup * this.#measured
    const deadline = Math.min(limit, this.#deadlines.warmUp)
    const { learnt } = this.#pace
    const open = () => states.some(state => !state.settled) || this.#yardstick?.settled === false
    for (let row = 0; open() && (row === 0 || this.#fits(deadline)); row++) {
      const levels = row % LEVELS_EVERY === 0
      const order = { first: this.#rows.first, times: learnt.times * (learnt.times > 1 ? STRETCH : 1) }
      await this.#rows.next('warm-up', order, async (launch, i) => {
        const asked = levels ? 'counters and levels' : launch.least
        slices[i]!.push(await launch.slice(order, this.#origin, asked))
      })
      await this.#measureYardstick(yardstick => yardstick.warmUp(this.#origin, levels))
      const length = this.#tools.loader === this.#tools.warmer ? this.#plan.timing.slice : WARMING_SLICE
      const requests = this.#tools.script.length * this.#plan.load.connections
      learnt.times = scriptTimes(baseline, requests, length) ?? learnt.times
      states = evidence(slices, this.#plan.warmup)
    }
    learnt.capacity ??= 1e9 / typicalTime(baseline)
    this.#slowest = Math.min(...slices.map(own => 1e9 / typicalTime(own)))
    return states.map((state, i) => ({ ...state, slices: columns(slices[i]!) }))
  }

  async #time(): Promise<Timed[]> {
    this.#tools.tell({ type: 'phase', phase: 'timed', detail: '' })
    const { steps } = this.#tools.script
    const phases = phasesOf(this.#plan)
    const opened = this.#rows.launches.map(launch => launch.descriptors())
    const { slice, timed, pause } = this.#plan.timing
    const whole = phases && this.#pace.paced(phases, this.#rows.first)
    const slices: Slice[][] = this.#rows.launches.map(() => [])
    const tallies = this.#rows.launches.map(
      () => new Tally(steps, whole && new Timeline(phases, steps.length)),
    )
    const deadline = performance.now() + timed * this.#measured
    const least = whole ? 1 : MIN_SLICES
    const most = whole ? 1 : Math.max(MIN_SLICES, Math.round(timed / slice))
    const stealing = watchSteal(this.#plan.pinning?.target)
    for (let n = 0; n < most && (n < least || performance.now() < deadline); n++) {
      if (n > 0 && !this.#fits(this.#deadlines.timed)) break
      const order = whole ?? this.#pace.order(this.#rows.first)
      await this.#rows.next('timed', order, async (launch, i) => {
        if (pause) await setTimeout(pause)
        const asked = n % AGENTS_EVERY === 0 || order.phases ? 'counters' : launch.least
        slices[i]!.push(await launch.slice(order, this.#origin, asked, tallies[i]!))
      })
      await this.#measureYardstick(yardstick => yardstick.time(this.#origin))
    }
    const steal = stealing()
    return Promise.all(
      this.#rows.launches.map(async (launch, i) => ({
        timed: columns(slices[i]!),
        steal,
        ...tallies[i]!.result(this.#pace.asked),
        memory: await launch.memory(),
        ...descriptors(opened[i]!, launch.descriptors()),
      })),
    )
  }

  #seek(): Promise<Timed[]> {
    const setting = {
      plan: this.#plan,
      pace: this.#pace,
      steps: this.#tools.script.steps,
      origin: this.#origin,
    }
    return seek(this.#rows, setting)
  }

  /** Each collector with each launch, in blocks: starting a profiler for every slice would cost more than the slice. */
  async #profile(): Promise<Taken[][]> {
    const taken: Taken[][] = this.#rows.launches.map(() => [])
    const order = (first: number, size: number) => this.#pace.order(first, size)
    let furthest = 0
    for (const group of this.#groups) {
      if (!this.#fits(this.#deadlines.profiled, this.#rows.took * leastOf(group))) continue
      const [plan, round, first, origin] = [this.#plan, this.#index, this.#rows.first, this.#origin]
      const setting = { plan, round, first, order, origin, end: origin + this.#deadlines.profiled }
      const names = group.map(({ name }) => name).join(' and ')
      this.#tools.tell({ type: 'phase', phase: 'profiled', detail: names })
      await this.#rows.inTurn(`${names} profile`, async (launch, i) => {
        const captured = await capture(group, launch, setting)
        if (!captured) return
        taken[i]!.push(...captured.taken)
        furthest = Math.max(furthest, captured.first)
      })
      this.#rows.first = Math.max(this.#rows.first, furthest)
    }
    return taken
  }
}

const descriptors = (before: number | null, after: number | null): Pick<LaunchRecord, 'descriptors'> =>
  before === null || after === null ? {} : { descriptors: [before, after] }

const isBaseline = (plan: Plan) => (launch: Launch) => launch.variant === plan.baseline
