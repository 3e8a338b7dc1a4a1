/** The results of a launch's requests: latencies, failures, and how the pace was kept. */
import type { OpenLoopTimes, Sink } from '../../../model/capabilities.ts'
import type { Failure, LaunchRecord, Pace, PhaseRecord } from '../../../model/launch.ts'
import type { Phase } from '../../../model/load.ts'
import {
  createHistogram,
  encodeHistogram,
  type Histogram,
  mergeHistograms,
  percentile,
  record,
} from '../../../stats/histogram.ts'

/** Kinds of failure to keep separate. All others of a step are counted together. */
const MOST_KINDS = 30

type Results = Pick<LaunchRecord, 'histograms' | 'failures' | 'renewed' | 'pace' | 'phases'>

/** What an open loop is meant to send. */
export type OpenLoad = Omit<Pace, 'arrivals' | 'dropped' | 'leftOut'>

export class LoadResults implements Sink {
  readonly #steps: string[]
  readonly #latency: Histogram[]
  readonly #uncorrected: Histogram[]
  readonly #firstByte: Histogram[]
  /** Whether any answer came in more than one piece. */
  #hasParts = false
  readonly #unsure = createHistogram()
  readonly #late = createHistogram()
  readonly #failures = new Map<string, Failure>()
  readonly #timeline: Timeline | undefined
  #dropped = 0
  /** Requests whose latency the generator itself changed. */
  #leftOut = 0
  /** Fewest runs of the script in flight when others were dropped. */
  #inFlight = Number.POSITIVE_INFINITY
  readonly #renewed = { connections: 0, requests: 0 }

  /** @param steps their names; @param phases of an open loop */
  constructor(steps: string[], phases?: Phase[]) {
    this.#steps = steps
    this.#latency = steps.map(createHistogram)
    this.#uncorrected = steps.map(createHistogram)
    this.#firstByte = steps.map(createHistogram)
    this.#timeline = phases && timelineOf(phases, steps.length)
  }

  latency(step: number, microseconds: number, openLoop?: OpenLoopTimes): void {
    if (openLoop?.disturbed) this.#leftOut++
    else record(this.#latency[step]!, microseconds)
    if (!openLoop) return
    if (!openLoop.disturbed) {
      record(this.#uncorrected[step]!, openLoop.uncorrected)
      record(this.#firstByte[step]!, openLoop.firstByte ?? microseconds)
      this.#hasParts ||= openLoop.firstByte !== undefined
      if (openLoop.unsure !== undefined) record(this.#unsure, openLoop.unsure)
    }
    this.#timeline?.answered(step, openLoop.disturbed ? undefined : microseconds, openLoop.at)
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
        firstByte: this.#hasParts ? this.#firstByte.map(encodeHistogram) : undefined,
        unsure: this.#unsure.totalCount > 0 ? [encodeHistogram(this.#unsure)] : undefined,
        sendError: openLoad && [encodeHistogram(this.#late)],
      },
      failures: failures.length > 0 ? failures : undefined,
      renewed: this.#renewed.connections > 0 ? { ...this.#renewed } : undefined,
      pace: openLoad && {
        ...openLoad,
        arrivals: this.#late.totalCount + this.#dropped,
        dropped: this.#dropped,
        leftOut: this.#leftOut,
        inFlight: this.#dropped > 0 ? this.#inFlight : undefined,
      },
      phases: this.#timeline?.result(),
    }
  }
}

/** Intervals of a phase, unless they would be shorter than 100 ms. */
const INTERVALS = 30
const SHORTEST = 100

type Timeline = ReturnType<typeof timelineOf>

/** The phases of an open loop over time. A request belongs to the moment at which it was meant to be sent. */
function timelineOf(phases: Phase[], steps: number) {
  let end = 0
  const parts = phases.map(({ name, duration }) => {
    const count = Math.max(1, Math.min(INTERVALS, Math.floor(duration / SHORTEST)))
    const start = end
    end += duration
    return {
      name,
      start,
      duration,
      latency: Array.from({ length: steps }, createHistogram),
      requests: 0,
      dropped: 0,
      interval: duration / count,
      /** Latencies (µs) of each interval. */
      intervals: Array.from({ length: count }, (): number[] => []),
    }
  })
  const phaseAt = (at: number) => parts.findLast(({ start }) => start <= at) ?? parts[0]!
  return {
    /** @param microseconds absent where they say nothing about the service; @param at ms from the start of the first phase */
    answered(step: number, microseconds: number | undefined, at: number): void {
      const phase = phaseAt(at)
      phase.requests++
      if (microseconds === undefined) return
      record(phase.latency[step]!, microseconds)
      const interval = Math.min(phase.intervals.length - 1, Math.floor((at - phase.start) / phase.interval))
      phase.intervals[interval]!.push(microseconds)
    },
    dropped(at: number): void {
      phaseAt(at).dropped++
    },
    result(): PhaseRecord[] {
      return parts.map(({ latency, interval, intervals, ...phase }) => ({
        ...phase,
        latency: latency.map(encodeHistogram),
        timeline: {
          at: intervals.map((_, i) => phase.start + i * interval),
          requests: intervals.map(({ length }) => length),
          p50: intervals.map(values => quantile(values, 0.5)),
          p99: intervals.map(values => quantile(values, 0.99)),
        },
      }))
    },
  }
}

function quantile(values: number[], share: number): number | null {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? null
}
