/** One slice of either loader against a server, and everything that it reports. */
import { PerformanceObserver } from 'node:perf_hooks'
import { threadTimes } from '../../harness/kernel/threads.ts'
import closed from '../../harness/loaders/closed.ts'
import open from '../../harness/loaders/open.ts'
import { RunningSlice } from '../../harness/loaders/slice.ts'
import { untilCompiled } from '../../harness/measure/driver/v8-threads.ts'
import type { Sink, SliceLoad } from '../../harness/model/capabilities.ts'
import { get } from '../../harness/scenario/write.ts'
import { compileScript } from '../../harness/script/index.ts'
import { createHistogram, type Histogram, record } from '../../harness/stats/histogram.ts'

export interface Seen extends SliceLoad {
  /** µs */
  latency: Histogram
  /** Without the requests that the generator was late with. */
  kept: Histogram
  late: Histogram
  /** How much later an answer may have arrived. */
  unsure: Histogram
  /** Intended times of sending, in ms. */
  arrivals: Float64Array
  /** When each request was sent, or meant to be, by `machineTime()`; with `noteSent`. */
  sent: Float64Array
  /** Milliseconds of garbage collection, and without a processor where the system reports it. */
  collected: number
  waited: number
}

export interface Brief {
  url: string
  path: string
  connections?: number
  /** Requests per second and ms for an open loop; for a closed one the requests of each connection. */
  rate?: number
  duration?: number
  times?: number
  arrivals?: 'constant' | 'poisson'
  protocol?: 'http/2'
  /** Notes when requests were sent, which costs time. */
  noteSent?: boolean
}

export async function generate({
  url,
  path,
  connections = 10,
  rate,
  duration = 0,
  times = 0,
  arrivals,
  protocol,
  noteSent = false,
}: Brief): Promise<Seen> {
  const script = compileScript({ steps: [get(path)], connections }, {}, 1)
  const load = { connections, pipelining: 1, arrivals, protocol }
  const session = await (rate ? open : closed).open({ url, script, load, seed: 1, timeout: 10_000 })
  const most = rate ? Math.ceil((rate * duration * 2) / 1_000 / connections) : times
  const seen = {
    latency: createHistogram(),
    kept: createHistogram(),
    late: createHistogram(),
    unsure: createHistogram(),
  }
  const began = new Times(rate ? most * connections : 0)
  const sent = new Times(noteSent ? most * connections : 0)
  const { latency } = RunningSlice.prototype
  let came = 0
  if (noteSent)
    RunningSlice.prototype.latency = function (this: RunningSlice, bytes, milliseconds) {
      const found = latency.call(this, bytes, milliseconds)
      came = machineTime() - (milliseconds - found.milliseconds)
      return found
    }
  const sink: Sink = {
    latency(_, microseconds, openLoop) {
      const unsure = openLoop?.unsure ?? 0
      record(seen.latency, microseconds)
      if (!openLoop?.disturbed) record(seen.kept, microseconds)
      record(seen.unsure, unsure)
      if (noteSent) sent.note(came - microseconds / 1_000)
      if (openLoop) began.note(openLoop.at)
    },
    failed() {},
    sent(late) {
      record(seen.late, Math.max(0, late))
    },
  }
  const phases = rate ? [{ from: rate, to: rate, duration }] : undefined
  const others = watchOthers()
  try {
    const load = await session.slice({ first: 0, times: most, phases }, sink)
    return { ...seen, ...load, arrivals: began.all, sent: sent.all, ...others() }
  } finally {
    RunningSlice.prototype.latency = latency
    await session.close()
  }
}

/** Like the warm-up of a run, which goes on until the code of its generator is compiled. */
export async function warm(brief: Brief): Promise<void> {
  // Code is optimised in two waves.
  for (let wave = 0; wave < 2; wave++) await untilCompiled(() => generate(brief))
}

/** Milliseconds on a clock that all processes share. */
function machineTime(): number {
  const [seconds, nanoseconds] = process.hrtime()
  return seconds * 1e3 + nanoseconds / 1e6
}

/** Allocated at the start, because growing arrays would make garbage collections long. */
class Times {
  readonly #values: Float64Array
  #count = 0

  constructor(most: number) {
    this.#values = new Float64Array(most).fill(Number.NaN)
  }

  note(time: number): void {
    this.#values[this.#count++] = time
  }

  get all(): Float64Array {
    return this.#values.subarray(0, this.#count)
  }
}

/** Watches what keeps this process from generating, until the result is called. */
function watchOthers(): () => { collected: number; waited: number } {
  let collected = 0
  const observer = new PerformanceObserver(list => {
    for (const { duration } of list.getEntries()) collected += duration
  })
  observer.observe({ entryTypes: ['gc'] })
  const before = runDelay()
  return () => {
    for (const { duration } of observer.takeRecords()) collected += duration
    observer.disconnect()
    return { collected, waited: runDelay() - before }
  }
}

/** Milliseconds that the main thread waited for a processor; 0 where the kernel does not count them. */
const runDelay = () => (threadTimes(process.pid, process.pid)?.waited ?? 0) / 1e6
