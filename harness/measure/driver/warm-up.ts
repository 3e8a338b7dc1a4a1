/** The warm-up: slices in turn until every launch shows that it is steady, or the time for it is over. */
import type { LaunchRecord, Slice } from '../../model/launch.ts'
import type { Context } from './context.ts'
import { columns } from './launch.ts'
import { scriptTimes, typicalTime } from './load/typical-slice.ts'
import { evidence } from './steady-state.ts'

/** Milliseconds of a slice of the warm-up when the measured ones are longer. */
const SLICE = 10
/** Slices of the warm-up are this many times as long, because nothing is paired there and reading counters takes time. */
const STRETCH = 4
/** Rows of slices between two readings of the size of compiled code, which cost more than a slice. */
const LEVELS_EVERY = 2

export async function warmUp(context: Context): Promise<LaunchRecord['warmup'][]> {
  const { plan, tools, turns, launches, origin, pace } = context
  tools.tell({ type: 'stage', stage: 'warm-up', detail: '' })
  const slices: Slice[][] = launches.map(() => [])
  const baseline = slices[launches.findIndex(({ variant }) => variant === plan.baseline)]!
  const { learnt } = pace
  const length = tools.loader.paced ? SLICE : plan.timing.slice
  const requests = tools.script.length * plan.load.connections
  const limit = performance.now() - origin + context.limits.warmup * context.loaded
  const deadline = Math.min(limit, context.deadlines.warmUp)
  let states = evidence(slices, plan.warmup)
  const open = () => states.some(state => !state.settled) || context.yardstick?.settled === false
  for (let row = 0; open() && (row === 0 || context.fits(deadline)); row++) {
    const levels = row % LEVELS_EVERY === 0
    const spec = { first: turns.first, times: learnt.times * (learnt.times > 1 ? STRETCH : 1) }
    await turns.row('warm-up', spec, async (launch, i) => {
      const reads = levels ? 'counters and levels' : launch.least
      slices[i]!.push(await launch.slice(spec, origin, reads))
    })
    await context.withYardstick(yardstick => yardstick.warmUp(origin, levels))
    learnt.times = scriptTimes(baseline, requests, length) ?? learnt.times
    states = evidence(slices, plan.warmup)
  }
  pace.warmedUp(typicalTime(baseline), Math.max(...slices.map(typicalTime)))
  return states.map((state, i) => ({ ...state, slices: columns(slices[i]!) }))
}
