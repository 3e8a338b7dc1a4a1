/** One slice of either loader at a server, with what it reports. */
import closed from '../../harness/loaders/closed.ts'
import open from '../../harness/loaders/open.ts'
import { untilCompiled } from '../../harness/measure/driver/threads.ts'
import type { Sink, SliceLoad } from '../../harness/model/capabilities.ts'
import { get } from '../../harness/model/script.ts'
import { compileScript } from '../../harness/script/index.ts'
import { createHistogram, type Histogram, record } from '../../harness/stats/histogram.ts'
import { machineTime, type Pauses, type Stretch } from './pauses.ts'

export interface Seen extends SliceLoad {
  /** µs */
  latency: Histogram
  uncorrected: Histogram
  late: Histogram
  /** How far off the time of an answer may be. */
  unsure: Histogram
  /** Intended times of sending, in ms. */
  arrivals: number[]
  /** When each request was sent, or meant to be, as `machineTime()`; while pauses are looked for. */
  sent: number[]
  /** From the intended time of sending to the actual one. */
  delays: Stretch[]
  pauses: Stretch[]
}

export interface Asked {
  url: string
  path: string
  connections?: number
  /** Requests per second and ms of an open loop; of a closed one the requests of each connection. */
  rate?: number
  duration?: number
  times?: number
  arrivals?: 'constant' | 'poisson'
}

/** @param pauses looks for them, and costs something */
export async function generate(
  { url, path, connections = 10, rate, duration = 0, times = 0, arrivals }: Asked,
  pauses?: Pauses,
): Promise<Seen> {
  const script = compileScript({ steps: [get(path)], connections }, {}, 1)
  const load = { connections, pipelining: 1, ...(arrivals && { arrivals }) }
  const session = await (rate ? open : closed).open({ url, script, load, seed: 1, timeout: 10_000 })
  const seen = {
    latency: createHistogram(),
    uncorrected: createHistogram(),
    late: createHistogram(),
    unsure: createHistogram(),
    arrivals: [] as number[],
    sent: [] as number[],
    delays: [] as Stretch[],
  }
  let unsure = 0
  const sink: Sink = {
    unsure(microseconds) {
      unsure = microseconds
      record(seen.unsure, microseconds)
    },
    latency(_, microseconds, uncorrected, at) {
      pauses?.mark()
      record(seen.latency, microseconds)
      if (pauses) seen.sent.push(pauses.heard() - (microseconds + unsure) / 1_000)
      if (uncorrected !== undefined) record(seen.uncorrected, uncorrected)
      if (at !== undefined) seen.arrivals.push(at)
    },
    failed() {},
    sent(late) {
      pauses?.mark()
      const now = machineTime()
      seen.delays.push([now - Math.max(0, late) / 1_000, now])
      record(seen.late, Math.max(0, late))
    },
  }
  try {
    const most = rate ? Math.ceil((rate * duration * 2) / 1_000 / connections) : times
    const phases = rate ? { phases: [{ from: rate, to: rate, duration }] } : {}
    const load = await session.slice({ first: 0, times: most, ...phases }, sink)
    return { ...seen, ...load, pauses: pauses?.end() ?? [] }
  } finally {
    pauses?.end()
    await session.close()
  }
}

/** As in a run, whose warm-up goes on until the code of its generator is compiled. */
export const warm = (asked: Asked): Promise<void> => untilCompiled(() => generate(asked))
