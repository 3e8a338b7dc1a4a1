/** Writers of the formats that Flamegate itself only reads, so that a profile can go through each of them and back. */

import type { Profile } from '../../harness/model/profile.ts'
import { aggregate, type Frame, framesOf, named, ProfileError } from '../../harness/profile/index.ts'
import { sum } from '../../harness/stats/describe.ts'

const ANONYMOUS = '(anonymous)'
const NO_STACK = '(no stack)'

/** Indexes of the functions in a stack, outermost first. */
function functionsIn({ locations, stacks }: Profile, leaf: number): number[] {
  const functions: number[] = []
  for (let node = leaf; node !== -1; node = stacks.parent[node]!)
    functions.push(locations.function[stacks.location[node]!]!)
  return functions.reverse()
}

/** Writes the last value type; functions as `name (file:line:column)`. */
export function writeFolded(profile: Profile): string {
  const frames = framesOf(profile).map(writeFrame)
  const { samples } = aggregate(profile)
  const values = samples.values.at(-1)!
  const sums = new Map<string, number>()
  samples.stack.forEach((leaf, at) => {
    const names = functionsIn(profile, leaf).map(fn => frames[fn]!)
    const stack = names.join(';') || NO_STACK
    sums.set(stack, (sums.get(stack) ?? 0) + values[at]!)
  })
  return Array.from(sums, ([stack, value]) => `${stack} ${value}\n`).join('')
}

function writeFrame({ name, file, line, column }: Frame): string {
  const place = line > 0 ? `${file}:${line}${column > 0 ? `:${column}` : ''}` : file
  const frame = place ? `${name || ANONYMOUS} (${place})` : name || ANONYMOUS
  // A semicolon would end the frame, and a line break the stack; the format cannot escape them.
  return frame.replaceAll(';', ':').replaceAll(/[\r\n]+/g, ' ')
}

const SCHEMA = 'https://www.speedscope.app/file-format-schema.json'
const UNITS = ['nanoseconds', 'microseconds', 'milliseconds', 'seconds', 'bytes']

/** Writes the last value type, in the order of the samples. */
export function writeSpeedscope(profile: Profile, name = 'profile'): string {
  const { type, unit } = profile.valueTypes.at(-1)!
  const weights = [...profile.samples.values.at(-1)!]
  const frames = framesOf(profile).map(({ name, file, line, column }) => ({
    name: name || ANONYMOUS,
    file: file || undefined,
    line: line || undefined,
    col: column || undefined,
  }))
  const sampled = {
    type: 'sampled',
    name: type,
    unit: UNITS.includes(unit) ? unit : 'none',
    startValue: 0,
    endValue: sum(weights),
    samples: Array.from(profile.samples.stack, leaf => functionsIn(profile, leaf)),
    weights,
  }
  return JSON.stringify({
    $schema: SCHEMA,
    name,
    exporter: 'flamegate',
    shared: { frames },
    profiles: [sampled],
  })
}

/** Microseconds in a unit of time. */
const MICROS: Record<string, number> = { nanoseconds: 1e-3, microseconds: 1, milliseconds: 1e3, seconds: 1e6 }

/**
 * Writes `.cpuprofile` from the last value type, which must be a time. A sample that stands for several is written as
 * several; samples without times follow each other.
 */
export function writeCpuProfile(profile: Profile): string {
  const { nodes, nodeOf } = treeToWrite(profile)
  const { samples, stacks, locations } = profile
  const ticks = nodes.map(() => new Map<number, number>())
  const hits = new Float64Array(nodes.length)
  const chain = timeline(profile)
  const ids = chain.sample.map(at => {
    const stack = samples.stack[at]!
    const node = nodeOf(stack)
    const line = stack === -1 ? 0 : locations.line[stacks.location[stack]!]!
    hits[node]!++
    if (line > 0) ticks[node]!.set(line, (ticks[node]!.get(line) ?? 0) + 1)
    return node + 1
  })
  return JSON.stringify({
    nodes: nodes.map(({ callFrame, children }, at) => ({
      id: at + 1,
      callFrame,
      hitCount: hits[at],
      children: children.length > 0 ? children.map(child => child + 1) : undefined,
      positionTicks:
        ticks[at]!.size > 0 ? Array.from(ticks[at]!, ([line, count]) => ({ line, ticks: count })) : undefined,
    })),
    startTime: 0,
    endTime: chain.end,
    samples: ids,
    timeDeltas: chain.time.map((time, at) => time - (chain.time[at - 1] ?? 0)),
  })
}

interface Timeline {
  /** For each sample to write, the index of the profile's sample. */
  sample: number[]
  /** Whole µs since the beginning. */
  time: number[]
  end: number
}

function timeline(profile: Profile): Timeline {
  const { unit } = profile.valueTypes.at(-1)!
  const micros = MICROS[unit]
  if (micros === undefined) throw new ProfileError(`A .cpuprofile holds time; this profile holds ${unit}.`)
  const { time } = profile.samples
  const values = profile.samples.values.at(-1)!
  const line: Timeline = { sample: [], time: [], end: 0 }
  let now = 0
  for (let at = 0; at < values.length; at++) {
    const count = time ? 1 : repeats(profile, at)
    if (time) now = time[at]! * 1000
    for (let part = 0; part < count; part++) {
      line.sample.push(at)
      line.time.push(Math.round(now))
      now += (values[at]! * micros) / count
    }
  }
  line.end = Math.round(time ? Math.max(now, profile.duration * 1000) : now)
  return line
}

/** How many samples one stands for: its count if it has one, otherwise its value in periods. */
function repeats({ valueTypes, samples, period }: Profile, at: number): number {
  const counted = valueTypes.findIndex(({ unit }) => unit === 'count')
  const count = counted === -1 ? samples.values.at(-1)![at]! / period : samples.values[counted]![at]!
  return Number.isFinite(count) ? Math.max(1, Math.round(count)) : 1
}

/** Writes `.heapprofile` from the last value type, which must be bytes. */
export function writeHeapProfile(profile: Profile): string {
  const { unit } = profile.valueTypes.at(-1)!
  if (unit !== 'bytes') throw new ProfileError(`A .heapprofile holds bytes; this profile holds ${unit}.`)
  const { nodes, nodeOf } = treeToWrite(profile)
  const values = profile.samples.values.at(-1)!
  const selfSize = new Float64Array(nodes.length)
  const samples = Array.from(profile.samples.stack, (stack, at) => {
    const node = nodeOf(stack)
    selfSize[node]! += values[at]!
    return { size: values[at]!, nodeId: node + 1, ordinal: at + 1 }
  })
  return `{"head":${nestedJson(nodes, selfSize)},"samples":${JSON.stringify(samples)}}`
}

/** Written piece by piece: in some Node versions `JSON.stringify` fails on trees a few thousand nodes deep. */
function nestedJson(nodes: WrittenTree['nodes'], selfSize: Float64Array): string {
  const parts: string[] = []
  const open: { node: number; next: number }[] = []
  const start = (node: number) => {
    const { callFrame } = nodes[node]!
    const own = JSON.stringify({ callFrame, selfSize: selfSize[node], id: node + 1 })
    parts.push(own.slice(0, -1), ',"children":[')
    open.push({ node, next: 0 })
  }
  start(0)
  for (let top = open.at(-1); top; top = open.at(-1)) {
    const child = nodes[top.node]!.children[top.next]
    if (child === undefined) {
      parts.push(']}')
      open.pop()
      continue
    }
    if (top.next++ > 0) parts.push(',')
    start(child)
  }
  return parts.join('')
}

/** Nodes to write: 0 is `(root)`, and a parent comes before its children. */
interface WrittenTree {
  nodes: { callFrame: ReturnType<typeof callFrame>; children: number[] }[]
  /** The node of a stack of the profile; −1 is the root. */
  nodeOf: (stack: number) => number
}

/** V8 has one node per function and caller: stacks that differ only in a line share it. */
function treeToWrite(profile: Profile): WrittenTree {
  const { locations, stacks } = profile
  const frames = framesOf(profile).map(callFrame)
  const nodes: WrittenTree['nodes'] = [{ callFrame: callFrame(named('(root)')), children: [] }]
  const place = new Uint32Array(stacks.parent.length)
  const nodeOf = (stack: number): number => (stack === -1 ? 0 : place[stack]!)
  const known = new Map<string, number>()
  for (let at = 0; at < place.length; at++) {
    const parent = nodeOf(stacks.parent[at]!)
    const fn = locations.function[stacks.location[at]!]!
    const key = `${parent},${fn}`
    let node = known.get(key)
    if (node === undefined) {
      node = nodes.push({ callFrame: frames[fn]!, children: [] }) - 1
      nodes[parent]!.children.push(node)
      known.set(key, node)
    }
    place[at] = node
  }
  return { nodes, nodeOf }
}

/** As V8 writes it: `lineNumber` and `columnNumber` are 0-based, −1 where unknown. */
const callFrame = ({ name, file, line, column }: Frame) => ({
  functionName: name,
  scriptId: '0',
  url: file,
  lineNumber: line - 1,
  columnNumber: column - 1,
})
