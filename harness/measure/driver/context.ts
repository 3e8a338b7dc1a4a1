/** What the stages of one round share: tools, pace, time, and the launches, which take turns in the balanced order. */
import { performance } from 'node:perf_hooks'
import { setTimeout } from 'node:timers/promises'
import type { Collector, Loader, LoadSession, SliceSpec } from '../../model/capabilities.ts'
import type { Script } from '../../model/http.ts'
import type { Limits } from '../../model/limits.ts'
import type { Plan } from '../../model/plan.ts'
import { limitsOf } from '../../scenario/limits.ts'
import { cpuColumn } from '../../scenario/needs.ts'
import { gatesTail, roundsThatWait } from '../../scenario/tails.ts'
import { sum } from '../../stats/describe.ts'
import { balancedOrder } from '../both/balanced-order.ts'
import type { Booted, Reply, RoundTask } from '../both/messages.ts'
import type { AgentServer } from './agent/server.ts'
import { Helpers } from './collect/helper-processes.ts'
import { type Deadlines, deadlinesOf, groupsOf, needsOf, timeOf } from './deadlines.ts'
import { type Launch, LaunchFailure } from './launch.ts'
import { type Learnt, Pace } from './load/pace.ts'
import type { Yardstick } from './yardstick.ts'

export interface Tools {
  loader: Loader
  /** Warms the launches up, and finds out how much they can handle. */
  warmer: Loader
  /** Loads the yardstick, whatever loads the launches. */
  closed: Loader
  script: Script
  collectors: Collector[]
  server: AgentServer
  tell(reply: Reply): void
}

/**
 * Launches that wait differ more than their slices do, so their rounds are many and short: down to a share of the usual time. What
 * a round takes after the warm-up besides its slices is in ms. Beside a tail, profiles get a share of what is left.
 */
const SHORT = { least: 0.3, besides: 1_500, besideTail: 0.15 }

/** Milliseconds for each launch of a long round. */
const LONG = 4_000

/** Milliseconds between two signs of life to the harness. */
const SIGN_EVERY = 1_000

const shareOf = (wanted: number): number => Math.min(1, Math.max(SHORT.least, wanted))

type Work = (launch: Launch, index: number) => Promise<unknown>

export class Context {
  readonly plan: Plan
  readonly round: number
  readonly tools: Tools
  readonly limits: Limits
  readonly pace: Pace
  readonly launches: Launch[] = []
  readonly helpers = new Helpers()
  /** Sessions of each launch for the slices to come. */
  readonly ahead: Promise<LoadSession>[] = []
  /** What the starts of slices are relative to, as `performance.now()`. */
  readonly origin = performance.now()
  yardstick: Yardstick | undefined
  /** Runs of the script on each connection so far. */
  first = 0
  /** Milliseconds that the last row took. */
  took = 0
  #time: number
  #turn: number
  #signAt = 0
  /** Milliseconds that the launches have taken to start and to warm up. */
  #begun = 0

  constructor(plan: Plan, { round, time }: RoundTask, tools: Tools, learnt: Learnt) {
    this.plan = plan
    this.round = round
    this.tools = tools
    this.limits = limitsOf(plan)
    this.pace = new Pace(plan, tools.script.length, learnt)
    this.#turn = round
    this.#time = time
  }

  /** Collectors of this round, grouped by the slices that they share. */
  get groups(): Collector[][] {
    const { ifWaiting = [] } = this.plan
    const isUsed = ({ name, once }: Collector) =>
      (!once || this.round === 1) && (this.pace.waits || !ifWaiting.includes(name))
    return groupsOf(this.tools.collectors.filter(isUsed))
  }

  /** How many times the time of one launch a row takes: the launches and the yardstick in turn, or all launches at once. */
  get turns(): number {
    return (this.together ? 1 : this.launches.length) + (this.yardstick ? 1 : 0)
  }

  /**
   * Whether the launches are loaded at the same time: they wait so much that they do not disturb each other, and what disturbs
   * one of them disturbs the others in the same way.
   */
  get together(): boolean {
    return this.pace.learnt.together === true
  }

  /** A need that the launches share works for all of them then, so its CPU belongs to none. A gate on it keeps them apart. */
  loadTogether(isPossible: boolean): void {
    const { needs = [], gates } = this.plan
    const shared = needs.filter(({ per, url }) => per !== 'variant' && url === undefined)
    const columns = new Set(shared.map(({ name }) => cpuColumn(name)))
    this.#begun =
      performance.now() - this.origin + Math.max(...this.launches.map(({ booted }) => booted.boot))
    this.pace.learnt.together =
      isPossible && !this.tools.loader.inTurn && !gates.some(({ metric }) => columns.has(metric))
    for (const launch of this.launches) launch.unreadNeeds = this.together ? columns : new Set()
  }

  get timing(): Plan['timing'] {
    const { timing, load, maxTime } = this.plan
    if (!(this.together || this.pace.waits) || load.arrivals === undefined) return timing
    const { slice, timed, profiled } = timing
    const profiles = sum(this.groups.map(group => timeOf(group, timing)))
    const room = (maxTime / roundsThatWait(this.plan) - this.#begun - SHORT.besides) / this.turns
    const share = shareOf(room / (timed + profiles))
    const isTail = gatesTail(this.plan)
    // Where only latency is judged, profiles have what the timed slices leave. A tail can never have too many of those.
    const left = isTail ? room * SHORT.besideTail : room - timed
    const forProfiles = this.plan.warmup.latencyOnly ? shareOf(left / Math.max(1, profiles)) : share
    const rest = room - profiles * forProfiles
    return {
      ...timing,
      slice: slice * share,
      timed: Math.max(timed * SHORT.least, isTail ? rest : Math.min(timed, rest)),
      profiled: profiled * forProfiles,
    }
  }

  get deadlines(): Deadlines {
    const known = { rate: this.pace.learnt.rate !== undefined, together: this.together }
    const needs = needsOf({ ...this.plan, timing: this.timing }, this.groups, this.turns, known)
    return deadlinesOf(this.#time, needs, this.#kind)
  }

  get #kind(): Parameters<typeof deadlinesOf>[2] {
    if (!this.pace.waits || !this.plan.warmup.latencyOnly) return 'usual'
    return gatesTail(this.plan) || this.#time / this.turns < LONG ? 'short' : 'long'
  }

  /** The number of the round decides who begins, so that over the rounds each launch comes first as often as the others. */
  restartTurns(): void {
    this.#turn = this.round
  }

  /** Lengthens the round by the time that another engine takes to start, so that slices keep theirs. @param time ms */
  extend(time: number): void {
    this.#time += time
  }

  /** Whether something of this length (by default a slice of each launch) ends before a deadline. Both in ms. */
  fits(deadline: number, takes = this.took): boolean {
    return performance.now() - this.origin + takes <= deadline
  }

  /** A slice of every launch with the same requests. */
  async row(stage: string, spec: SliceSpec, work: Work): Promise<void> {
    const begin = performance.now()
    await this.each(stage, work)
    this.took = performance.now() - begin
    this.first += spec.times
  }

  async each(stage: string, work: Work): Promise<void> {
    const order = balancedOrder(this.launches.length, this.#turn++)
    const attempt = async (index: number) => {
      const launch = this.launches[index]!
      try {
        await work(launch, index)
      } catch (cause) {
        throw new LaunchFailure(launch.variant, stage, cause)
      }
    }
    if (this.together) {
      const apart = this.pace.apart
      // A failure must not leave the others running.
      const results = order.map((index, place) => setTimeout(place * apart).then(() => attempt(index)))
      const failed = (await Promise.allSettled(results)).find(({ status }) => status === 'rejected')
      if (failed?.status === 'rejected') throw failed.reason
    } else for (const index of order) await attempt(index)
    if (performance.now() - this.#signAt < SIGN_EVERY) return
    this.#signAt = performance.now()
    this.tools.tell({ type: 'alive' })
  }

  async connect(loader: Loader, booted: Booted): Promise<LoadSession> {
    const { load, seed } = this.plan
    const { script } = this.tools
    const options = {
      ...booted,
      script,
      load,
      seed: seed + this.round,
      timeout: this.limits.request,
      helper: (command: string[]) => this.helpers.start(command, booted.mark),
    }
    try {
      return await loader.open(options)
    } catch (cause) {
      throw new LaunchFailure(booted.variant, 'first', cause)
    }
  }

  /** Another engine takes seconds to start, for which the warm-up does not wait. */
  connectAhead(): void {
    for (const { booted } of this.launches) {
      const session = this.connect(this.tools.loader, booted)
      // The slices that need it will see why it failed.
      session.catch(() => {})
      this.ahead.push(session)
    }
  }

  /** Outside the balanced order, so that nothing comes between the variants' slices. */
  async withYardstick(work: (yardstick: Yardstick) => Promise<void>): Promise<void> {
    try {
      if (this.yardstick) await work(this.yardstick)
    } catch (cause) {
      throw new LaunchFailure('yardstick', 'own', cause)
    }
  }
}
