/** The warm-up: slices until every launch is steady or the time is over, and then the change to the loop that measures. */
import type { LaunchRecord, Slice } from '../../model/launch.ts'
import { cpuColumn } from '../../scenario/needs.ts'
import { gatesTail } from '../../scenario/tails.ts'
import { sum } from '../../stats/describe.ts'
import type { Context } from './context.ts'
import { TRIAL } from './deadlines.ts'
import { columns } from './launch.ts'
import { RateSearch } from './load/comfortable-rate.ts'
import { scriptTimes, steady, typicalTime } from './load/pace.ts'
import { LoadResults } from './load/results.ts'
import { evidence, type Steadiness, utilisation } from './steady-state.ts'
import { untilCompiled } from './v8-threads.ts'

/** Milliseconds of a slice of the warm-up when the measured ones are longer. */
const SLICE = 10
/** Slices of the warm-up are this many times as long, because nothing is paired there and reading counters takes time. */
const STRETCH = 4
/** Rows of slices that it takes to tell whether launches mostly wait, which decides how they are measured. */
const LEAST_ROWS = 2
/** Rows of slices between two readings of the size of compiled code, which cost more than a slice. */
const LEVELS_EVERY = 2
/** Milliseconds after which launches that mostly wait are measured as they are. More of the same would hardly warm them. */
const MOST_WAITING = 3_000
/**
 * Launches that, with their needs, use less than this share of a processor together are loaded at the same time. The slowest
 * requests are those that had to wait for a processor, so a gate on a tail allows less.
 */
const TOGETHER = { usually: 0.7, tail: 0.5 }

export async function warmUp(context: Context): Promise<LaunchRecord['warmup'][]> {
  const { plan, tools, launches, origin, pace } = context
  tools.tell({ type: 'stage', stage: 'warm-up', detail: '' })
  const slices: Slice[][] = launches.map(() => [])
  const baseline = slices[launches.findIndex(({ variant }) => variant === plan.baseline)]!
  const { learnt } = pace
  const length = tools.loader === tools.warmer && !tools.loader.paced ? plan.timing.slice : SLICE
  const requests = tools.script.length * plan.load.connections
  const begin = performance.now() - origin
  // Only the scenario knows how much load another machine may get.
  const isPaced = plan.remote !== undefined && tools.loader.paced === true
  if (isPaced) pace.open(context.timing.slice)
  const deadline = () => Math.min(begin + context.limits.warmup * context.turns, context.deadlines.warmUp)
  const rate = typeof plan.load.rate === 'number' ? plan.load.rate : undefined
  const needs = (plan.needs ?? []).map(({ name }) => cpuColumn(name))
  let states = evidence(slices, plan.warmup, rate)
  const most = gatesTail(plan) ? TOGETHER.tail : TOGETHER.usually
  /** Whether launches wait so much that neither they nor their needs disturb each other, at the rate at which they are measured. */
  const canBeTogether = () =>
    states.every(({ waits }) => waits) && sum(slices.map(own => utilisation(own, rate, needs))) <= most
  const isOver = (state: Steadiness) => {
    // A scenario that asks for a number of requests gets it.
    if (state.settled || !state.waits || plan.warmup.processorTime === undefined) return state.settled
    const isLong = performance.now() - origin - begin >= MOST_WAITING
    return isLong || (plan.warmup.latencyOnly === true && state.latencySettled)
  }
  const open = () => !states.every(isOver) || context.yardstick?.isSettled() === false
  for (let row = 0; open() && (row < LEAST_ROWS || context.fits(deadline())); row++) {
    const levels = row % LEVELS_EVERY === 0
    const times = scriptTimes(baseline, requests, length * STRETCH) ?? learnt.times
    const shares = context.together ? [] : sharesOf(slices)
    const specFor = (share: number) =>
      isPaced ? pace.usual(context.first) : { first: context.first, times: times * share }
    await context.row('warm-up', specFor(Math.max(1, ...shares)), async (launch, i) => {
      const reads = levels ? 'counters and levels' : launch.least
      slices[i]!.push(await launch.slice(specFor(shares[i] ?? 1), origin, reads))
    })
    await context.withYardstick(yardstick => yardstick.warmUp(origin, levels))
    learnt.times = scriptTimes(baseline, requests, length) ?? learnt.times
    states = evidence(slices, plan.warmup, rate)
    pace.waits = !isPaced && states.every(({ waits }) => waits)
    if (!context.together) context.loadTogether(canBeTogether())
  }
  context.loadTogether(canBeTogether())
  if (!isPaced) pace.warmedUp(typicalTime(baseline), Math.max(...slices.map(typicalTime)))
  return states.map(({ settled, reason, latencySettled }, i) => ({
    settled,
    ...(reason !== undefined && { reason }),
    ...(states.every(({ waits }) => waits) && { latencySettled }),
    slices: columns(slices[i]!),
  }))
}

/** Most times as many requests as the slowest launch. */
const MOST_TIMES = 10

/**
 * A launch that is several times as fast as the slowest one gets as many times its requests. With equal numbers, the slow one takes
 * nearly all of the time, and the fast one is measured before its code is optimised.
 */
function sharesOf(slices: Slice[][]): number[] {
  const times = slices.map(typicalTime)
  const slowest = Math.max(...times)
  return times.map(time => (time > 0 ? Math.min(MOST_TIMES, Math.max(1, Math.floor(slowest / time))) : 1))
}

/** Changes from the loop that warms up to the one that measures. */
export async function changeLoop(context: Context): Promise<void> {
  const { tools, launches, ahead } = context
  const begin = performance.now()
  await Promise.allSettled(ahead)
  context.extend(performance.now() - begin)
  for (const [at, launch] of launches.entries())
    await launch.use(await (ahead[at] ?? context.connect(tools.loader, launch.booted)))
  await (tools.loader.paced ? openLoop(context) : fitSlices(context))
}

/** Rows of slices until the workers of another engine have their connections, and it is known how long they take for a request. */
const FITTING = 3

async function fitSlices(context: Context): Promise<void> {
  const { plan, tools, origin, pace } = context
  const requests = tools.script.length * plan.load.connections
  const slices: Slice[] = []
  for (let row = 0; row < FITTING; row++) {
    const spec = pace.usual(context.first)
    await context.row('warm-up', spec, async launch => {
      const slice = await launch.slice(spec, origin, 'nothing')
      if (launch.variant === plan.baseline) slices.push(slice)
    })
    pace.learnt.times = scriptTimes(slices, requests, plan.timing.slice) ?? pace.learnt.times
  }
}

/** Rows that the open loop sends on new connections before any are timed. */
const ROWS_TO_CONNECT = 2

/** At the scenario's rate, or one that both sides can handle. */
async function openLoop(context: Context): Promise<void> {
  const { plan, pace, origin } = context
  if (plan.load.rate === undefined && !plan.load.phases && pace.learnt.rate === undefined)
    await findRate(context)
  pace.open(context.timing.slice, context.together)
  // Connections are new, and in the first round so is the generator's code. Neither should be timed. In later rounds, what
  // still asks for processors is its garbage collector, which would keep on doing so.
  const row = () => {
    const spec = pace.shortest(context.first)
    return context.row('warm-up', spec, launch => launch.slice(spec, origin, 'nothing'))
  }
  const most = context.round === 1 ? undefined : ROWS_TO_CONNECT
  await untilCompiled(row, () => context.fits(context.deadlines.change), most)
}

async function findRate(context: Context): Promise<void> {
  const { pace, tools, origin } = context
  const search = new RateSearch(pace.slowest, pace.waits)
  for (let rate = search.next; rate && context.fits(context.deadlines.change); rate = search.next) {
    const spec = pace.paced(steady(rate, TRIAL), context.first)
    const results = new LoadResults(tools.script.steps)
    const slices: Slice[] = []
    await context.row('warm-up', spec, async launch => {
      slices.push(await launch.slice(spec, origin, 'nothing', results))
    })
    search.add({
      cost: loaderTime(slices),
      late: results.late(90),
      refused: Math.max(...slices.map(refused)),
    })
  }
  pace.learnt.rate = search.found
  pace.learnt.limit = search.limit
}

const refused = ({ requests, errors, unexpected }: Slice): number =>
  ((errors ?? 0) + (unexpected ?? 0)) / Math.max(1, (requests ?? 0) + (errors ?? 0))

/** Nanoseconds that the load generator was busy per request, by its event loop or by its CPU time, whichever is more. */
function loaderTime(slices: Slice[]): number {
  const busy = ({ loaderUtilization, loaderCpu, wall }: Slice) =>
    Math.max((loaderUtilization ?? 0) * (wall ?? 0), loaderCpu ?? 0)
  return sum(slices.map(busy)) / Math.max(1, sum(slices.map(({ requests }) => requests ?? 0)))
}
