/** Latency of servers with known delays, and the effect of a stall of two seconds on either loop. */
import type { ChildProcess } from 'node:child_process'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { median, quantile } from '../../harness/stats/describe.ts'
import { type Histogram, percentile } from '../../harness/stats/histogram.ts'
import type { Context, Target } from '../experiment.ts'
import { type Brief, generate, warm } from './generate.ts'
import { withServer } from './service.ts'

const SERVER = join(import.meta.dirname, 'delays.js')

/** Several, because another program on the machine can spoil one. */
const TURNS = 3

/** Paths of delays, percentiles to check, requests of each connection in five seconds, and turns when quick. */
const KNOWN: [path: string, percentiles: number[], times: number, fewTurns: number][] = [
  ['/5', [50, 99], 1_000, TURNS],
  ['/20/80/0.9', [50, 85, 95, 99], 200, 1],
]

/** A percentile can be off by this share of it, or by this many µs. */
const SHARE = 0.02
const LEAST = 50

const STALL = 2_000
const RATE = 400

export function accuracy({ quick }: Context): Promise<Target[]> {
  return withServer(SERVER, async (url, server, http2) => [
    ...(await known({ url }, url, quick)),
    // Three minutes have no room for both.
    ...(quick ? [] : await known({ url: http2!, protocol: 'http/2' }, url, quick)),
    ...(await stalled(url, server, quick ? 6_000 : 8_000)),
  ])
}

/** @param asked for the times at which the server has answered */
async function known(
  place: Pick<Brief, 'url' | 'protocol'>,
  asked: string,
  quick: boolean,
): Promise<Target[]> {
  const targets: Target[] = []
  for (const loop of ['open', 'closed'] as const) {
    const warming = loop === 'open' ? { rate: 2_000, duration: 1_000 } : { times: 500 }
    await warm({ ...place, path: '/2', ...warming, noteSent: true })
    for (const [path, percents, times, fewTurns] of KNOWN) {
      const share = quick ? 0.4 : 1
      const brief = loop === 'open' ? { rate: 200, duration: 5_000 * share } : { times: times * share }
      const turns = { length: quick ? fewTurns : TURNS }
      const seen = await Array.fromAsync(turns, () => compared({ ...place, path, ...brief }, asked))
      const name = `${place.protocol ?? 'http/1.1'}, ${loop} loop, delays ${path}`
      targets.push(...percents.map(percent => judged(name, percent, seen)))
    }
  }
  return targets
}

function judged(load: string, percent: number, seen: Compared[]): Target {
  const off = seen.map(({ found, answered }) => at(found, percent) - answered(percent))
  const unsure = seen.map(({ unsure }) => at(unsure, percent))
  const truth = median(seen.map(({ answered }) => answered(percent)))
  const allowed = Math.round(Math.max(LEAST, SHARE * truth))
  return {
    name: `${load}, p${percent}`,
    value: `${signed(median(off))} µs off (${off.map(signed).join(', ')}); p${percent} of its uncertainty ${unsure.map(Math.round).join(', ')} µs`,
    bound: `${Math.round(truth)} ± ${allowed} µs at the median of ${seen.length}`,
    met: Math.abs(median(off)) <= allowed,
  }
}

/** How either loop reports two seconds without a response. */
async function stalled(url: string, server: ChildProcess, duration: number): Promise<Target[]> {
  const during = async (brief: Brief) => {
    const stall = async () => {
      await wait(2_000)
      server.kill('SIGSTOP')
      await wait(STALL)
      server.kill('SIGCONT')
    }
    const [seen] = await Promise.all([generate(brief), stall()])
    return seen
  }
  const open = await during({ url, path: '/2', rate: RATE, duration, arrivals: 'constant' })
  // Requests that were due during the stall waited for the rest of it.
  const share = STALL / duration
  const targets = [90, 99].map(percent => {
    const theory = STALL * (1 - (1 - percent / 100) / share)
    const found = at(open.latency, percent) / 1_000
    return {
      name: `open loop, stall of ${STALL} ms in ${duration} ms, p${percent}`,
      value: `${Math.round(found)} ms`,
      bound: `${Math.round(theory)} ms by theory ± 5 %`,
      met: Math.abs(found / theory - 1) < 0.05,
    }
  })
  const closed = await during({ url, path: '/2', times: 1_500 })
  return [
    ...targets,
    {
      name: 'closed loop, the same stall, p99',
      value: `${(at(closed.latency, 99) / 1_000).toFixed(1)} ms, longest ${Math.round(at(closed.latency, 100) / 1_000)} ms`,
      bound: 'does not notice it: below 10 ms',
      met: at(closed.latency, 99) < 10_000,
    },
  ]
}

type Compared = Awaited<ReturnType<typeof compared>>

async function compared(brief: Brief, asked: string) {
  await taken(asked)
  const { latency, unsure, sent } = await generate({ ...brief, noteSent: true })
  const times = between(sent, await taken(asked))
  /** Percentile of the µs until the server had answered. */
  const answered = (percent: number) => quantile(times, percent / 100) * 1_000
  return { found: latency, unsure, answered }
}

/** When each request since the last call came and when it was answered, by `machineTime()`. */
const taken = async (url: string): Promise<[came: number, answered: number][]> =>
  (await (await fetch(`${url}/taken`)).json()) as [number, number][]

/**
 * Milliseconds from sending to answering. The server is not exact to the microsecond, and it sees a request late when it had
 * no processor, so its real answering times count. Requests come in the order in which they are sent.
 */
function between(sent: Float64Array, answers: [came: number, answered: number][]): number[] {
  const starts = sent.toSorted()
  return answers.toSorted(([a], [b]) => a - b).map(([, answered], i) => answered - starts[i]!)
}

const signed = (value: number) => `${value > 0 ? '+' : ''}${Math.round(value)}`

const at = (histogram: Histogram, percent: number) => percentile(histogram, percent) ?? 0
