/** What a slice sends: a number of runs of the script in a closed loop, or a rate and a time in an open one. */
import type { SliceSpec } from '../../../model/capabilities.ts'
import type { Pace as PaceRecord, Slice } from '../../../model/launch.ts'
import type { Phase, Rate, RatedPhase } from '../../../model/load.ts'
import type { Plan } from '../../../model/plan.ts'
import { median, sum } from '../../../stats/describe.ts'
import type { OpenLoad } from './results.ts'

/** What a round finds out for the next ones. */
export interface Learnt {
  /** How often the script fits into a slice of the closed loop, on each connection. */
  times: number
  /** Requests per second that the baseline handles in a closed loop, from the first round, so that all have one rate. */
  capacity?: number
  /** Requests per second of an open loop whose scenario sets no rate, and the side that limits it; from the first round. */
  rate?: number
  limit?: PaceRecord['limit']
  /** Whether launches of this run can be loaded at the same time. */
  together?: boolean
}

/** What an earlier round of the run has learnt, from its record. */
export const learntFrom = ({ rate, capacity, limit }: PaceRecord): Partial<Learnt> => ({
  ...(capacity !== undefined && { capacity }),
  ...(limit !== undefined && { rate, limit }),
})

/** One rate (requests/s) for a time (ms). */
export const steady = (rate: number, duration: number): Phase[] => [
  { name: 'steady', from: rate, to: rate, duration },
]

/** The same phases, in this many milliseconds at most. */
export function shortened(phases: Phase[], most: number): Phase[] {
  const share = Math.min(1, most / durationOf(phases))
  return phases.map(phase => ({ ...phase, duration: phase.duration * share }))
}

export const durationOf = (phases: { duration: number }[]): number =>
  sum(phases.map(({ duration }) => duration))

/** The phases of the timed part. A quick run goes through all of them, but faster. */
export const phasesOf = ({ load, timing, quick }: Plan): Phase[] | undefined =>
  load.phases && quick ? shortened(load.phases, timing.timed) : load.phases

/** Arrivals that a slice of an open loop should have, and how many ms it can take for them. Fewer will do where both sides get them together. */
const ARRIVALS = 10
const ARRIVALS_TOGETHER = 6
const LONGEST = 500
/** Milliseconds of the shortest slice, if it has that many arrivals. */
const SHORTEST = 150
/**
 * Milliseconds between the same arrival at two launches that are loaded together: half of what lies between two arrivals, within
 * these bounds. At once, each request would wait for its twin's work, which would count a change of that work for both sides.
 */
const APART = { least: 1, most: 5 }

/** The pace of a round. The size of a slice is learnt in the warm-up and then kept. */
export class Pace {
  readonly #plan: Plan
  readonly #length: number
  readonly learnt: Learnt
  /** Requests per second of the slowest launch in a closed loop, and whether its launches mostly wait. */
  slowest = 0
  waits = false
  /** Requests per second, and milliseconds, of a usual slice and the shortest; absent in a closed loop, with which every round begins. */
  #usual: { rate: number; duration: number; least: number } | undefined

  /** @param length of the script, in requests */
  constructor(plan: Plan, length: number, learnt: Learnt) {
    this.#plan = plan
    this.#length = length
    this.learnt = { ...learnt }
  }

  /** @param baseline nanoseconds of a request; @param slowest the same of the slowest launch */
  warmedUp(baseline: number, slowest: number): void {
    this.learnt.capacity ??= 1e9 / baseline
    this.slowest = 1e9 / slowest
  }

  /**
   * Switches to the load's one rate, or to the mean of its phases.
   *
   * @param slice its usual length in ms; @param together whether the launches are loaded at the same time
   */
  open(slice: number, together = false): void {
    const { load } = this.#plan
    const rate = load.phases
      ? this.#requestsOf(load.phases) / (durationOf(load.phases) / 1_000)
      : this.#perSecond(load.rate ?? this.learnt.rate ?? 0)
    const arrivals = together ? ARRIVALS_TOGETHER : ARRIVALS
    const needed = Math.min(LONGEST, (arrivals * this.#length * 1_000) / rate)
    const [duration, short] = [slice, Math.min(slice, SHORTEST)].map(time => Math.max(time, needed))
    this.#usual = { rate, duration: duration!, least: short! }
  }

  /** What the timed slices must send; undefined in a closed loop. */
  get openLoad(): OpenLoad | undefined {
    const { capacity, limit } = this.learnt
    return this.#usual && { rate: this.#usual.rate, capacity, limit }
  }

  /** Milliseconds by which launches that are loaded together begin a slice one after the other. */
  get apart(): number {
    return this.#usual ? Math.min(APART.most, Math.max(APART.least, 500 / this.#usual.rate)) : 0
  }

  /** A usual slice, or one that is `size` times as long. */
  usual(first: number, size = 1): SliceSpec {
    if (!this.#usual) return { first, times: this.learnt.times * size }
    return this.paced(steady(this.#usual.rate, this.#usual.duration * size), first)
  }

  /** A slice with as few arrivals as say anything. */
  shortest(first: number): SliceSpec {
    return this.#usual ? this.usual(first, this.#usual.least / this.#usual.duration) : this.usual(first)
  }

  /** Arrivals are runs of the script: with three steps, a third as many as requests. */
  paced(phases: Phase[], first: number): SliceSpec & { phases: RatedPhase[] } {
    const mean = this.#requestsOf(phases) / this.#length
    // More than a Poisson process ever needs: six standard deviations.
    const most = mean + 6 * Math.sqrt(mean) + 1
    const rated = phases.map(({ from, to, duration }) => ({
      from: this.#perSecond(from) / this.#length,
      to: this.#perSecond(to) / this.#length,
      duration,
    }))
    return { first, times: Math.ceil(most / this.#plan.load.connections), phases: rated }
  }

  /** Requests in all phases. */
  #requestsOf(phases: Phase[]): number {
    const mean = ({ from, to }: Phase) => (this.#perSecond(from) + this.#perSecond(to)) / 2
    return sum(phases.map(phase => mean(phase) * (phase.duration / 1_000)))
  }

  /** A rate in percent is a share of what the baseline handles in a closed loop. */
  #perSecond(rate: Rate): number {
    return typeof rate === 'number' ? rate : (Number.parseFloat(rate) / 100) * (this.learnt.capacity ?? 0)
  }
}

/** Slices that a typical time is taken from. */
const LEARN_FROM = 5

/** Nanoseconds of a request, by the last slices; 0 without any. */
export function typicalTime(slices: Slice[]): number {
  const recent = slices.slice(-LEARN_FROM)
  if (recent.length === 0) return 0
  return median(recent.map(timePerRequest))
}

/** Wrong answers can come faster than right ones, and do not count unless there are no others. */
function timePerRequest({ wall, requests, unexpected }: Slice): number {
  const all = Math.max(1, requests ?? 0)
  return (wall ?? 0) / (all - (unexpected ?? 0) || all)
}

/**
 * How often the script fits into a slice of the given length (ms) on each connection; `null` while nothing is known.
 *
 * @param requests of one run of the script on all connections
 */
export function scriptTimes(slices: Slice[], requests: number, length: number): number | null {
  const perRequest = typicalTime(slices)
  return perRequest > 0 ? Math.max(1, Math.round((length * 1e6) / (perRequest * requests))) : null
}
