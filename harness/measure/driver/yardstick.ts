/** The yardstick in a round: a slice after each row of the variants' slices, so that it meets the same machine as they do. */
import type { Loader, Sink } from '../../model/capabilities.ts'
import type { LaunchRecord, Slice } from '../../model/launch.ts'
import type { PlannedYardstick } from '../../model/plan.ts'
import type { Step } from '../../model/script.ts'
import { compileScript } from '../../script/index.ts'
import { createHistogram, encodeHistogram, record } from '../../stats/histogram.ts'
import type { Booted } from '../both/messages.ts'
import type { AgentServer } from './agent/server.ts'
import { columns, Launch } from './launch.ts'
import { scriptTimes } from './load/pace.ts'
import { evidence, type Steadiness } from './steady-state.ts'

/** The yardstick never changes, and is steady well before this many requests. */
const MIN_REQUESTS = 4_000

/** Milliseconds of one slice. */
const SLICE = 10

export type Yardstick = Awaited<ReturnType<typeof openYardstick>>

/** @param limits milliseconds that a request and a slice can take */
export async function openYardstick(
  booted: Booted,
  { load }: PlannedYardstick,
  { closed, server }: { closed: Loader; server: AgentServer },
  limits: { request: number; slice: number },
) {
  const script = compileScript({ steps: load.steps as Step[], connections: load.connections }, {}, 1)
  const session = await closed.open({ url: booted.url, script, load, seed: 1, timeout: limits.request })
  const launch = new Launch(booted, session, server, limits)
  const latency = createHistogram()
  const sink: Sink = { latency: (_step, µs) => record(latency, µs), failed() {} }
  const warmUp: Slice[] = []
  const timed: Slice[] = []
  let times = 1
  let state: Pick<Steadiness, 'settled' | 'reason'> = { settled: false, reason: 'it was not warmed up' }
  return {
    isSettled: () => state.settled,
    close: () => launch.close(),
    /** Another slice, until it is steady. */
    async warmUp(origin: number, levels: boolean): Promise<void> {
      if (state.settled) return
      const reads = levels ? 'counters and levels' : launch.least
      warmUp.push(await launch.slice({ first: 0, times }, origin, reads))
      times = scriptTimes(warmUp, load.connections, SLICE) ?? times
      state = evidence([warmUp], { requests: MIN_REQUESTS })[0]!
      if (state.settled) launch.refresh()
    },
    async time(origin: number): Promise<void> {
      timed.push(await launch.slice({ first: 0, times }, origin, launch.least, sink))
    },
    async finish(): Promise<LaunchRecord> {
      return {
        variant: launch.variant,
        boot: booted.boot,
        versions: launch.agents[0]?.versions ?? {},
        warmup: { ...state, slices: columns(warmUp) },
        timed: columns(timed),
        histograms: { latency: [encodeHistogram(latency)] },
        collected: {},
        memory: await launch.memory(),
      }
    },
  }
}
