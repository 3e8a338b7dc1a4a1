/** The profiled slices: a block per launch and group of collectors, because starting a profiler costs more than a slice. */
import { performance } from 'node:perf_hooks'
import type { Collected, Collector, Occasion, Probe, Sink, Stretches } from '../../../model/capabilities.ts'
import { COLUMNS, type Column } from '../../../model/columns.ts'
import type { Slice } from '../../../model/launch.ts'
import type { Limits } from '../../../model/limits.ts'
import { within } from '../../both/time-limit.ts'
import type { Context } from '../context.ts'
import { type Block, groupsInTurn, LEAST_SLICES, leastOf, timeOf } from '../deadlines.ts'
import { combined, type Launch } from '../launch.ts'
import { sendBurst } from './rehearsal.ts'
import { lastPart, steadyFrom } from './transient.ts'

/** What a collector brought back, from each of its subjects. */
export interface Taken {
  collector: Pick<Collector, 'name' | 'sums'>
  slices: Slice[]
  collected: Collected[]
  /** The number of processes and threads that the result covers. */
  seen: Record<string, number>
  /** Why there is no result. */
  failed?: string
}

/** @returns what was taken from each launch. The first one also has what was taken from the machine. */
export async function profileLaunches(context: Context): Promise<Taken[][]> {
  const taken: Taken[][] = context.launches.map(() => [])
  for (const { group, time } of groupsOfRound(context)) {
    if (!context.fits(context.deadlines.profiled, context.took * leastOf(group))) continue
    for (const [i, own] of (await profileGroup(context, group, time)).entries()) taken[i]!.push(...own)
  }
  return taken
}

/** Metrics that the load generator counts. Others can need what a collector brings, in every round. */
const OF_LOADER = /^(latency\..+|firstByte\..+|errors|throughput|response\.bytes)$/

/** Rounds of services that wait are short. In the usual order, the last groups would never have their turn. */
function groupsOfRound(context: Context): Block[] {
  const { plan, groups, round, timing, pace, deadlines, origin, turns } = context
  if (!pace.waits || !plan.gates.every(({ metric }) => OF_LOADER.test(metric)))
    return groups.map(group => ({ group, time: timeOf(group, timing) }))
  const room = deadlines.profiled - (performance.now() - origin)
  return groupsInTurn(groups, round, room / turns, timing, pace.learnt.capacity ?? 0)
}

/** @param time milliseconds for each launch */
async function profileGroup(context: Context, group: Collector[], time: number): Promise<Taken[][]> {
  const { plan, round, launches, limits, tools, helpers } = context
  const names = group.map(({ name }) => name).join(' and ')
  tools.tell({ type: 'stage', stage: 'profiled', detail: names })
  const occasionOf = ({ variant, booted }: Launch): Occasion => ({
    variant,
    round,
    folder: plan.output,
    needs: booted.ports,
    helper: (command, ready) => helpers.start(command, booted.mark, ready),
  })
  const subject = { launches: launches.map(({ link }) => link) }
  const machine = group.flatMap(one =>
    one.scope === 'machine' ? [watchOn(one, [subject], {}, occasionOf(launches[0]!), limits)] : [],
  )
  const blocks = new Map<Launch, Taking>()
  const taken: Taken[][] = launches.map(() => [])
  for (const watch of machine) await watch.start()
  await context.each(`${names} profile`, async (launch, i) => {
    const watches = watchesOn(launch, group, occasionOf(launch), limits)
    if (watches.length + machine.length === 0) return
    await rehearse(context, launch, group, occasionOf(launch))
    for (const watch of watches) await watch.start()
    const block = await takeSlices(group, time, launch, watches, context)
    for (const watch of watches.toReversed()) taken[i]!.push(await watch.stop(block, context.origin))
    blocks.set(launch, block)
  })
  const every = [...blocks.values()]
  const slices = blocks.get(launches[0]!)?.slices ?? []
  const requests = {
    from: every.flatMap(({ requests }) => requests.from),
    to: every.flatMap(({ requests }) => requests.to),
  }
  for (const watch of machine.toReversed())
    taken[0]!.push(await watch.stop({ slices, requests }, context.origin))
  context.first = Math.max(context.first, ...every.map(({ next }) => next))
  return taken
}

/** Starts the collectors that need it for a burst of requests, and throws away what they bring back. */
async function rehearse(
  context: Context,
  launch: Launch,
  group: Collector[],
  occasion: Occasion,
): Promise<void> {
  const rehearsing = group.filter(({ rehearses = 0 }) => rehearses > 0)
  for (const watch of watchesOn(launch, rehearsing, occasion, context.limits)) {
    await watch.start()
    await sendBurst(context, launch, Math.max(...rehearsing.map(({ rehearses = 0 }) => rehearses)))
    await watch.stop({ slices: [], requests: { from: [], to: [] } }, context.origin)
  }
}

/** The profiled slices of a launch, shared by a group of collectors. */
interface Taking {
  slices: Slice[]
  /** When each request was in flight. */
  requests: Stretches
  /** Runs of the script on each connection after the block. */
  next: number
}

/** @param watches that read levels between the slices */
async function takeSlices(
  group: Collector[],
  length: number,
  launch: Launch,
  watches: Watch[],
  { timing, pace, first, origin, deadlines }: Context,
): Promise<Taking> {
  const block: Taking = { slices: [], requests: { from: [], to: [] }, next: first }
  const { slices, requests } = block
  const sink: Sink = {
    latency: (_, latency, openLoop, ago) => note(requests, openLoop?.uncorrected ?? latency, ago),
    failed() {},
  }
  const deadline = performance.now() + length
  const end = origin + deadlines.profiled
  const batches = group[0]!.batches
  const size = batches ? Math.max(1, Math.round(length / timing.slice / batches)) : 1
  const isEnough = () => {
    if (slices.length < leastOf(group)) return false
    if (batches || performance.now() >= end) return true
    return slices.length >= LEAST_SLICES && performance.now() >= deadline
  }
  while (!isEnough()) {
    const spec = pace.usual(block.next, size)
    const slice = await launch.slice(spec, origin, 'nothing', sink)
    block.next += spec.times
    const levels = await Promise.all(watches.map(watch => watch.levels()))
    slices.push(Object.assign(slice, ...levels))
  }
  return block
}

/** Notes a request that was answered so many µs ago, after this many µs. */
function note({ from, to }: Stretches, latency: number, ago = 0): void {
  const at = Number(process.hrtime.bigint()) / 1e3 - ago
  from.push(at - latency)
  to.push(at)
}

/** A collector at work: on every agent of a launch, on its process tree, or on the machine. */
interface Watch {
  start(): Promise<unknown>
  /** Levels after a slice, over all subjects. */
  levels(): Promise<Record<string, number>>
  /** @param origin what the starts of slices are relative to */
  stop(block: Pick<Taking, 'slices' | 'requests'>, origin: number): Promise<Taken>
}

type Watching<Subject> = Pick<
  Probe<unknown, Subject>,
  'name' | 'sums' | 'columns' | 'disturbs' | 'mayFail' | 'start' | 'between' | 'stop'
>

/** One that may fail costs its own result only. */
function watchOn<Subject>(
  collector: Watching<Subject>,
  subjects: Subject[],
  seen: Taken['seen'],
  occasion: Occasion,
  limits: Limits,
): Watch {
  const watch = strictWatch(collector, subjects, seen, occasion, limits)
  if (!collector.mayFail) return watch
  let failed: string | undefined
  const tried = async <T>(work: () => Promise<T>, instead: T): Promise<T> => {
    if (failed !== undefined) return instead
    try {
      return await work()
    } catch (error) {
      failed = error instanceof Error ? error.message : String(error)
      return instead
    }
  }
  return {
    start: () => tried(() => watch.start(), undefined),
    levels: () => tried(() => watch.levels(), {}),
    async stop(block, origin) {
      const nothing = { collector, slices: block.slices, collected: [], seen }
      return { ...(await tried(() => watch.stop(block, origin), nothing)), failed }
    },
  }
}

function strictWatch<Subject>(
  collector: Watching<Subject>,
  subjects: Subject[],
  seen: Taken['seen'],
  occasion: Occasion,
  limits: Limits,
): Watch {
  const { name } = collector
  const columns: Record<string, Column> = { ...COLUMNS, ...collector.columns }
  return {
    async start() {
      const started = Promise.all(subjects.map(subject => collector.start(subject, occasion)))
      await within(limits.slice, `the ${name} profiler was not started`, started)
    },
    async levels() {
      const nothing: Record<string, number> = {}
      const found = await Promise.all(subjects.map(subject => collector.between?.(subject) ?? nothing))
      const level = (column: string) =>
        combined(
          columns[column],
          found.flatMap(levels => levels[column] ?? []),
        )
      return Object.fromEntries([...new Set(found.flatMap(Object.keys))].map(name => [name, level(name)]))
    },
    async stop({ slices, requests }, origin) {
      const from = collector.disturbs ? steadyFrom(slices) : 0
      const kept = performance.now() - origin - (slices[from]?.start ?? 0)
      const stopped = Promise.all(subjects.map(subject => collector.stop(subject, requests, occasion)))
      const collected = await within(limits.profilerStop, `the ${name} profile was not there`, stopped)
      if (from === 0) return { collector, slices, collected, seen }
      const steady = collected.map(it => ({ ...it, profile: it.profile && lastPart(it.profile, kept) }))
      return { collector, slices: slices.slice(from), collected: steady, seen }
    },
  }
}

/** On a launch, without collectors of the machine and those that lack their agent. */
function watchesOn(
  { agents, link }: Launch,
  group: Collector[],
  occasion: Occasion,
  limits: Limits,
): Watch[] {
  const processes = new Set(agents.map(({ pid }) => pid)).size
  return group.flatMap(one => {
    const { length } = link.processes()
    if (one.scope === 'launch')
      return length === 0 ? [] : [watchOn(one, [link], { processes: length }, occasion, limits)]
    if (one.scope === 'machine' || agents.length === 0) return []
    return [watchOn(one, agents, { processes, threads: agents.length }, occasion, limits)]
  })
}
