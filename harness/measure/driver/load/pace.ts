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
}

/** What an earlier round of the run has learnt, from its record. */
export const learntFrom = ({ rate, capacity, limit }: PaceRecord): Partial<Learnt> => ({
  ...(capacity !== undefined && { capacity }),
  ...(limit !== undefined && { rate, limit }),
})

/** @param capacity requests per second of the baseline in a closed loop */
export const requestsPerSecond = (rate: Rate, capacity: number): number =>
  typeof rate === 'number' ? rate : (Number.parseFloat(rate) / 100) * capacity

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

/** Arrivals are runs of the script: with three steps, a third as many as requests. */
export function specOf(
  phases: Phase[],
  { capacity, length, connections, first }: Record<'capacity' | 'length' | 'connections' | 'first', number>,
): SliceSpec & { phases: RatedPhase[] } {
  const rated = phases.map(({ from, to, duration }) => ({
    from: requestsPerSecond(from, capacity) / length,
    to: requestsPerSecond(to, capacity) / length,
    duration,
  }))
  const mean = sum(rated.map(({ from, to, duration }) => ((from + to) / 2) * (duration / 1_000)))
  // More than a Poisson process ever needs: six standard deviations.
  const most = mean + 6 * Math.sqrt(mean) + 1
  return { first, times: Math.ceil(most / connections), phases: rated }
}

/** Requests per second over all phases. */
export function meanRate(phases: Phase[], capacity: number): number {
  const rateOf = ({ from, to }: Phase) =>
    (requestsPerSecond(from, capacity) + requestsPerSecond(to, capacity)) / 2
  return sum(phases.map(phase => rateOf(phase) * phase.duration)) / durationOf(phases)
}

/** The phases of the timed part. A quick run goes through all of them, but faster. */
export const phasesOf = ({ load, timing, quick }: Plan): Phase[] | undefined =>
  load.phases && quick ? shortened(load.phases, timing.timed) : load.phases

/** Arrivals that a slice of an open loop should have, and how many ms it can take for them. */
const ARRIVALS = 10
const LONGEST = 500

/** The pace of a round. The size of a slice is learnt in the warm-up and then kept. */
export class Pace {
  readonly #plan: Plan
  readonly #length: number
  readonly learnt: Learnt
  /** Requests per second of the slowest launch in a closed loop. */
  slowest = 0
  /** What a usual slice goes through; absent in a closed loop, with which every round begins. */
  #steady: Phase[] | undefined

  /** @param length of the script, in requests */
  constructor(plan: Plan, length: number, learnt: Learnt) {
    this.#plan = plan
    this.#length = length
    this.learnt = { ...learnt }
  }

  get #capacity(): number {
    return this.learnt.capacity ?? 0
  }

  /** @param baseline nanoseconds of a request; @param slowest the same of the slowest launch */
  warmedUp(baseline: number, slowest: number): void {
    this.learnt.capacity ??= 1e9 / baseline
    this.slowest = 1e9 / slowest
  }

  /** Switches to the load's one rate, or to the mean of its phases. */
  open(): void {
    const { load, timing } = this.#plan
    const rate = this.#rateOf(load.phases)
    const needed = (ARRIVALS * this.#length * 1_000) / rate
    this.#steady = steady(rate, Math.max(timing.slice, Math.min(LONGEST, needed)))
  }

  /** What the timed slices must send; undefined in a closed loop. */
  get openLoad(): OpenLoad | undefined {
    if (!this.#steady) return undefined
    const { capacity, limit } = this.learnt
    return { rate: this.#rateOf(this.#plan.load.phases), capacity, limit }
  }

  /** A usual slice, or one that is `size` times as long. */
  usual(first: number, size = 1): SliceSpec {
    if (!this.#steady) return { first, times: this.learnt.times * size }
    return this.paced(
      this.#steady.map(phase => ({ ...phase, duration: phase.duration * size })),
      first,
    )
  }

  paced(phases: Phase[], first: number): SliceSpec & { phases: RatedPhase[] } {
    const { connections } = this.#plan.load
    return specOf(phases, { capacity: this.#capacity, length: this.#length, connections, first })
  }

  #rateOf(phases: Phase[] | undefined): number {
    if (phases) return meanRate(phases, this.#capacity)
    return requestsPerSecond(this.#plan.load.rate ?? this.learnt.rate ?? 0, this.#capacity)
  }
}

/** Slices that a typical time is taken from. */
const LEARN_FROM = 5

/** Nanoseconds of a request, by the last slices; 0 without any. */
export function typicalTime(slices: Slice[]): number {
  const recent = slices.slice(-LEARN_FROM)
  if (recent.length === 0) return 0
  return median(recent.map(({ wall, requests }) => (wall ?? 0) / Math.max(1, requests ?? 0)))
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
