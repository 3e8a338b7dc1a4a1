/** Whether the open loop sends when it means to, and whether its arrivals are a Poisson process. */
import { join } from 'node:path'
import { percentile } from '../../harness/stats/histogram.ts'
import { generate, warm } from './generate.ts'
import type { Outcome } from './outcome.ts'
import { ROOT, withServer } from './service.ts'

const RATES = [500, 2_000, 8_000]
const DURATION = 4_000

/** µs that one request in a hundred may be late. */
const LATE = 1_000

/** 1 % critical value of √n · D. Source: N. Smirnov, Table for estimating the goodness of fit (1948). */
const CRITICAL = 1.63

export async function pacing(): Promise<Outcome[]> {
  return withServer(join(ROOT, 'test', 'fixtures', 'server.js'), async url => {
    const outcomes: Outcome[] = []
    await warm({ url, path: '/a', connections: 50, rate: 8_000, duration: 2_000 })
    for (const rate of RATES) {
      const {
        late,
        arrivals,
        requests,
        errors,
        wall,
        spun = 0,
      } = await generate({
        url,
        path: '/a',
        connections: 50,
        rate,
        duration: DURATION,
      })
      const [p50, p99] = [percentile(late, 50) ?? 0, percentile(late, 99) ?? 0]
      const statistic = distance(arrivals, rate)
      outcomes.push(
        {
          what: `${rate} requests/s: sent late by`,
          found: `p50 ${p50} µs, p99 ${p99} µs; ${requests} answers, ${errors} errors; busy ${Math.round(100 * (1 - spun / wall))} % beside sleeping`,
          target: `p99 below ${LATE} µs`,
          passed: p99 < LATE && errors === 0,
        },
        {
          what: `${rate} requests/s: gaps against the exponential distribution`,
          found: `√n·D = ${statistic.toFixed(2)} (Kolmogorov–Smirnov)`,
          target: `below ${CRITICAL}`,
          passed: statistic < CRITICAL,
        },
      )
    }
    return outcomes
  })
}

function distance(arrivals: number[], rate: number): number {
  const times = arrivals.toSorted((a, b) => a - b)
  const gaps = times
    .slice(1)
    .map((time, i) => time - times[i]!)
    .toSorted((a, b) => a - b)
  const D = Math.max(
    ...gaps.map((gap, i) => {
      const expected = 1 - Math.exp((-gap * rate) / 1_000)
      return Math.max(expected - i / gaps.length, (i + 1) / gaps.length - expected)
    }),
  )
  return D * Math.sqrt(gaps.length)
}
