/** The phases of an open loop over time. A request belongs to the moment at which it was meant to be sent. */
import type { PhaseRecord } from '../../../model/launch.ts'
import type { Phase } from '../../../model/load.ts'
import { createHistogram, encodeHistogram, type Histogram, record } from '../../../stats/histogram.ts'

/** Intervals of a phase, unless they would be shorter than 100 ms. */
const INTERVALS = 30
const SHORTEST = 100

interface PhaseResults {
  name: string
  start: number
  duration: number
  latency: Histogram[]
  requests: number
  dropped: number
  interval: number
  /** Latencies (µs) of each interval. */
  intervals: number[][]
}

export class Timeline {
  readonly #phases: PhaseResults[] = []

  constructor(phases: Phase[], steps: number) {
    let start = 0
    for (const { name, duration } of phases) {
      const count = Math.max(1, Math.min(INTERVALS, Math.floor(duration / SHORTEST)))
      this.#phases.push({
        name,
        start,
        duration,
        latency: Array.from({ length: steps }, createHistogram),
        requests: 0,
        dropped: 0,
        interval: duration / count,
        intervals: Array.from({ length: count }, () => []),
      })
      start += duration
    }
  }

  /** @param at ms from the start of the first phase */
  answered(step: number, microseconds: number, at: number): void {
    const phase = this.#phaseAt(at)
    record(phase.latency[step]!, microseconds)
    phase.requests++
    const interval = Math.min(phase.intervals.length - 1, Math.floor((at - phase.start) / phase.interval))
    phase.intervals[interval]!.push(microseconds)
  }

  dropped(at: number): void {
    this.#phaseAt(at).dropped++
  }

  result(): PhaseRecord[] {
    return this.#phases.map(({ latency, interval, intervals, ...phase }) => ({
      ...phase,
      latency: latency.map(encodeHistogram),
      timeline: {
        at: intervals.map((_, i) => phase.start + i * interval),
        requests: intervals.map(({ length }) => length),
        p50: intervals.map(values => quantile(values, 0.5)),
        p99: intervals.map(values => quantile(values, 0.99)),
      },
    }))
  }

  #phaseAt(at: number): PhaseResults {
    return this.#phases.findLast(({ start }) => start <= at) ?? this.#phases[0]!
  }
}

function quantile(values: number[], share: number): number | null {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? null
}
