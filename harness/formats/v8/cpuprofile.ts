import type { Profile } from '../../model/profile.ts'
import { ProfileBuilder } from '../../profile/build.ts'
import { ProfileError } from '../../profile/error.ts'
import { asV8Node, isOldBun } from './bun.ts'
import { FrameReader, isRoot, position } from './frames.ts'
import { type Repairs, repairTimes } from './repair.ts'
import { isObject, type Json, listedTree, nestedTree, type V8Tree } from './tree.ts'

const WHAT = 'CPU profile of V8'
const VALUE_TYPES = [
  { type: 'samples', unit: 'count' },
  { type: 'cpu', unit: 'nanoseconds' },
]

/**
 * Reads what `Profiler.stop` returns (`profile`), the content of a `.cpuprofile`, or its old form with a
 * `head`. A sample stands for the time until the next one, in nanoseconds. `(root)` is dropped; `(idle)`,
 * `(program)` and `(garbage collector)` stay as functions without a file. Script ids are not kept: they
 * differ from launch to launch.
 */
export function readCpuProfile(raw: unknown): SampledProfile {
  if (!isObject(raw)) throw new ProfileError(`${WHAT}: not an object.`)
  const tree = treeOf(raw)
  const builder = new ProfileBuilder(VALUE_TYPES, tree.nodes.length)
  const places = new Places(builder, tree)
  const samples = sampledNodes(raw, tree)
  if (samples === null) return countedProfile(builder, tree, places, raw)
  const { order, time, value, repairs, duration, interval } = repairTimes(samples.length, clock(raw))
  const stack = new Int32Array(samples.length)
  for (let at = 0; at < stack.length; at++) stack[at] = places.next(samples[order[at]!]!)
  const values = [new Float64Array(stack.length).fill(1), value]
  return {
    profile: builder.build({ duration, period: interval }, { stack, values, time, labels: new Map() }),
    repairs,
    ...recorded(raw),
  }
}

interface SampledProfile {
  profile: Profile
  repairs: Repairs
  /** When it was recorded, in milliseconds of a clock that all processes of a machine share; absent where unknown. */
  recorded?: { start: number; end: number }
}

function treeOf(raw: Json): V8Tree {
  if (!Array.isArray(raw.nodes)) return nestedTree(raw.head, WHAT)
  return listedTree(isOldBun(raw) ? raw.nodes.map(asV8Node) : raw.nodes, WHAT)
}

/** Writers that do not know when it was let the time begin with 0. */
function recorded(raw: Json): Pick<SampledProfile, 'recorded'> {
  const scale = Array.isArray(raw.nodes) ? 1e-3 : 1e3
  const [start, end] = [Number(raw.startTime) * scale, Number(raw.endTime) * scale]
  return start > 0 && end > start ? { recorded: { start, end } } : {}
}

/** Gives each sample of a node its stack; V8 counts lines per node, which are dealt out in their order. */
class Places {
  readonly #builder: ProfileBuilder
  /** By node: its function, and its stack without a line, which nodes that only have samples with lines lack (−1). */
  readonly #functions: Uint32Array
  readonly #stacks: Int32Array
  readonly #parent: Int32Array
  readonly #roots = new Set<number>()
  /** Stacks with a line, those of a node in a row, and how many of their samples are left. */
  readonly #lines: { stack: number[]; left: number[] } = { stack: [], left: [] }
  /** Where a node's next line is in `#lines`, and where its lines end. */
  readonly #next: Uint32Array
  readonly #end: Uint32Array

  constructor(builder: ProfileBuilder, { nodes, parent }: V8Tree) {
    const frames = new FrameReader(builder)
    this.#builder = builder
    this.#parent = parent
    this.#functions = new Uint32Array(nodes.length)
    this.#stacks = new Int32Array(nodes.length).fill(-1)
    this.#next = new Uint32Array(nodes.length)
    this.#end = new Uint32Array(nodes.length)
    const calls = new Uint8Array(nodes.length)
    for (const above of parent) if (above !== -1) calls[above] = 1
    for (let at = 0; at < nodes.length; at++) {
      const node = nodes[at]!
      // `(root)` is no frame: what it calls is outermost.
      if (parent[at] === -1 && isRoot(node)) {
        this.#roots.add(at)
        continue
      }
      this.#functions[at] = frames.function(node)
      this.#next[at] = this.#lines.stack.length
      this.#addLines(node, this.#caller(at), this.#functions[at]!)
      this.#end[at] = this.#lines.stack.length
      if (calls[at]) this.#addStack(at)
    }
  }

  #caller(node: number): number {
    const above = this.#parent[node]!
    return above === -1 ? -1 : this.#stacks[above]!
  }

  #addStack(node: number): number {
    // What was sampled in the root ran no function, which V8 otherwise calls `(program)`; its own stack stays −1.
    if (this.#roots.has(node))
      return this.#builder.stack(-1, this.#builder.location(this.#builder.function('(program)')))
    const stack = this.#builder.stack(this.#caller(node), this.#builder.location(this.#functions[node]!))
    this.#stacks[node] = stack
    return stack
  }

  /** `positionTicks`, or `lineTicks` of old; both 1-based. */
  #addLines(node: Json, parent: number, fn: number): void {
    const ticks = node.positionTicks ?? node.lineTicks
    if (!Array.isArray(ticks)) return
    for (const tick of ticks) {
      if (!isObject(tick)) continue
      const count = Number(tick.ticks ?? tick.hitCount)
      const line = position(tick.line, 0)
      if (line === 0 || !Number.isInteger(count) || count < 1) continue
      this.#lines.stack.push(this.#builder.stack(parent, this.#builder.location(fn, line)))
      this.#lines.left.push(count)
    }
  }

  next(node: number): number {
    const line = this.#next[node]!
    if (line === this.#end[node])
      return this.#stacks[node] === -1 ? this.#addStack(node) : this.#stacks[node]!
    const left = this.#lines.left[line]! - 1
    this.#lines.left[line] = left
    if (left === 0) this.#next[node] = line + 1
    return this.#lines.stack[line]!
  }
}

/** Indexes of the sampled nodes; `null` where the profile has counts only. */
function sampledNodes(raw: Json, tree: V8Tree): Uint32Array | null {
  if (!Array.isArray(raw.samples)) return null
  const ids: unknown[] = raw.samples
  const nodes = new Uint32Array(ids.length)
  for (let at = 0; at < nodes.length; at++) {
    const node = tree.find(ids[at])
    if (node === -1) throw new ProfileError(`${WHAT}: sample ${at} refers to nothing (node ${ids[at]}).`)
    nodes[at] = node
  }
  return nodes
}

/** What the profile says about time, in µs; today's in µs, the old form's start and end in seconds. */
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
function countedProfile(builder: ProfileBuilder, tree: V8Tree, places: Places, raw: Json): SampledProfile {
  const counts = tree.nodes.map(({ hitCount }) =>
    Number.isInteger(hitCount) ? Math.max(0, Number(hitCount)) : 0,
  )
  const hits = counts.reduce((sum, count) => sum + count, 0)
  if (hits === 0) throw new ProfileError(`${WHAT}: it has neither samples nor hit counts.`)
  const { span } = clock(raw)
  const interval = span > 0 ? span / hits : 1000
  counts.forEach((count, at) => {
    if (count > 0) builder.sample(places.next(at), [count, count * interval * 1000])
  })
  const repairs: Repairs = { negative: 0, missing: hits, lost: 0, lostTime: 0 }
  const profile = builder.build({ duration: (interval * hits) / 1000, period: interval * 1000 })
  return { profile, repairs, ...recorded(raw) }
}
