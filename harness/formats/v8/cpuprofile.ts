import type { Profile } from '../../model/profile.ts'
import { ProfileBuilder, ProfileError } from '../../profile/index.ts'
import { sum } from '../../stats/describe.ts'
import { isObject, type Json } from '../json.ts'
import { type Repairs, repairTimes } from './sample-times.ts'
import { SampledStacks } from './sampled-stacks.ts'
import { listedTree, nestedTree, type V8Tree } from './tree.ts'

const WHAT = 'CPU profile of V8'
const SAMPLES = { type: 'samples', unit: 'count' }
const CPU = { type: 'cpu', unit: 'nanoseconds' }

/**
 * Reads what `Profiler.stop` returns (`profile`), the content of a `.cpuprofile`, or its old form with a `head`.
 * A sample stands for the time until the next one, in nanoseconds. `(root)` is dropped; `(idle)`, `(program)` and
 * `(garbage collector)` stay, as functions without a file. Script ids are dropped: they differ between launches.
 */
export function readCpuProfile(raw: unknown): SampledProfile {
  if (!isObject(raw)) throw new ProfileError(`${WHAT}: not an object.`)
  const tree = treeOf(raw)
  const builder = new ProfileBuilder([SAMPLES, CPU], tree.nodes.length)
  const stacks = new SampledStacks(builder, tree)
  const samples = sampledNodes(raw, tree)
  if (samples === null) return countedProfile(builder, tree, stacks, raw)
  const { order, time, value, repairs, duration, interval } = repairTimes(samples.length, clock(raw))
  const stack = new Int32Array(samples.length)
  for (let at = 0; at < stack.length; at++) stack[at] = stacks.next(samples[order[at]!]!)
  const columns = { stack, values: [new Float64Array(stack.length).fill(1), value], time, labels: new Map() }
  const profile = builder.build({ duration, period: interval }, columns)
  return { profile, repairs, recorded: recordedAt(raw) }
}

export interface SampledProfile {
  profile: Profile
  repairs: Repairs
  /** When it was recorded, in milliseconds of a clock that all processes of a machine share. */
  recorded?: { start: number; end: number }
}

function treeOf(raw: Json): V8Tree {
  if (!Array.isArray(raw.nodes)) return nestedTree(raw.head, WHAT)
  return listedTree(isOldBun(raw) ? raw.nodes.map(asV8Node) : raw.nodes, WHAT)
}

/** Microseconds since 1970. V8 counts from when the machine was started. */
const SOME_DAY_IN_2001 = 1e15

/** Bun before 1.4 means something else by a node. Later versions have `positionTicks`, as V8 does. */
const isOldBun = ({ startTime, nodes }: Json): boolean =>
  typeof startTime === 'number' &&
  startTime > SOME_DAY_IN_2001 &&
  Array.isArray(nodes) &&
  !nodes.some(node => isObject(node) && node.positionTicks !== undefined)

/**
 * In old Bun a function has one node for each line that ran or called, not one for the function. As nodes of V8 they
 * get the function alone, with the line (1-based already) as a tick: functions of one name in one file become one.
 * Anonymous functions have nothing but their line.
 */
function asV8Node(node: unknown): unknown {
  if (!isObject(node) || !isObject(node.callFrame)) return node
  const { callFrame, hitCount } = node
  const line = Number(callFrame.lineNumber)
  const lineNumber = callFrame.functionName === '' && callFrame.url !== '' ? line - 1 : -1
  return {
    ...node,
    callFrame: { ...callFrame, lineNumber, columnNumber: -1 },
    positionTicks: [{ line, ticks: hitCount }],
  }
}

/** Unknown in files of writers that let the time begin with 0. */
function recordedAt(raw: Json): SampledProfile['recorded'] {
  const scale = Array.isArray(raw.nodes) ? 1e-3 : 1e3
  const [start, end] = [Number(raw.startTime) * scale, Number(raw.endTime) * scale]
  return start > 0 && end > start ? { start, end } : undefined
}

/** Indexes of the sampled nodes; `null` where the profile has only counts. */
function sampledNodes(raw: Json, tree: V8Tree): Uint32Array | null {
  if (!Array.isArray(raw.samples)) return null
  const ids: unknown[] = raw.samples
  const nodes = new Uint32Array(ids.length)
  for (let at = 0; at < nodes.length; at++) {
    const node = tree.find(ids[at])
    if (node === -1)
      throw new ProfileError(`${WHAT}: sample ${at} refers to node ${ids[at]}, which does not exist.`)
    nodes[at] = node
  }
  return nodes
}

/** Times in µs, as today's files have them; the old form has its start and end in seconds. */
function clock(raw: Json): Parameters<typeof repairTimes>[1] {
  const seconds = Array.isArray(raw.nodes) ? 1 : 1e6
  const span = (Number(raw.endTime) - Number(raw.startTime)) * seconds
  const start = Number(raw.startTime) * seconds
  if (Array.isArray(raw.timeDeltas)) return { deltas: raw.timeDeltas, span }
  if (!Array.isArray(raw.timestamps)) return { deltas: [], span }
  const stamps: unknown[] = raw.timestamps
  const delta = (stamp: unknown, at: number) => {
    const before = at > 0 ? stamps[at - 1] : Number.isFinite(start) ? start : stamp
    return typeof stamp === 'number' && typeof before === 'number' ? stamp - before : Number.NaN
  }
  return { deltas: stamps.map(delta), span }
}

/** From hit counts alone: the span is shared out evenly. */
function countedProfile(builder: ProfileBuilder, tree: V8Tree, stacks: SampledStacks, raw: Json) {
  const counts = tree.nodes.map(({ hitCount: hits }) =>
    Number.isInteger(hits) ? Math.max(0, Number(hits)) : 0,
  )
  const hits = sum(counts)
  if (hits === 0) throw new ProfileError(`${WHAT}: the profile has neither samples nor hit counts.`)
  const { span } = clock(raw)
  const interval = span > 0 ? span / hits : 1000
  counts.forEach((count, at) => {
    if (count > 0) builder.sample(stacks.next(at), [count, count * interval * 1000])
  })
  const repairs: Repairs = { negative: 0, missing: hits, lost: 0, lostTime: 0 }
  const profile = builder.build({ duration: (interval * hits) / 1000, period: interval * 1000 })
  return { profile, repairs, recorded: recordedAt(raw) }
}
