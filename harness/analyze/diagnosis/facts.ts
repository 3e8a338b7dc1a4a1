/** The figures that a diagnosis rests on. */

import type { ColumnName } from '../../model/columns.ts'
import type { Sides } from '../../model/comparison.ts'
import type { Sample } from '../../model/evidence.ts'
import type { FrameChange, ShownFunction } from '../../model/flame.ts'
import type { LeakVerdict } from '../../model/report.ts'
import type { RequestTimes } from '../../model/times.ts'
import { overall, sumOf } from '../../stats/columns.ts'
import { mean, sum } from '../../stats/describe.ts'
import { decodeHistogram, mergeHistograms, percentile } from '../../stats/histogram.ts'
import { WATCHING } from './words.ts'

/** Time of one kind in one class of requests. */
export interface Part {
  what: string
  place?: ShownFunction
  /** µs per request, and as a share of the latency. */
  time: number
  share: number
}

/** Requests of one class: µs, and its parts, the largest first; without what following them took. */
export interface Class {
  latency: number
  parts: Part[]
}

export interface Facts extends Load {
  typical: Class
  slow: Class
  /**
   * Share of the time in which the main thread was found blocked in each system call; `storage` where it could not be woken. Absent where
   * nobody looked.
   */
  blocking?: { call: string; share: number }[]
  pool?: Pool
  leak?: LeakVerdict
  /** The function of the service or a package that costs most by itself, in the collector, and what it costs there per request. */
  top(collector: string): (ShownFunction & { cost: number }) | undefined
}

export interface Load {
  /** Shares of the time in which the main thread ran, and in which it was ready but did not. */
  busy: number
  delayed: number
  /** Times per request that the main thread stopped to wait, and that threads did which are neither main ones nor of libuv's pool. */
  switches: number
  othersSwitches: number
  /** Requests per second. */
  rate: number
  /** Percentiles of the latency in timed slices, in µs; 0 where unknown. */
  p50: number
  p99: number
}

/** libuv's threads, and the share of their time in which they were busy with each kind of task, the largest first. */
export interface Pool {
  threads: number
  busy: { kind: string; share: number }[]
}

export function partsOf({ rows }: RequestTimes, side: keyof Sides): Class {
  const seen = rows.filter(({ what }) => what !== WATCHING)
  const latency = sum(seen.map(row => row[side]))
  const parts = seen.map(row => ({
    what: row.what,
    place: row.place,
    time: row[side],
    share: latency > 0 ? row[side] / latency : 0,
  }))
  return { latency, parts: parts.toSorted((a, b) => b.time - a.time) }
}

export function loadOf(samples: Sample[]): Load {
  const wall = sumOf(samples, 'wall')
  const shareOf = (column: 'mainCpu' | 'mainRunDelay') => (wall > 0 ? sumOf(samples, column) / wall : 0)
  const latency = mergeHistograms(
    samples.flatMap(({ histograms }) => histograms.latency ?? []).map(decodeHistogram),
  )
  const perRequest = (column: ColumnName) => {
    const found = samples.flatMap(sample => overall(sample, column) ?? [])
    return found.length > 0 ? mean(found) : 0
  }
  const [all, main, pool] = [
    perRequest('allVoluntarySwitches'),
    perRequest('mainVoluntarySwitches'),
    perRequest('poolVoluntarySwitches'),
  ]
  return {
    busy: shareOf('mainCpu'),
    delayed: shareOf('mainRunDelay'),
    switches: main,
    othersSwitches: Math.max(0, all - main - pool),
    rate: wall > 0 ? (sumOf(samples, 'requests') / wall) * 1e9 : 0,
    p50: percentile(latency, 50) ?? 0,
    p99: percentile(latency, 99) ?? 0,
  }
}

/** Figures of the collector `waits` that begin with this are shares, by kind of task. */
const POOL = 'pool.'

export function poolOf(samples: Sample[]): Pool | undefined {
  const figures = samples.flatMap(({ collected: { waits } }) => (waits ? [waits.figures] : []))
  const threads = figures.flatMap(it => it.poolThreads ?? [])
  if (threads.length === 0) return undefined
  const names = new Set(figures.flatMap(it => Object.keys(it)).filter(name => name.startsWith(POOL)))
  const busy = [...names].map(name => ({
    kind: name.slice(POOL.length),
    share: mean(figures.map(it => it[name] ?? 0)),
  }))
  return { threads: mean(threads), busy: busy.toSorted((a, b) => b.share - a.share) }
}

export function topOf(
  frames: FrameChange[],
  { variant, baseline }: { variant: string; baseline: string },
  collector: string,
): (ShownFunction & { cost: number }) | undefined {
  const side = variant === baseline ? 'before' : 'after'
  const [most] = frames
    .filter(it => it.collector === collector && (side === 'before' || it.variant === variant))
    .filter(({ category }) => category === 'application' || category === 'dependency')
    .toSorted((a, b) => b[side] - a[side])
  if (!most) return undefined
  const { function: name, file, line, category } = most
  return { function: name, file, line, category, cost: most[side] }
}
