/** Traces of Chrome and Node (`--trace-event-categories`) hold CPU profiles of V8, in chunks. */
import type { Profile } from '../../model/profile.ts'
import { ProfileError } from '../../profile/index.ts'
import { sum } from '../../stats/describe.ts'
import { firstNames } from '../../words/text.ts'
import { isObject, type Json, listOf } from '../json.ts'
import { readCpuProfile, type SampledProfile } from './cpuprofile.ts'

export const isChromeTrace = (raw: unknown): boolean =>
  isObject(raw) && (Array.isArray(raw.traceEvents) || (Array.isArray(raw) && isEvent(raw[0])))

const isEvent = (it: unknown): boolean => isObject(it) && typeof it.ph === 'string'

/** A profile in the trace, with its process and thread. */
interface Recording {
  pid: unknown
  tid: unknown
  /** In the shape of a `.cpuprofile`. */
  raw: { nodes: unknown[]; samples: unknown[]; timeDeltas: unknown[]; startTime: unknown; endTime: unknown }
}

interface Thread {
  read: SampledProfile
  label: string
  isMain: boolean
  /** Milliseconds. */
  busy: number
}

/**
 * Reads the busiest main thread, or the busiest thread if no main thread ran. Each thread has a profile of its own, and
 * each tab of a browser a process. If there were others, `choice` says which thread was read.
 */
export function readChromeTrace(raw: Json): SampledProfile & { choice?: string } {
  const events = listOf(Array.isArray(raw) ? raw : raw.traceEvents).filter(isObject)
  const names = threadNames(events)
  const [chosen, ...others] = recordings(events)
    .map(recording => readThread(recording, names))
    .filter(({ busy }) => busy > 0)
    .sort((a, b) => Number(b.isMain) - Number(a.isMain) || b.busy - a.busy)
  if (!chosen)
    throw new ProfileError('Chrome trace: it has no CPU profile in which anything ran.', {
      advice:
        'Record it in the Performance panel of the DevTools, or with the category "disabled-by-default-v8.cpu_profiler".',
    })
  const text = ({ label, busy }: Thread) => `${label} (busy for ${Math.round(busy)} ms)`
  const choice = `${text(chosen)} was read, not ${firstNames(others.map(text))}`
  return { ...chosen.read, choice: others.length > 0 ? choice : undefined }
}

/** Chunks are written late and by another thread: process and id say to which profile they belong. */
function recordings(events: Json[]): Recording[] {
  const all: Recording[] = []
  const latest = new Map<string, Recording>()
  // Only their times put the chunks of a profile in order.
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

function readThread({ pid, tid, raw }: Recording, names: Map<string, string>): Thread {
  const elapsed = sum(raw.timeDeltas.map(delta => Number(delta) || 0))
  // Only some versions say when a profile ends.
  const read = readCpuProfile({ ...raw, endTime: raw.endTime || Number(raw.startTime) + elapsed })
  const thread = names.get(`${String(pid)} ${String(tid)}`) ?? `thread ${String(tid)}`
  const page = names.get(String(pid))
  return {
    read,
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
function busyTime({ strings, functions, locations, stacks, samples }: Profile): number {
  const idle = strings.indexOf('(idle)')
  const isIdle = (stack: number) =>
    stack !== -1 && functions.name[locations.function[stacks.location[stack]!]!] === idle
  return sum(samples.values[1]!.filter((_, at) => !isIdle(samples.stack[at]!))) / 1e6
}
