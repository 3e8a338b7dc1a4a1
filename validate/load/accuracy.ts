/** Latency against servers whose delays are known exactly, and what a stall of two seconds does to either loop. */
import type { ChildProcess } from 'node:child_process'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { median, quantile } from '../../harness/stats/describe.ts'
import { type Histogram, percentile } from '../../harness/stats/histogram.ts'
import { type Asked, generate, warm } from './generate.ts'
import type { Outcome } from './outcome.ts'
import { withServer } from './service.ts'

const SERVER = join(import.meta.dirname, 'delays.js')

/** A neighbour of this machine can spoil one. */
const TURNS = 3

/**
 * The path of the delays, the percentiles that are looked at, how often the closed loop asks in five seconds, and turns of
 * each load in a hurry.
 */
const KNOWN: [path: string, percentiles: number[], times: number, fewTurns: number][] = [
  ['/5', [50, 99], 1_000, TURNS],
  ['/20/80/0.9', [50, 85, 95, 99], 200, 1],
]

/** What a percentile may be off: a share of it, or µs. */
const SHARE = 0.02
const LEAST = 50

const STALL = 2_000
const RATE = 400

export async function accuracy(quick: boolean): Promise<Outcome[]> {
  return withServer(SERVER, async (url, server) => {
    return [...(await known(url, quick)), ...(await stalled(url, server, quick ? 6_000 : 8_000))]
  })
}

async function known(url: string, quick: boolean): Promise<Outcome[]> {
  const outcomes: Outcome[] = []
  for (const loop of ['open', 'closed'] as const) {
    const brief = loop === 'open' ? { rate: 2_000, duration: 1_000 } : { times: 500 }
    await warm({ url, path: '/2', ...brief, looked: true })
    for (const [path, percents, times, fewTurns] of KNOWN) {
      const share = quick ? 0.4 : 1
      const asked = loop === 'open' ? { rate: 200, duration: 5_000 * share } : { times: times * share }
      const seen: Compared[] = []
      for (let turn = 0; turn < (quick ? fewTurns : TURNS); turn++)
        seen.push(await compared({ url, path, ...asked }))
      outcomes.push(...percents.map(percent => judged(`${loop} loop, delays ${path}`, percent, seen)))
    }
  }
  return outcomes
}

function judged(load: string, percent: number, seen: Compared[]): Outcome {
  const off = seen.map(({ found, answered }) => at(found, percent) - answered(percent))
  const unsure = seen.map(({ unsure }) => at(unsure, percent))
  const truth = median(seen.map(({ answered }) => answered(percent)))
  const allowed = Math.round(Math.max(LEAST, SHARE * truth))
  return {
    what: `${load}, p${percent}`,
    found: `${signed(median(off))} µs off (${off.map(signed).join(', ')}); p${percent} of what it is unsure of ${unsure.map(Math.round).join(', ')}`,
    target: `${Math.round(truth)} ± ${allowed} µs in the middle of ${seen.length}`,
    passed: Math.abs(median(off)) <= allowed,
  }
}

/** What either loop knows of two seconds without an answer. */
async function stalled(url: string, server: ChildProcess, duration: number): Promise<Outcome[]> {
  const during = async (asked: Asked) => {
    const stall = async () => {
      await wait(2_000)
      server.kill('SIGSTOP')
      await wait(STALL)
      server.kill('SIGCONT')
    }
    const [seen] = await Promise.all([generate(asked), stall()])
    return seen
  }
  const open = await during({ url, path: '/2', rate: RATE, duration, arrivals: 'constant' })
  // Those who came during the stall waited for what was left of it.
  const share = STALL / duration
  const outcomes = [90, 99].map(percent => {
    const theory = STALL * (1 - (1 - percent / 100) / share)
    const found = at(open.latency, percent) / 1_000
    return {
      what: `open loop, stall of ${STALL} ms in ${duration} ms, p${percent}`,
      found: `${Math.round(found)} ms`,
      target: `${Math.round(theory)} ms by theory ± 5 %`,
      passed: Math.abs(found / theory - 1) < 0.05,
    }
  })
  const closed = await during({ url, path: '/2', times: 1_500 })
  return [
    ...outcomes,
    {
      what: 'closed loop, the same stall, p99',
      found: `${(at(closed.latency, 99) / 1_000).toFixed(1)} ms, longest ${Math.round(at(closed.latency, 100) / 1_000)} ms`,
      target: 'knows nothing of it: below 10 ms',
      passed: at(closed.latency, 99) < 10_000,
    },
  ]
}

interface Compared {
  found: Histogram
  unsure: Histogram
  /** µs until the server had answered. */
  answered(percent: number): number
}

async function compared(asked: Asked): Promise<Compared> {
  await taken(asked.url)
  const { latency, unsure, sent } = await generate({ ...asked, looked: true })
  const answered = between(sent, await taken(asked.url))
  return { found: latency, unsure, answered: percent => quantile(answered, percent / 100) * 1_000 }
}

/** When each request came to the server and when it was answered, since the last call, as `machineTime()`. */
const taken = async (url: string): Promise<[came: number, answered: number][]> =>
  (await (await fetch(`${url}/taken`)).json()) as [number, number][]

/**
 * Milliseconds from sending to answering. The server does not do what it is asked to the microsecond, and it sees a
 * request late when it has been kept from its processor: what it really did counts, and requests come in the order in
 * which they are sent. The way back and hearing of it take as long as each other.
 */
function between(sent: Float64Array, answers: [came: number, answered: number][]): number[] {
  const starts = sent.toSorted()
  return answers.toSorted(([a], [b]) => a - b).map(([, answered], i) => answered - starts[i]!)
}

const signed = (value: number) => `${value > 0 ? '+' : ''}${Math.round(value)}`

const at = (histogram: Histogram, percent: number) => percentile(histogram, percent) ?? 0
