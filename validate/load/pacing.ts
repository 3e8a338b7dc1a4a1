/** Whether the open loop sends when it means to, and whether its arrivals are a Poisson process. */
import { join } from 'node:path'
import { median, quantile } from '../../harness/stats/describe.ts'
import { percentile } from '../../harness/stats/histogram.ts'
import { generate, type Seen, warm } from './generate.ts'
import type { Outcome } from './outcome.ts'
import { overlap, Pauses } from './pauses.ts'
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
    await warm({ url, path: '/a', connections: 50, rate: 8_000, duration: 2_000 })
    for (const rate of RATES) {
      const seen: Seen[] = []
      for (let turn = 0; turn < TURNS; turn++)
        seen.push(
          await generate(
            { url, path: '/a', connections: 50, rate, duration: quick ? 1_500 : 4_000 },
            new Pauses(),
          ),
        )
      const [late, own] = [seen.map(({ late }) => percentile(late, 99) ?? 0), seen.map(ownLateness)]
      const errors = seen.reduce((sum, { errors }) => sum + errors, 0)
      const worst = Math.max(...seen.map(({ arrivals }) => distance(arrivals, rate)))
      outcomes.push(
        {
          what: `${rate} requests/s: sent late by`,
          found: `p50 ${each(seen, ({ late }) => percentile(late, 50) ?? 0)} µs, p99 ${late.map(Math.round).join(', ')} µs, ${own.map(Math.round).join(', ')} µs of it its own doing; paused for ${each(seen, paused)} %, busy ${each(seen, busy)} % beside sleeping; ${errors} errors`,
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
  all.map(seen => Math.round(figure(seen))).join(', ')

/** µs that one request in a hundred is late, less the pauses that fell into its lateness. */
const ownLateness = ({ delays, pauses }: Seen): number =>
  1_000 *
  quantile(
    delays.map(delay => delay[1] - delay[0] - overlap(delay, pauses)),
    0.99,
  )

const paused = ({ pauses, wall }: Seen) =>
  1e8 * (pauses.reduce((sum, [from, to]) => sum + to - from, 0) / wall)

const busy = ({ spun = 0, wall }: Seen) => 100 * (1 - spun / wall)

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
