/** The results of a launch's requests: latencies, failures, and how the pace was kept. */
import type { Sink } from '../../../model/capabilities.ts'
import type { Failure, LaunchRecord, Pace } from '../../../model/launch.ts'
import {
  createHistogram,
  encodeHistogram,
  type Histogram,
  mergeHistograms,
  percentile,
  record,
} from '../../../stats/histogram.ts'
import type { Timeline } from './timeline.ts'

/** Kinds of failure to keep separate. All others of a step are counted together. */
const MOST_KINDS = 30

type Results = Pick<LaunchRecord, 'histograms' | 'failures' | 'renewed' | 'pace' | 'phases'>

/** What an open loop is meant to send. */
export type OpenLoad = Omit<Pace, 'arrivals' | 'dropped'>

export class LoadResults implements Sink {
  readonly #steps: string[]
  readonly #latency: Histogram[]
  readonly #uncorrected: Histogram[]
  readonly #unsure = createHistogram()
  readonly #late = createHistogram()
  readonly #failures = new Map<string, Failure>()
  readonly #timeline: Timeline | undefined
  #dropped = 0
  /** Fewest runs of the script in flight when others were dropped. */
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
    const isOther = !this.#failures.has(key(reason)) && this.#failures.size >= MOST_KINDS
    const counted = isOther ? 'other reasons' : reason
    const known = this.#failures.get(key(counted))
    if (known) known.count++
    else
      this.#failures.set(key(counted), {
        step: name,
        kind,
        reason: counted,
        count: 1,
        sample: sample || undefined,
      })
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

  /** µs by which requests were sent late, by percentile. */
  late(percent: number): number {
    return percentile(this.#late, percent) ?? 0
  }

  /** Arrivals that were not sent. */
  get droppedArrivals(): number {
    return this.#dropped
  }

  /** The most frequent first. */
  get failures(): Failure[] {
    return [...this.#failures.values()].toSorted((a, b) => b.count - a.count)
  }

  /** @param openLoad what the open loop was meant to send; absent in a closed one */
  result(openLoad?: OpenLoad): Results {
    const { failures } = this
    return {
      histograms: {
        latency: this.#latency.map(encodeHistogram),
        uncorrected: openLoad && this.#uncorrected.map(encodeHistogram),
        unsure: this.#unsure.totalCount > 0 ? [encodeHistogram(this.#unsure)] : undefined,
        sendError: openLoad && [encodeHistogram(this.#late)],
      },
      failures: failures.length > 0 ? failures : undefined,
      renewed: this.#renewed.connections > 0 ? { ...this.#renewed } : undefined,
      pace: openLoad && {
        ...openLoad,
        arrivals: this.#late.totalCount + this.#dropped,
        dropped: this.#dropped,
        inFlight: this.#dropped > 0 ? this.#inFlight : undefined,
      },
      phases: this.#timeline?.result(),
    }
  }
}
