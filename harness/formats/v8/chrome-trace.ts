/** Traces of Chrome, and of Node (`--trace-event-categories`): the CPU profiles of V8 in them, which come in chunks. */

import { ProfileError } from '../../profile/error.ts'
import { readCpuProfile } from './cpuprofile.ts'
import { isObject, type Json } from './tree.ts'

const WHAT = 'Chrome trace'

export const isChromeTrace = (raw: unknown): boolean =>
  isObject(raw) && (Array.isArray(raw.traceEvents) || (Array.isArray(raw) && isEvent(raw[0])))

const isEvent = (it: unknown): boolean => isObject(it) && typeof it.ph === 'string'

/** A profile in the trace, and whose it is. */
interface Recording {
  pid: unknown
  tid: unknown
  /** In the shape of a `.cpuprofile`. */
  raw: { nodes: unknown[]; samples: unknown[]; timeDeltas: unknown[]; startTime: unknown; endTime: unknown }
}

type Found = ReturnType<typeof readCpuProfile> & { label: string; isMain: boolean; busy: number }

/**
 * Every thread has a profile of its own, and the tabs of a browser are processes of their own: the busiest main thread
 * is read, and the busiest thread where no main thread ran. `choice` says which, where there were others.
 */
export function readChromeTrace(raw: Json) {
  const events = (Array.isArray(raw) ? raw : (raw.traceEvents as unknown[])).filter(isObject)
  const names = threadNames(events)
  const found = recordings(events)
    .map(recording => readRecording(recording, names))
    .filter(({ busy }) => busy > 0)
    .sort((a, b) => Number(b.isMain) - Number(a.isMain) || b.busy - a.busy)
  const [chosen, ...others] = found
  if (!chosen)
    throw new ProfileError(`${WHAT}: there is no CPU profile in it, or nothing ran in those that it has.`, {
      advice:
        'Record it in the Performance panel of the DevTools, or with the category "disabled-by-default-v8.cpu_profiler".',
    })
  const { profile, repairs, recorded } = chosen
  return { profile, repairs, ...(recorded && { recorded }), ...choiceOf(chosen, others) }
}

function choiceOf(chosen: Found, others: Found[]): { choice?: string } {
  if (others.length === 0) return {}
  const words = ({ label, busy }: Found) => `${label} (busy for ${Math.round(busy)} ms)`
  return { choice: `${words(chosen)} was read, not ${others.slice(0, 5).map(words).join(', ')}` }
}

/** Chunks are written by another thread, and late: the process and the id say where they belong. */
function recordings(events: Json[]): Recording[] {
  const all: Recording[] = []
  const latest = new Map<string, Recording>()
  // Those of one profile are in order only by their time.
  const inOrder = events
    .filter(({ name }) => name === 'Profile' || name === 'ProfileChunk' || name === 'CpuProfile')
    .sort((a, b) => Number(a.ts) - Number(b.ts))
  for (const { name, id, pid, tid, args } of inOrder) {
    const key = `${String(pid)} ${String(id)}`
    let recording = latest.get(key)
    if (!recording || name !== 'ProfileChunk') {
      recording = { pid, tid, raw: { nodes: [], samples: [], timeDeltas: [], startTime: 0, endTime: 0 } }
      latest.set(key, recording)
      all.push(recording)
    }
    addData(recording.raw, isObject(args) && isObject(args.data) ? args.data : {})
  }
  return all.filter(({ raw }) => raw.samples.length > 0)
}

function addData(raw: Recording['raw'], data: Json): void {
  const chunk = isObject(data.cpuProfile) ? data.cpuProfile : {}
  for (const node of listOf(chunk.nodes)) raw.nodes.push(node)
  for (const sample of listOf(chunk.samples)) raw.samples.push(sample)
  for (const delta of listOf(data.timeDeltas ?? chunk.timeDeltas)) raw.timeDeltas.push(delta)
  raw.startTime = data.startTime ?? chunk.startTime ?? raw.startTime
  raw.endTime = data.endTime ?? chunk.endTime ?? raw.endTime
}

const listOf = (value: unknown): unknown[] => (Array.isArray(value) ? value : [])

function readRecording({ pid, tid, raw }: Recording, names: Map<string, string>): Found {
  const elapsed = raw.timeDeltas.reduce((sum: number, delta) => sum + (Number(delta) || 0), 0)
  // Only some versions say when a profile ends.
  const endTime = raw.endTime || Number(raw.startTime) + elapsed
  const read = readCpuProfile({ ...raw, endTime })
  const thread = names.get(`${String(pid)} ${String(tid)}`) ?? `thread ${String(tid)}`
  const page = names.get(`${String(pid)}`)
  return {
    ...read,
    label: `${thread} of ${page ? `"${page}", ` : ''}process ${String(pid)}`,
    // Chrome's name for the main thread of a page, and Node's for its own.
    isMain: thread === 'CrRendererMain' || thread === 'JavaScriptMainThread' || tid === pid,
    busy: busyTime(read.profile),
  }
}

/** Names of threads by process and thread, and titles of pages by process. */
function threadNames(events: Json[]): Map<string, string> {
  const names = new Map<string, string>()
  for (const { name, ph, pid, tid, args } of events) {
    if (ph !== 'M' || !isObject(args)) continue
    if (name === 'thread_name') names.set(`${String(pid)} ${String(tid)}`, String(args.name))
    if (name === 'process_labels') names.set(String(pid), String(args.labels))
  }
  return names
}

/** Milliseconds in which something ran. */
function busyTime({
  strings,
  functions,
  locations,
  stacks,
  samples,
}: ReturnType<typeof readCpuProfile>['profile']): number {
  const idle = strings.indexOf('(idle)')
  let busy = 0
  samples.stack.forEach((stack, at) => {
    const fn = stack === -1 ? -1 : locations.function[stacks.location[stack]!]!
    if (fn === -1 || functions.name[fn] !== idle) busy += samples.values[1]![at]!
  })
  return busy / 1e6
}
