/** Two common ways to compare services, on the same service and in the same minutes. */
import { mean } from '../../harness/stats/describe.ts'
import { welch } from '../../harness/stats/welch.ts'
import { shoot } from '../autocannon.ts'
import type { Found } from './measurement.ts'
import { withService } from './service.ts'

/** A person would notice this difference in requests per second. */
const NOTICED = 0.02

/** Confidence of the tests: Flamegate promises the same for a whole run. */
const CONFIDENCE = 0.99

interface Shot {
  /** Requests per second. */
  rate: number
  /** Milliseconds of every answer. */
  latencies: number[]
}

/** autocannon on each side in a fresh process; judged by a test over requests, and by eye. */
export async function beforeAfter(level: number, seconds: number, signal: AbortSignal) {
  const before = await shot(0, seconds, signal)
  const after = await shot(level, seconds, signal)
  return {
    'before-after': byWelch(before.latencies, after.latencies),
    'by-eye': byEye(before.rate, after.rate),
  }
}

/**
 * Fresh processes of both in turn, a throughput from each, and Welch's test over the processes. Costs are averaged, so with
 * three processes of a second each, one that is disturbed can triple the mean: the interval is as wide, and decides nothing.
 */
export async function alternated(
  level: number,
  { times, seconds }: { times: number; seconds: number },
  signal: AbortSignal,
): Promise<Found> {
  const [before, after]: [number[], number[]] = [[], []]
  for (let time = 0; time < times; time++) {
    before.push(1 / (await shot(0, seconds, signal)).rate)
    after.push(1 / (await shot(level, seconds, signal)).rate)
  }
  return byWelch(before, after)
}

/** Compares costs (more is worse): the change as a fraction of the first mean, with a 95 % interval. */
export function byWelch(before: number[], after: number[]): Found {
  const base = mean(before)
  const { estimate, low, high } = welch(before, after, 0.95)
  const sure = welch(before, after, CONFIDENCE)
  return {
    status: sure.low > 0 ? 'regressed' : sure.high < 0 ? 'improved' : 'inconclusive',
    estimate: estimate / base,
    low: low / base,
    high: high / base,
  }
}

/** The relative difference of requests per second, as a change of the time that a request takes. */
export function byEye(before: number, after: number): Found {
  const estimate = before / after - 1
  const status = estimate >= NOTICED ? 'regressed' : estimate <= -NOTICED ? 'improved' : 'fine'
  return { status, estimate, low: null, high: null }
}

function shot(level: number, seconds: number, signal: AbortSignal): Promise<Shot> {
  signal.throwIfAborted()
  return withService(level, async url => {
    const latencies: number[] = []
    const began = performance.now()
    await shoot({ url, path: '/orders', seconds }, milliseconds => latencies.push(milliseconds), signal)
    signal.throwIfAborted()
    return { rate: latencies.length / ((performance.now() - began) / 1_000), latencies }
  })
}
