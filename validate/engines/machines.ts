/**
 * Workers on machines of their own load services on another one, behind a network that delays and loses packets where the kernel can do
 * that.
 */
import { join } from 'node:path'
import { value } from '../../harness/words/numbers.ts'
import type { Context, Target } from '../experiment.ts'
import type { ReportDocument } from '../flamegate.ts'
import { measureFar } from './far.ts'
import { type Installed, install } from './installed.ts'

/** Milliseconds in which the service answers, and in which the changed one does. */
const [BEFORE, AFTER] = [10, 12]
/** Share by which the reported change may be off. */
const AGREES = 0.15
/** Virtual users of each worker. */
const USERS = 2
/** Requests per second. Load for another machine needs a limit. */
const AT_MOST = 500
/** Milliseconds after which a worker is killed, and of a run with and without that. */
const [KILLED, TIME, LONG] = [35_000, 60_000, 150_000]
const QUICK_TIME = 40_000

interface Case {
  workers: number
  after: number
  trouble?: 'killed' | 'slow' | 'clock off'
}

const CASES: Case[] = [
  ...[1, 2, 4, 8].map(workers => ({ workers, after: AFTER })),
  { workers: 4, after: BEFORE },
  ...(['killed', 'slow', 'clock off'] as const).map(trouble => ({ workers: 4, after: AFTER, trouble })),
]

const nameOf = ({ workers, after, trouble }: Case): string =>
  `${workers} ${workers === 1 ? 'worker' : 'workers'}${trouble ? `, one of them ${trouble}` : ''}, ${after === BEFORE ? 'no change' : `+${after - BEFORE} ms`}`

export async function* machines({ quick, signal, folder }: Context): AsyncGenerator<Target> {
  const installed = install(true)
  try {
    for (const one of quick ? CASES.slice(1, 2) : CASES) {
      if (signal.aborted) return
      const time = quick ? QUICK_TIME : TIME
      yield* targetsOf(one, await measured(one, time, installed, join(folder, nameOf(one)), signal))
    }
  } finally {
    installed.remove()
  }
}

const measured = (
  { workers, after, trouble }: Case,
  time: number,
  installed: Installed,
  output: string,
  signal: AbortSignal,
): Promise<ReportDocument> => {
  const isKilled = trouble === 'killed'
  const far = {
    workers,
    users: USERS,
    atMost: AT_MOST,
    services: { before: { DELAY: String(BEFORE) }, after: { DELAY: String(after) } },
    preloaded: trouble && !isKilled ? [PRELOADED[trouble]] : [],
    killedAfter: isKilled ? KILLED : undefined,
    maxTime: isKilled ? LONG : time,
  }
  return measureFar(far, installed, output, signal)
}

/** What makes a worker so. */
const PRELOADED = { slow: 'slow-worker.js', 'clock off': 'clock-off.js' }

function* targetsOf(one: Case, report: ReportDocument): Generator<Target> {
  const name = nameOf(one)
  const wanted = one.after > BEFORE ? 'regressed' : 'fine'
  const [gate] = report.gates
  yield { name, value: gate?.status ?? 'unknown', bound: wanted, met: gate?.status === wanted }
  const { before, after } = report.comparisons.find(({ metric }) => metric === 'latency.p50') ?? {}
  const [told, is] = [((after ?? 0) - (before ?? 0)) / 1_000, one.after - BEFORE]
  const off = Math.abs(told - is)
  const most = AGREES * (AFTER - BEFORE)
  yield {
    name: `${name}: reported as`,
    value: `${told.toFixed(2)} ms, with ${report.rounds} rounds`,
    bound: `${is.toFixed(2)} ± ${value(most * 1_000, 'µs')}`,
    met: off <= most,
  }
  const lost = report.findings.find(({ code }) => code === 'round-lost')?.message
  if (one.trouble === 'killed')
    yield { name: `${name}: named`, value: lost ?? 'not', bound: 'a worker', met: /worker/.test(lost ?? '') }
}
