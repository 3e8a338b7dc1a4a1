/** Whether the open loop sends when it means to, and whether its arrivals are a Poisson process. */
import { join } from 'node:path'
import { median, sum } from '../../harness/stats/describe.ts'
import { percentile } from '../../harness/stats/histogram.ts'
import type { Context, Target } from '../experiment.ts'
import { ROOT } from '../experiment.ts'
import { generate, type Seen, warm } from './generate.ts'
import { withServer } from './service.ts'

const RATES = [500, 2_000, 8_000]
/** Several, because another program on the machine can spoil one. */
const TURNS = 3

/** One request in a hundred can be late by this many µs. */
const LATE = 1_000

/** 1 % critical value of √n · D. Source: N. Smirnov, Table for estimating the goodness of fit (1948). */
const CRITICAL = 1.63

export function pacing({ quick }: Context): Promise<Target[]> {
  return withServer(join(ROOT, 'test', 'fixtures', 'server.js'), async url => {
    const targets: Target[] = []
    for (const rate of RATES) {
      const brief = { url, path: '/a', connections: 50, rate }
      // Each pace takes its own paths through the code.
      await warm({ ...brief, duration: quick ? 1_000 : 2_000 })
      const seen = await Array.fromAsync({ length: TURNS }, () =>
        generate({ ...brief, duration: quick ? 1_500 : 4_000 }),
      )
      targets.push(lateness(seen, rate), spread(seen, rate))
    }
    return targets
  })
}

function lateness(seen: Seen[], rate: number): Target {
  const late = seen.map(({ late }) => percentile(late, 99) ?? 0)
  const errors = sum(seen.map(({ errors }) => errors))
  const facts = [
    `p50 ${each(seen, ({ late }) => percentile(late, 50) ?? 0)} µs, p99 ${late.map(Math.round).join(', ')} µs`,
    `${each(seen, busy)} % busy`,
    `${each(seen, ({ collected, wall }) => (1e8 * collected) / wall)} % collecting garbage`,
    `${each(seen, ({ waited, wall }) => (1e8 * waited) / wall)} % without a processor`,
    `${errors} errors`,
  ]
  return {
    name: `${rate} requests/s, sent late by`,
    value: facts.join('; '),
    bound: `p99 below ${LATE} µs at the median of ${TURNS}, no errors`,
    met: median(late) < LATE && errors === 0,
  }
}

function spread(seen: Seen[], rate: number): Target {
  const worst = Math.max(...seen.map(({ arrivals }) => distance(arrivals, rate)))
  return {
    name: `${rate} requests/s, gaps against the exponential distribution`,
    value: `√n·D = ${worst.toFixed(2)} at most (Kolmogorov–Smirnov)`,
    bound: `below ${CRITICAL}`,
    met: worst < CRITICAL,
  }
}

const each = (all: Seen[], of: (seen: Seen) => number) =>
  all.map(seen => Number(of(seen).toPrecision(2))).join(', ')

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
