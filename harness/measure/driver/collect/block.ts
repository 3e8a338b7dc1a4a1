/** A block: the profiled slices of a launch, shared by a group of collectors. */
import { performance } from 'node:perf_hooks'
import type { Collector, Sink, Stretches } from '../../../model/capabilities.ts'
import type { Slice } from '../../../model/launch.ts'
import type { Plan } from '../../../model/plan.ts'
import type { Launch } from '../launch.ts'
import type { Pace } from '../load/pace.ts'
import type { Watch } from './watch.ts'

/** Fewest slices of a block, unless the round runs out of time. */
export const LEAST_SLICES = 2

/** Groups of collectors that share their slices. A group is in the place of its leader. */
export function groupsOf(collectors: Collector[]): Collector[][] {
  const names = new Set(collectors.map(({ name }) => name))
  const leads = ({ along }: Collector) => along === undefined || !names.has(along)
  return collectors
    .filter(leads)
    .map(leader => [leader, ...collectors.filter(other => !leads(other) && other.along === leader.name)])
}

/** Milliseconds of a block. */
export const timeOf = (group: Collector[], { profiled }: Plan['timing']): number =>
  profiled * Math.max(...group.map(({ share = 1 }) => share))

/** Fewest slices from which a group has a result. */
export const leastOf = ([leader]: Collector[]): number => leader?.batches ?? 1

interface Setting {
  plan: Plan
  pace: Pace
  /** Runs of the script on each connection so far. */
  first: number
  /** What the starts of slices are relative to, and when the profiled part ends, as `performance.now()`. */
  origin: number
  end: number
}

export interface Block {
  slices: Slice[]
  /** When each request was in flight. */
  requests: Stretches
  /** Runs of the script on each connection after the block. */
  next: number
}

/** @param watches that read levels between the slices */
export async function takeBlock(
  group: Collector[],
  launch: Launch,
  watches: Watch[],
  { plan, pace, first, origin, end }: Setting,
): Promise<Block> {
  const block: Block = { slices: [], requests: { from: [], to: [] }, next: first }
  const { slices, requests } = block
  const sink: Sink = {
    latency: (_, latency, uncorrected = latency) => note(requests, uncorrected),
    failed() {},
  }
  const time = timeOf(group, plan.timing)
  const deadline = performance.now() + time
  const batches = group[0]!.batches
  const size = batches ? Math.max(1, Math.round(time / plan.timing.slice / batches)) : 1
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

/** Notes a request that was answered just now, after this many µs. */
function note({ from, to }: Stretches, latency: number): void {
  const now = Number(process.hrtime.bigint()) / 1e3
  from.push(now - latency)
  to.push(now)
}
