/** The timed slices: in rows of one slice per launch with the same requests, so that they can be compared in pairs. */
import { setTimeout } from 'node:timers/promises'
import { watchSteal } from '../../kernel/times.ts'
import type { LaunchRecord, Slice } from '../../model/launch.ts'
import type { Context } from './context.ts'
import { minSlices } from './deadlines.ts'
import { columns } from './launch.ts'
import { phasesOf } from './load/pace.ts'
import { LoadResults } from './load/results.ts'

/** Rows between two readings of the agents. Waking a service for its counters takes a fifth of a slice's time. */
const AGENTS_EVERY = 4

export type Timed = Pick<LaunchRecord, 'timed' | 'histograms' | 'memory'>

export async function measureTimed(context: Context): Promise<Timed[]> {
  const { plan, tools, launches, pace, origin, timing } = context
  tools.tell({ type: 'stage', stage: 'timed', detail: '' })
  const phases = phasesOf(plan)
  const opened = launches.map(launch => launch.descriptors())
  const { slice, timed, pause } = timing
  /** The load has phases: one slice goes through all of them. */
  const whole = phases && pace.paced(phases, context.first)
  const slices: Slice[][] = launches.map(() => [])
  const results = launches.map(() => new LoadResults(tools.script.steps, phases))
  const deadline = performance.now() + timed * context.turns
  const few = minSlices(context.together)
  const least = whole ? 1 : few
  const most = whole ? 1 : Math.max(few, Math.round(timed / slice))
  const stealing = watchSteal(plan.pinning?.target)
  context.restartTurns()
  for (let n = 0; n < most && (n < least || performance.now() < deadline); n++) {
    // Rounds of services that wait are short, so what they measure comes before what they profile.
    const mayEnd = n > 0 && !(context.together && n < least)
    if (mayEnd && !context.fits(context.deadlines.timed)) break
    const spec = whole ?? pace.usual(context.first)
    await context.row('timed', spec, async (launch, i) => {
      if (pause) await setTimeout(pause)
      const reads = n % AGENTS_EVERY === 0 || spec.phases ? 'counters' : launch.least
      slices[i]!.push(await launch.slice(spec, origin, reads, results[i]!))
    })
    await context.withYardstick(yardstick => yardstick.time(origin))
  }
  const steal = stealing()
  return Promise.all(
    launches.map(async (launch, i) => ({
      timed: columns(slices[i]!),
      steal,
      ...results[i]!.result(pace.openLoad),
      memory: await launch.memory(),
      ...descriptors(opened[i]!, launch.descriptors()),
    })),
  )
}

const descriptors = (before: number | null, after: number | null): Pick<LaunchRecord, 'descriptors'> =>
  before === null || after === null ? {} : { descriptors: [before, after] }
