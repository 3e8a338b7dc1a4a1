/** Whether leaving out requests that the generator was late with leaves a fair sample, while something keeps stopping it. */
import { type ChildProcess, spawn } from 'node:child_process'
import { join } from 'node:path'
import { median } from '../../harness/stats/describe.ts'
import { type Histogram, percentile } from '../../harness/stats/histogram.ts'
import { share } from '../../harness/words/numbers.ts'
import type { Context, Target } from '../experiment.ts'
import { type Brief, generate, type Seen, warm } from './generate.ts'
import { isApart, withServer } from './service.ts'

const SERVER = join(import.meta.dirname, 'delays.js')
const PERCENTILES = [50, 85, 95, 99]
const TURNS = 3
/** A percentile can be off by this share of it, or by this many µs. */
const SHARE = 0.02
const LEAST = 50

/** Stops a process for 2 to 15 ms, about fifteen times a second, at moments that have nothing to do with the load. */
const STOPPER = `
const pid = Number(process.argv[1])
const go = () => {
  process.kill(pid, 'SIGSTOP')
  setTimeout(() => {
    process.kill(pid, 'SIGCONT')
    setTimeout(go, -50 * Math.log(1 - Math.random()))
  }, 2 + 13 * Math.random())
}
go()
process.on('exit', () => process.kill(pid, 'SIGCONT'))
process.on('SIGTERM', () => process.exit())
`

/** Turns in pairs: undisturbed and disturbed ones meet the same moods of the machine. */
export function lateness({ quick }: Context): Promise<Target[]> {
  return withServer(SERVER, async url => {
    const brief: Brief = { url, path: '/20/80/0.9', rate: 200, duration: quick ? 3_000 : 8_000 }
    await warm({ ...brief, path: '/2', rate: 2_000, duration: 1_000 })
    const pairs = await Array.fromAsync({ length: TURNS }, async () => ({
      quiet: await generate(brief),
      stopped: await whileStopped(() => generate(brief)),
    }))
    return PERCENTILES.map(percent => judged(percent, pairs))
  })
}

function judged(percent: number, pairs: { quiet: Seen; stopped: Seen }[]): Target {
  const off = (of: (seen: Seen) => Histogram) =>
    pairs.map(({ quiet, stopped }) => at(of(stopped), percent) - at(quiet.latency, percent))
  const [kept, all] = [off(seen => seen.kept), off(seen => seen.latency)]
  const truth = median(pairs.map(({ quiet }) => at(quiet.latency, percent)))
  const allowed = Math.round(Math.max(LEAST, SHARE * truth))
  const left = median(pairs.map(({ stopped: { kept, latency } }) => 1 - kept.totalCount / latency.totalCount))
  return {
    name: `generator stopped again and again, p${percent}`,
    value: `${signed(median(kept))} µs off (${kept.map(signed).join(', ')}) with ${share(left)} left out; with all requests ${signed(median(all))} µs`,
    bound: `${Math.round(truth)} ± ${allowed} µs at the median of ${pairs.length}`,
    met: Math.abs(median(kept)) <= allowed,
  }
}

async function whileStopped<T>(work: () => Promise<T>): Promise<T> {
  const prefix = isApart ? ['taskset', '-c', '1'] : []
  const [program, ...args] = [...prefix, process.execPath, '-e', STOPPER, String(process.pid)]
  const stopper = spawn(program!, args, { stdio: 'ignore' })
  try {
    return await work()
  } finally {
    await ended(stopper)
  }
}

/** A stopper that was killed could leave this process stopped, so it is asked. */
function ended(stopper: ChildProcess): Promise<unknown> {
  const { promise, resolve } = Promise.withResolvers()
  stopper.once('exit', resolve)
  stopper.kill('SIGTERM')
  return promise
}

const signed = (value: number) => `${value > 0 ? '+' : ''}${Math.round(value)}`

const at = (histogram: Histogram, percent: number) => percentile(histogram, percent) ?? 0
