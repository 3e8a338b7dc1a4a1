/** The profiled slices: a block per launch and group, because starting a profiler costs more than a slice. */
import type { Collected, Collector, Occasion } from '../../../model/capabilities.ts'
import type { Slice } from '../../../model/launch.ts'
import type { Context } from '../context.ts'
import type { Launch } from '../launch.ts'
import { type Block, leastOf, takeBlock } from './block.ts'
import type { Helpers } from './helper-processes.ts'
import { Watch } from './watch.ts'

/** What a collector brought back, from each of its subjects. */
export interface Taken {
  collector: Collector
  slices: Slice[]
  collected: Collected[]
  seen: Record<string, number>
}

/** @returns what was taken from each launch. The first one also has what was taken from the machine. */
export async function profileLaunches(context: Context, helpers: Helpers): Promise<Taken[][]> {
  const taken: Taken[][] = context.launches.map(() => [])
  for (const group of context.groups) {
    const { turns, deadlines } = context
    if (!context.fits(deadlines.profiled, turns.took * leastOf(group))) continue
    for (const [i, own] of (await profileGroup(context, group, helpers)).entries()) taken[i]!.push(...own)
  }
  return taken
}

async function profileGroup(context: Context, group: Collector[], helpers: Helpers): Promise<Taken[][]> {
  const { plan, pace, turns, launches, limits, origin, deadlines, tools } = context
  const names = group.map(({ name }) => name).join(' and ')
  tools.tell({ type: 'stage', stage: 'profiled', detail: names })
  const occasionOf = ({ variant, booted }: Launch): Occasion => ({
    variant,
    round: context.round,
    folder: plan.output,
    helper: command => helpers.start(command, booted.mark),
  })
  const links = launches.map(({ link }) => link)
  const machine = group.flatMap(one => Watch.onMachine(one, links, occasionOf(launches[0]!), limits) ?? [])
  const setting = { plan, pace, first: turns.first, origin, end: origin + deadlines.profiled }
  const blocks = new Map<Launch, Block>()
  const taken: Taken[][] = launches.map(() => [])
  for (const watch of machine) await watch.start()
  await turns.each(`${names} profile`, async (launch, i) => {
    const watches = group.flatMap(one => Watch.onLaunch(one, launch, occasionOf(launch), limits) ?? [])
    if (watches.length + machine.length === 0) return
    for (const watch of watches) await watch.start()
    const block = await takeBlock(group, launch, watches, setting)
    for (const watch of watches.toReversed()) taken[i]!.push(await stopped(watch, block))
    blocks.set(launch, block)
  })
  const every = [...blocks.values()]
  const all: Block = {
    slices: blocks.get(launches[0]!)?.slices ?? [],
    requests: {
      from: every.flatMap(({ requests }) => requests.from),
      to: every.flatMap(({ requests }) => requests.to),
    },
    next: Math.max(turns.first, ...every.map(({ next }) => next)),
  }
  for (const watch of machine.toReversed()) taken[0]!.push(await stopped(watch, all))
  turns.first = all.next
  return taken
}

const stopped = async (watch: Watch, { slices, requests }: Block): Promise<Taken> => ({
  collector: watch.collector,
  slices,
  collected: await watch.stop(requests),
  seen: watch.seen,
})
