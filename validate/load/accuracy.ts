/** Latency against servers whose delays are known exactly, and what a stall of two seconds does to either loop. */
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { quantile } from '../../harness/stats/describe.ts'
import { type Histogram, percentile } from '../../harness/stats/histogram.ts'
import { type Asked, generate } from './generate.ts'
import type { Outcome } from './outcome.ts'
import { withServer } from './service.ts'

const SERVER = join(import.meta.dirname, 'delays.js')

/** The path of the delays, and the percentiles that are looked at. */
const KNOWN: [path: string, percentiles: number[]][] = [
  ['/5', [50, 99]],
  ['/20/80/0.9', [50, 85, 95, 99]],
]

/** What a percentile may be off: a share of it, or µs. */
const SHARE = 0.02
const LEAST = 50

const STALL = 2_000
const RATE = 400
const DURATION = 8_000

export async function accuracy(): Promise<Outcome[]> {
  return withServer(SERVER, async (url, server) => {
    const outcomes: Outcome[] = []
    // As in a run, whose warm-up has the code of both loops compiled.
    await generate({ url, path: '/0', times: 2_000 })
    await generate({ url, path: '/0', rate: 2_000, duration: 4_000 })
    // The way there and back is part of what is measured, and no part of the delay.
    const way = at((await generate({ url, path: '/0', rate: 400, duration: 2_000 })).latency, 50)
    for (const [path, percents] of KNOWN) {
      for (const asked of loops(url, path)) {
        await taken(url)
        const { latency } = await generate(asked)
        // What the server did, which may itself have been kept from its processor, and not what it was asked to do.
        const delays = await taken(url)
        for (const percent of percents) {
          const truth = quantile(delays, percent / 100) * 1_000 + way
          const off = at(latency, percent) - truth
          outcomes.push({
            what: `${asked.rate ? 'open' : 'closed'} loop, delays ${path}, p${percent}`,
            found: `${Math.round(at(latency, percent))} µs, ${off > 0 ? '+' : ''}${Math.round(off)} µs off`,
            target: `${Math.round(truth)} µs ± ${Math.round(Math.max(LEAST, SHARE * truth))}`,
            passed: Math.abs(off) <= Math.max(LEAST, SHARE * truth),
          })
        }
      }
    }
    const stalled = async (asked: Asked) => {
      const stall = async () => {
        await wait(2_000)
        server.kill('SIGSTOP')
        await wait(STALL)
        server.kill('SIGCONT')
      }
      const [seen] = await Promise.all([generate(asked), stall()])
      return seen
    }
    const open = await stalled({ url, path: '/2', rate: RATE, duration: DURATION, arrivals: 'constant' })
    // Those who came during the stall waited for what was left of it.
    const share = STALL / DURATION
    const theory = (percent: number) => STALL * (1 - (1 - percent / 100) / share)
    for (const percent of [90, 99]) {
      const found = at(open.latency, percent) / 1_000
      outcomes.push({
        what: `open loop, stall of ${STALL} ms in ${DURATION} ms, p${percent}`,
        found: `${Math.round(found)} ms`,
        target: `${Math.round(theory(percent))} ms by theory ± 5 %`,
        passed: Math.abs(found / theory(percent) - 1) < 0.05,
      })
    }
    const closed = await stalled({ url, path: '/2', times: 1_500 })
    outcomes.push({
      what: 'closed loop, the same stall, p99',
      found: `${(at(closed.latency, 99) / 1_000).toFixed(1)} ms, longest ${Math.round(at(closed.latency, 100) / 1_000)} ms`,
      target: 'knows nothing of it: below 10 ms',
      passed: at(closed.latency, 99) < 10_000,
    })
    return outcomes
  })
}

/** Milliseconds that the answers since the last call took. */
const taken = async (url: string): Promise<number[]> =>
  (await (await fetch(`${url}/taken`)).json()) as number[]

const at = (histogram: Histogram, percent: number) => percentile(histogram, percent) ?? 0

const loops = (url: string, path: string): Asked[] => [
  { url, path, rate: 200, duration: 5_000 },
  { url, path, times: 100 },
]
