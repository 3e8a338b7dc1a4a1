/** What the answers to one launch's timed slices amount to. */
import type { Sink } from '../../model/capabilities.ts'
import type { Failure, LaunchRecord, Pace } from '../../model/launch.ts'
import {
  createHistogram,
  encodeHistogram,
  type Histogram,
  mergeHistograms,
  percentile,
  record,
} from '../../stats/histogram.ts'
import type { Timeline } from './timeline.ts'

/** Ways of going wrong that are told apart; all others of a step are counted together. */
const MOST_WAYS = 30

type Outcome = Pick<
  LaunchRecord,
  'latency' | 'uncorrected' | 'unsure' | 'failures' | 'renewed' | 'pace' | 'phases'
>

/** What is known of an open loop before it sends anything. */
export type Asked = Omit<Pace, 'arrivals' | 'dropped' | 'sendError'>

export class Tally implements Sink {
  readonly #steps: string[]
  readonly #latency: Histogram[]
  readonly #uncorrected: Histogram[]
  readonly #unsure = createHistogram()
  readonly #late = createHistogram()
  readonly #failures = new Map<string, Failure>()
  readonly #timeline: Timeline | undefined
  #dropped = 0
  /** Runs of the script in flight for which others were dropped. */
  #inFlight = Number.POSITIVE_INFINITY
  readonly #renewed = { connections: 0, requests: 0 }

  /** @param steps their names; @param timeline where the load has phases */
  constructor(steps: string[], timeline?: Timeline) {
    this.#steps = steps
    this.#latency = steps.map(createHistogram)
    this.#uncorrected = steps.map(createHistogram)
    this.#timeline = timeline
  }

  latency(step: number, microseconds: number, uncorrected?: number, at?: number): void {
    record(this.#latency[step]!, microseconds)
    if (uncorrected === undefined) return
    record(this.#uncorrected[step]!, uncorrected)
    this.#timeline?.answered(step, microseconds, at ?? 0)
  }

  unsure(microseconds: number): void {
    record(this.#unsure, microseconds)
  }

  failed(step: number, kind: Failure['kind'], reason: string, sample?: string): void {
    const name = this.#steps[step] ?? 'setup'
    const key = (why: string) => JSON.stringify([name, kind, why])
    const isOther = !this.#failures.has(key(reason)) && this.#failures.size >= MOST_WAYS
    const told = isOther ? 'other reasons' : reason
    const known = this.#failures.get(key(told))
    if (known) known.count++
    else
      this.#failures.set(key(told), { step: name, kind, reason: told, count: 1, ...(sample && { sample }) })
  }

  sent(late: number): void {
    record(this.#late, Math.max(0, late))
  }

  dropped(at: number, inFlight: number): void {
    this.#dropped++
    this.#inFlight = Math.min(this.#inFlight, inFlight)
    this.#timeline?.dropped(at)
  }

  renewed(connections: number, requests: number): void {
    this.#renewed.connections += connections
    this.#renewed.requests += requests
  }

  /** Microseconds, over all steps; `null` where nothing was answered. */
  percentile(percent: number): number | null {
    return percentile(mergeHistograms(this.#latency), percent)
  }

  /** µs after its time at which a request was sent, by percentile. */
  late(percent: number): number {
    return percentile(this.#late, percent) ?? 0
  }

  /** Arrivals that were not sent. */
  get droppedArrivals(): number {
    return this.#dropped
  }

  /** The commonest first. */
  get failures(): Failure[] {
    return [...this.#failures.values()].toSorted((a, b) => b.count - a.count)
  }

  /** @param asked what the open loop was to send; absent in a closed one */
  result(asked?: Asked): Outcome {
    const { failures } = this
    return {
      latency: this.#latency.map(encodeHistogram),
      ...(this.#unsure.totalCount > 0 && { unsure: encodeHistogram(this.#unsure) }),
      ...(failures.length > 0 && { failures }),
      ...(this.#renewed.connections > 0 && { renewed: { ...this.#renewed } }),
      ...(asked && {
        uncorrected: this.#uncorrected.map(encodeHistogram),
        pace: {
          ...asked,
          arrivals: this.#late.totalCount + this.#dropped,
          dropped: this.#dropped,
          ...(this.#dropped > 0 && { inFlight: this.#inFlight }),
          sendError: encodeHistogram(this.#late),
        },
      }),
      ...(this.#timeline && { phases: this.#timeline.result() }),
    }
  }
}
