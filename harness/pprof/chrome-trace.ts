/**
 * Chrome's traces, as the Performance panel saves them: CPU profiles of several threads, each in pieces. What the panel
 * writes is V8's profile, so that reader does the rest.
 */
import { ProfileError } from './error.ts'
import { isObject, type Json } from './v8-tree.ts'

/** One thread's profile, put together, in the form of a `.cpuprofile`. */
interface Thread {
  name: string
  raw: { nodes: Json[]; samples: unknown[]; timeDeltas: unknown[]; startTime: number; endTime: number }
  /** Samples in which something ran. */
  busy: number
}

/** Frames that stand for no work of the page. */
const IDLE = new Set(['(root)', '(idle)', '(program)'])
const MAIN = /RendererMain|BrowserMain|^main/i

/** The events of a trace: the file is their list, or an object that holds it; `null` for anything else. */
export function traceEvents(raw: unknown): Json[] | null {
  const list = isObject(raw) && Array.isArray(raw.traceEvents) ? raw.traceEvents : raw
  return Array.isArray(list) ? list.filter(isObject) : null
}

/**
 * The profile of one thread: of the main threads the busiest, or of all threads where there is no such name.
 *
 * @returns it as a `.cpuprofile`, and a sentence where others were left out
 */
export function profileInTrace(events: Json[]): { raw: Thread['raw']; note?: string } {
  const threads = threadsIn(events)
  const mains = threads.filter(({ name }) => MAIN.test(name))
  const [first] = (mains.length > 0 ? mains : threads).toSorted((a, b) => b.busy - a.busy)
  if (!first)
    throw new ProfileError(
      'This trace holds no CPU profile: record it in the Performance panel with JavaScript samples on, or in Node with --cpu-prof.',
    )
  const others = threads.length - 1
  return {
    raw: first.raw,
    ...(others > 0 && {
      note: `The trace has profiles of ${others + 1} threads; the busiest main thread (${first.name}) is read.`,
    }),
  }
}

function threadsIn(events: Json[]): Thread[] {
  const names = new Map(
    events
      .filter(({ name }) => name === 'thread_name')
      .map(({ pid, tid, args }) => [`${pid} ${tid}`, String(part(args, 'name') ?? '')]),
  )
  const threads = new Map<string, Thread>()
  const known = (event: Json): Thread => {
    const key = `${event.pid} ${event.id}`
    const thread = threads.get(key) ?? {
      name: names.get(`${event.pid} ${event.tid}`) || `thread ${event.tid}`,
      raw: { nodes: [], samples: [], timeDeltas: [], startTime: Number.NaN, endTime: Number.NaN },
      busy: 0,
    }
    threads.set(key, thread)
    return thread
  }
  for (const event of events) {
    const data = part(event.args, 'data')
    if (!isObject(data)) continue
    if (event.name === 'Profile') known(event).raw.startTime = Number(data.startTime)
    if (event.name === 'ProfileChunk') addChunk(known(event).raw, data)
  }
  const sampled = [...threads.values()].filter(({ raw }) => raw.samples.length > 0)
  return sampled.map(thread => ({ ...thread, busy: busySamples(thread.raw) }))
}

/** A chunk has the nodes, samples and times that came since the one before, and the line of each sample. */
function addChunk(raw: Thread['raw'], data: Json): void {
  const profile = isObject(data.cpuProfile) ? data.cpuProfile : {}
  const samples = listIn(profile, 'samples')
  for (const node of listIn(profile, 'nodes')) {
    if (!isObject(node)) throw new ProfileError('Chrome trace: a node of the profile is not an object.')
    raw.nodes.push({ ...node, hitCount: 0, positionTicks: [] })
  }
  // Not spread: a chunk may be longer than a call can have arguments.
  for (const sample of samples) raw.samples.push(sample)
  for (const delta of listIn(data, 'timeDeltas')) raw.timeDeltas.push(delta)
  if (Number.isFinite(data.endTime)) raw.endTime = Number(data.endTime)
  addTicks(raw.nodes, samples, listIn(data, 'lines'))
}

function addTicks(nodes: Json[], samples: unknown[], lines: unknown[]): void {
  if (lines.length === 0) return
  const byId = new Map(nodes.map(node => [node.id, node]))
  samples.forEach((id, at) => {
    const node = byId.get(id)
    if (!node || !Number.isInteger(lines[at]) || Number(lines[at]) < 1) return
    const ticks = node.positionTicks as { line: unknown; ticks: number }[]
    const tick = ticks.find(({ line }) => line === lines[at])
    if (tick) tick.ticks++
    else ticks.push({ line: lines[at], ticks: 1 })
  })
}

function busySamples({ nodes, samples }: Thread['raw']): number {
  const idle = new Set(
    nodes.filter(({ callFrame }) => IDLE.has(String(part(callFrame, 'functionName')))).map(({ id }) => id),
  )
  return samples.filter(id => !idle.has(id)).length
}

const part = (value: unknown, key: string): unknown => (isObject(value) ? value[key] : undefined)

const listIn = (value: Json, key: string): unknown[] => (Array.isArray(value[key]) ? value[key] : [])
