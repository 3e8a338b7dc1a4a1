/** The times of samples, repaired where the sampler or the writer failed. */

/** What had to be repaired in a sampled profile. */
export interface Repairs {
  /** Samples that were written out of order (negative deltas); they were sorted by time. */
  negative: number
  /** Samples without a time; they got the usual interval. */
  missing: number
  /** Gaps of more than ten intervals: the sampler was held up, so what ran is unknown. */
  lost: number
  /** Milliseconds in these gaps that no sample stands for. */
  lostTime: number
}

/** Samples sorted by time. */
interface Times {
  /** The index of each in the file. */
  order: Uint32Array
  /** Milliseconds since the profile began. */
  time: Float64Array
  /** Nanoseconds that a sample stands for. */
  value: Float64Array
  /** Nanoseconds between two samples (median). */
  interval: number
  /** Milliseconds. */
  duration: number
  repairs: Repairs
}

/** The most intervals that one sample can stand for. */
const LONGEST = 10

/**
 * A sample stands for the time until the next one, the last sample for the rest of `span` (µs), or for one interval
 * where that is unknown. Before the first sample the profiler itself was starting.
 */
export function repairTimes(count: number, given: { deltas: unknown[]; span: number }): Times {
  const repairs: Repairs = { negative: 0, missing: 0, lost: 0, lostTime: 0 }
  const interval = usualInterval(given, count)
  const stamps = timeStamps(count, given.deltas, interval, repairs)
  const order = inOrder(stamps, repairs.negative > 0)
  const start = Math.min(0, count > 0 ? stamps[order[0]!]! : 0)
  const end = count > 0 ? lastEnd(stamps[order[count - 1]!]! - start, given.span, interval) : 0
  const time = new Float64Array(count)
  const value = new Float64Array(count)
  for (let at = 0; at < count; at++) {
    const now = stamps[order[at]!]! - start
    const next = at + 1 < count ? stamps[order[at + 1]!]! - start : end
    const lost = next - now > LONGEST * interval
    time[at] = now / 1000
    value[at] = (lost ? interval : next - now) * 1000
    if (!lost) continue
    repairs.lost++
    repairs.lostTime += (next - now - interval) / 1000
  }
  const duration = Math.max(given.span || 0, end) / 1000
  return { order, time, value, interval: interval * 1000, duration, repairs }
}

function timeStamps(count: number, deltas: unknown[], interval: number, repairs: Repairs): Float64Array {
  const stamps = new Float64Array(count)
  let now = 0
  for (let at = 0; at < count; at++) {
    const delta = deltas[at]
    const known = typeof delta === 'number' && Number.isFinite(delta)
    if (!known) repairs.missing++
    else if (delta < 0) repairs.negative++
    now += known ? delta : at > 0 ? interval : 0
    stamps[at] = now
  }
  return stamps
}

/** Deltas that are enough to find the usual one. */
const ENOUGH_DELTAS = 10_000

/** Median of the positive deltas; without any, the span divided by the samples; else V8's usual 1 ms. */
function usualInterval({ deltas, span }: { deltas: unknown[]; span: number }, count: number): number {
  const step = Math.ceil(deltas.length / ENOUGH_DELTAS)
  const good: number[] = []
  for (let at = 0; at < deltas.length; at += step) {
    const delta = deltas[at]
    if (typeof delta === 'number' && delta > 0 && Number.isFinite(delta)) good.push(delta)
  }
  if (good.length > 0) return good.sort((a, b) => a - b)[good.length >> 1]!
  return span > 0 && count > 0 ? span / count : 1000
}

/** The last sample ends with the profile if that is less than an interval away. */
function lastEnd(last: number, span: number, interval: number): number {
  return span >= last && span <= last + interval ? span : last + interval
}

function inOrder(stamps: Float64Array, sort: boolean): Uint32Array {
  // A loop: an iterator over a million samples costs a fifth of reading the file.
  const order = new Uint32Array(stamps.length)
  for (let at = 0; at < order.length; at++) order[at] = at
  return sort ? order.sort((a, b) => stamps[a]! - stamps[b]! || a - b) : order
}
