/** One collector with one launch: it is started, has slices of its own, and is stopped. */
import { performance } from 'node:perf_hooks'
import type {
  AgentLink,
  Collected,
  Collector,
  Occasion,
  Sink,
  SliceSpec,
  Stretches,
} from '../../model/capabilities.ts'
import type { Slice } from '../../model/launch.ts'
import type { Plan } from '../../model/plan.ts'
import type { Level } from '../../model/record.ts'
import { limitsOf } from '../../scenario/limits.ts'
import { within } from '../both/time-limit.ts'
import type { Launch } from './launch.ts'

/** Fewest slices of a group, unless the round runs out of time. */
export const LEAST_SLICES = 2

export interface Setting {
  plan: Plan
  round: number
  /** Runs of the script on each connection so far. */
  first: number
  /** What a slice sends that is as long as so many usual ones. */
  order(first: number, size: number): SliceSpec
  /** What the starts of slices are relative to, as `performance.now()`. */
  origin: number
  /** When the round's time is over, likewise. */
  end: number
}

/** Milliseconds of the slices that a group of collectors shares, in one launch. */
export const timeOf = (group: Collector[], { profiled }: Plan['timing']): number =>
  profiled * Math.max(...group.map(({ share = 1 }) => share))

/** Slices without which a group of collectors tells nothing. */
export const leastOf = ([leader]: Collector[]): number => leader?.batches ?? 1

/** What a collector brought back from one launch, as its agents gave it. */
export interface Taken {
  collector: Collector
  slices: Slice[]
  collected: Collected[]
  processes: number
}

/**
 * @param group collectors that share their slices, at least one
 * @returns undefined when no agent answers: a target that is not Node has no profile. `first` of what comes next
 */
export async function capture(
  group: Collector[],
  launch: Launch,
  { plan, round, first, order, origin, end }: Setting,
): Promise<{ taken: Taken[]; first: number } | undefined> {
  const { agents } = launch
  if (agents.length === 0) return undefined
  const limits = limitsOf(plan)
  const occasion: Occasion = { variant: launch.variant, round, folder: plan.output }
  for (const collector of group) {
    const started = Promise.all(agents.map(agent => collector.start(agent, occasion)))
    await within(limits.slice, `the ${collector.name} profiler was not started`, started)
  }

  const slices: Slice[] = []
  const requests: Stretches = { from: [], to: [] }
  const time = timeOf(group, plan.timing)
  const deadline = performance.now() + time
  const batches = group[0]!.batches
  const size = batches ? Math.max(1, Math.round(time / plan.timing.slice / batches)) : 1
  const sink: Sink = {
    latency: (_, latency, uncorrected = latency) => note(requests, uncorrected),
    failed() {},
  }
  let next = first
  const enough = () => {
    if (slices.length < leastOf(group)) return false
    if (batches || performance.now() >= end) return true
    return slices.length >= LEAST_SLICES && performance.now() >= deadline
  }
  while (!enough()) {
    const sent = order(next, size)
    const slice = await launch.slice(sent, origin, 'nothing', sink)
    next += sent.times
    const watching = group.filter(({ between }) => between)
    const levels = await Promise.all(
      watching.map(collector => levelsOf(agents, agent => collector.between!(agent))),
    )
    slices.push(Object.assign(slice, ...levels))
  }

  const taken: Taken[] = []
  const processes = new Set(agents.map(({ pid }) => pid)).size
  for (const collector of group.toReversed()) {
    const stopped = Promise.all(agents.map(agent => collector.stop(agent, requests, occasion)))
    const collected = await within(
      limits.profilerStop,
      `the ${collector.name} profile was not there`,
      stopped,
    )
    taken.push({ collector, slices, collected, processes })
  }
  return { taken, first: next }
}

/** Collectors that share their slices, each group in the order and at the place of its first. */
export function groupsOf(collectors: Collector[]): Collector[][] {
  const names = new Set(collectors.map(({ name }) => name))
  const leading = ({ along }: Collector) => along === undefined || !names.has(along)
  return collectors
    .filter(leading)
    .map(leader => [leader, ...collectors.filter(other => !leading(other) && other.along === leader.name)])
}

/** A request that was answered just now, after so many µs. */
function note({ from, to }: Stretches, latency: number): void {
  const now = Number(process.hrtime.bigint()) / 1e3
  from.push(now - latency)
  to.push(now)
}

type Levels = Partial<Record<Level, number>>

/** Bytes add up over the processes and threads of a launch; of delays the longest one counts. */
async function levelsOf(agents: AgentLink[], read: (agent: AgentLink) => Promise<Levels>): Promise<Levels> {
  const all = await Promise.all(agents.map(read))
  const known = (level: Level) => all.map(levels => levels[level] ?? 0)
  const has = (level: Level) => all.some(levels => levels[level] !== undefined)
  return {
    ...(has('heapUsed') && { heapUsed: known('heapUsed').reduce((sum, bytes) => sum + bytes, 0) }),
    ...(has('loopDelay') && { loopDelay: Math.max(...known('loopDelay')) }),
  }
}
