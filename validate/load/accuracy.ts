/** Latency against servers whose delays are known exactly, and what a stall of two seconds does to either loop. */
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { quantile } from '../../harness/stats/describe.ts'
import { type Histogram, percentile } from '../../harness/stats/histogram.ts'
import { type Asked, generate, warm } from './generate.ts'
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
    await warm({ url, path: '/0', times: 2_000 })
    await warm({ url, path: '/0', rate: 4_000, duration: 2_000 })
    for (const [path, percents] of KNOWN) {
      for (const asked of loops(url, path)) {
        await taken(url)
        const { latency, sent } = await generate(asked)
        const delays = between(sent, await taken(url))
        for (const percent of percents) {
          const truth = quantile(delays, percent / 100) * 1_000
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

/** When each request came to the server and when it was answered, since the last call, as `machineTime()`. */
const taken = async (url: string): Promise<[came: number, answered: number][]> =>
  (await (await fetch(`${url}/taken`)).json()) as [number, number][]

/**
 * Milliseconds from sending to answering. The server does not do what it is asked to the microsecond, and it sees a
 * request late when it has been kept from its processor: what it really did counts, and requests come in the order in
 * which they are sent. The way back and hearing of it take as long as each other.
 */
function between(sent: number[], answers: [came: number, answered: number][]): number[] {
  const starts = sent.toSorted((a, b) => a - b)
  return answers.toSorted(([a], [b]) => a - b).map(([, answered], i) => answered - starts[i]!)
}

const at = (histogram: Histogram, percent: number) => percentile(histogram, percent) ?? 0

const loops = (url: string, path: string): Asked[] => [
  { url, path, rate: 200, duration: 10_000 },
  { url, path, times: 400 },
]
