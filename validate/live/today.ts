/** Two ways in which people compare services today, on the same service and in the same minutes. */
import autocannon from 'autocannon'
import type { Found } from './outcome.ts'
import { withService } from './service.ts'
import { countedSample, type Sample, sampleOf, welch } from './welch.ts'

const CONNECTIONS = 10

/** A difference in requests per second that a person would call one. */
const NOTICED = 0.02

interface Shot {
  /** Requests per second. */
  rate: number
  /** Milliseconds, of every answer. */
  latency: Sample
}

/** autocannon on the one, then on the other, a fresh process each; judged by a test over requests, and by eye. */
export async function beforeAfter(level: number, seconds: number, signal: AbortSignal) {
  const before = await shoot(0, seconds, signal)
  const after = await shoot(level, seconds, signal)
  return { 'before-after': welch(before.latency, after.latency), 'by-eye': byEye(before.rate, after.rate) }
}

/** Fresh processes of both in turn, a throughput from each, and Welch's test over the processes. */
export async function alternated(
  level: number,
  { times, seconds }: { times: number; seconds: number },
  signal: AbortSignal,
): Promise<Found> {
  const costs: [number[], number[]] = [[], []]
  for (let time = 0; time < times; time++) {
    costs[0].push(1 / (await shoot(0, seconds, signal)).rate)
    costs[1].push(1 / (await shoot(level, seconds, signal)).rate)
  }
  return welch(sampleOf(costs[0]), sampleOf(costs[1]))
}

/** Requests per second before and after: the relative difference, as a change of the time that a request takes. */
export function byEye(before: number, after: number): Found {
  const estimate = before / after - 1
  const status = estimate >= NOTICED ? 'regressed' : estimate <= -NOTICED ? 'improved' : 'fine'
  return { status, estimate, low: null, high: null }
}

function shoot(level: number, seconds: number, signal: AbortSignal): Promise<Shot> {
  signal.throwIfAborted()
  return withService(level, async url => {
    const latency = countedSample()
    const began = performance.now()
    await new Promise<void>((resolve, reject) => {
      const instance = autocannon(
        {
          url,
          connections: CONNECTIONS,
          pipelining: 1,
          duration: seconds,
          timeout: 10,
          requests: [{ method: 'GET', path: '/orders' }],
          setupClient: () => {},
          excludeErrorStats: false,
        },
        error => (error ? reject(error) : resolve()),
      )
      instance.on('response', (_client, _status, _bytes, milliseconds: number) => latency.add(milliseconds))
      signal.addEventListener('abort', () => instance.stop(), { once: true })
    })
    signal.throwIfAborted()
    const sample = latency.sample()
    return { rate: sample.count / ((performance.now() - began) / 1_000), latency: sample }
  })
}
