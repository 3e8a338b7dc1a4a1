/** Changes from the closed loop of the warm-up to the open one, at the scenario's rate or one that both sides can handle. */
import type { Pace as PaceRecord, Slice } from '../../model/launch.ts'
import type { Context } from './context.ts'
import { TRIAL } from './deadlines.ts'
import { RateSearch, type Trial } from './load/comfortable-rate.ts'
import { steady } from './load/pace.ts'
import { LoadResults } from './load/results.ts'
import { loaderTime } from './load/typical-slice.ts'
import { untilCompiled } from './v8-threads.ts'

export async function changeLoop(context: Context): Promise<void> {
  const { plan, turns, tools, pace, origin } = context
  for (const launch of context.launches) await launch.use(await context.connect(tools.loader, launch.booted))
  if (plan.load.rate === undefined && !plan.load.phases && pace.learnt.rate === undefined)
    Object.assign(pace.learnt, await findRate(context))
  pace.open()
  // Connections are new, and in the first round so is the generator's code. Neither should be timed.
  const row = () => {
    const spec = pace.usual(turns.first)
    return turns.row('warm-up', spec, launch => launch.slice(spec, origin, 'nothing'))
  }
  await untilCompiled(row, () => context.fits(context.deadlines.change))
}

async function findRate(context: Context): Promise<Pick<PaceRecord, 'limit'> & { rate: number }> {
  const search = new RateSearch(context.pace.slowest)
  for (let rate = search.next; rate && context.fits(context.deadlines.change); rate = search.next)
    search.add(await tryRate(context, rate))
  return { rate: search.found, limit: search.limit }
}

async function tryRate({ pace, turns, tools, origin }: Context, rate: number): Promise<Trial> {
  const spec = pace.paced(steady(rate, TRIAL), turns.first)
  const results = new LoadResults(tools.script.steps)
  const slices: Slice[] = []
  await turns.row('warm-up', spec, async launch => {
    slices.push(await launch.slice(spec, origin, 'nothing', results))
  })
  return { cost: loaderTime(slices), late: results.late(90) }
}
