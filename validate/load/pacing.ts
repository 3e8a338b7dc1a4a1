/** Whether the open loop sends when it means to, and whether its arrivals are a Poisson process. */
import { join } from 'node:path'
import { median } from '../../harness/stats/describe.ts'
import { percentile } from '../../harness/stats/histogram.ts'
import { generate, type Seen, warm } from './generate.ts'
import type { Outcome } from './outcome.ts'
import { ROOT, withServer } from './service.ts'

const RATES = [500, 2_000, 8_000]
/** A neighbour of this machine can spoil one. */
const TURNS = 3

/** µs that one request in a hundred may be late. */
const LATE = 1_000

/** 1 % critical value of √n · D. Source: N. Smirnov, Table for estimating the goodness of fit (1948). */
const CRITICAL = 1.63

export async function pacing(quick: boolean): Promise<Outcome[]> {
  return withServer(join(ROOT, 'test', 'fixtures', 'server.js'), async url => {
    const outcomes: Outcome[] = []
    for (const rate of RATES) {
      // What comes and goes at another pace takes other ways through the code.
      await warm({ url, path: '/a', connections: 50, rate, duration: quick ? 1_000 : 2_000 })
      const seen: Seen[] = []
      for (let turn = 0; turn < TURNS; turn++)
        seen.push(await generate({ url, path: '/a', connections: 50, rate, duration: quick ? 1_500 : 4_000 }))
      const late = seen.map(({ late }) => percentile(late, 99) ?? 0)
      const errors = seen.reduce((sum, { errors }) => sum + errors, 0)
      const worst = Math.max(...seen.map(({ arrivals }) => distance(arrivals, rate)))
      outcomes.push(
        {
          what: `${rate} requests/s: sent late by`,
          found: `p50 ${each(seen, ({ late }) => percentile(late, 50) ?? 0)} µs, p99 ${late.map(Math.round).join(', ')} µs; busy ${each(seen, busy)} % beside sleeping, of it collecting ${each(seen, ({ collected, wall }) => (1e8 * collected) / wall)} %; others had its processor for ${each(seen, ({ waited, wall }) => (1e8 * waited) / wall)} %; ${errors} errors`,
          target: `p99 below ${LATE} µs in the middle of ${TURNS}`,
          passed: median(late) < LATE && errors === 0,
        },
        {
          what: `${rate} requests/s: gaps against the exponential distribution`,
          found: `√n·D = ${worst.toFixed(2)} at most (Kolmogorov–Smirnov)`,
          target: `below ${CRITICAL}`,
          passed: worst < CRITICAL,
        },
      )
    }
    return outcomes
  })
}

const each = (all: Seen[], figure: (seen: Seen) => number) =>
  all.map(seen => Number(figure(seen).toPrecision(2))).join(', ')

const busy = ({ spun = 0, wall }: Seen) => 100 * (1 - spun / wall)

function distance(arrivals: Float64Array, rate: number): number {
  const times = [...arrivals.toSorted()]
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
