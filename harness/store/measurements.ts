/** Which profiles of a folder belong together: those of one process, and those of processes that ran at the same time. */
import { basename } from 'node:path'
import type { ProfileFile } from '../model/diff.ts'
import { mergeProfiles } from '../profile/index.ts'

/** A file, and when it was recorded, in milliseconds of a clock that it shares with the others. */
export interface Part extends ProfileFile {
  recorded?: { start: number; end: number }
  /** When the file was last changed, in milliseconds since 1970. */
  changed?: number
}

/**
 * Repeated profiles follow each other. Profiles recorded at the same time (threads of a process, processes of a cluster) are
 * one measurement and are added up: if parts of a whole counted as repetitions, their intervals would mean nothing.
 *
 * @param parts in the order of their names
 */
export function measurements(parts: Part[]): ProfileFile[] {
  const processes = processesOf(parts)
  let groups: Part[][] = []
  for (const part of parts) {
    const belongs = (other: Part) =>
      part.format === other.format && (sameProcess(processes, part, other) || atTheSameTime(part, other))
    // A part can join groups that were unrelated before: a primary, and the workers that it had one after the other.
    const joined = groups.filter(group => group.some(belongs))
    groups = [...groups.filter(group => !joined.includes(group)), [...joined.flat(), part]]
  }
  return groups.map(addUp).sort((a, b) => (a.path < b.path ? -1 : 1))
}

/** The profiles of one measurement as one, which lasts from the first start to the last end. */
export function addUp(parts: Part[]): ProfileFile {
  const [first] = parts as [Part]
  if (parts.length === 1) return withoutTime(first)
  const profile = mergeProfiles(parts.map(part => part.profile))
  const times = parts.flatMap(({ recorded }) => recorded ?? [])
  const duration =
    times.length === parts.length
      ? Math.max(...times.map(({ end }) => end)) - Math.min(...times.map(({ start }) => start))
      : Math.max(...parts.map(part => part.profile.duration))
  return {
    ...withoutTime(first),
    profile: { ...profile, duration },
    repaired: parts.reduce((sum, { repaired }) => sum + repaired, 0),
    parts: parts.map(({ path }) => basename(path)),
  }
}

function withoutTime({ recorded: _, changed: __, ...file }: Part): ProfileFile {
  return file
}

/** As Node and Bun name them: date, time, process, thread, and a number. */
const NAME =
  /^(?:CPU|Heap)\.(\d{4})(\d\d)(\d\d)\.(\d\d)(\d\d)(\d\d)\.(\d+)\.(\d+)\.\d+\.(?:cpu|heap)profile(?:\.gz)?$/

/** The process of every file that is named after one. In containers all processes have the same number, but each has a thread once. */
function processesOf(parts: Part[]): Map<Part, string> {
  const processes = new Map<Part, string>()
  const latest = new Map<string, { nth: number; threads: Set<string> }>()
  for (const part of parts) {
    const [, , , , , , , pid, thread] = NAME.exec(basename(part.path)) ?? []
    if (pid === undefined || thread === undefined) continue
    const key = `${part.format} ${pid}`
    let process = latest.get(key)
    if (!process || process.threads.has(thread)) {
      process = { nth: (process?.nth ?? 0) + 1, threads: new Set() }
      latest.set(key, process)
    }
    process.threads.add(thread)
    processes.set(part, `${key} ${process.nth}`)
  }
  return processes
}

const sameProcess = (processes: Map<Part, string>, a: Part, b: Part): boolean =>
  processes.has(a) && processes.get(a) === processes.get(b)

/** A short overlap proves nothing: a service can be replaced while it still runs. */
function atTheSameTime(a: Part, b: Part): boolean {
  const [one, other] = [a.recorded ?? begun(a), b.recorded ?? begun(b)]
  if (!one || !other) return false
  const shared = Math.min(one.end, other.end) - Math.max(one.start, other.start)
  return shared > 0 && shared >= Math.min(one.end - one.start, other.end - other.start) / 2
}

/** Milliseconds. Only the name of a heap profile says when it began; processes of a cluster begin within a second. */
const TOGETHER = 2000

/** From the name, and from the time the file was written. A copy is younger, so that time is only a limit. */
function begun({ path, changed = Number.POSITIVE_INFINITY }: Part): Part['recorded'] {
  const named = NAME.exec(basename(path))
  if (!named) return undefined
  const [, year, month, day, hour, minute, second] = named
  const start = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}`)
  return { start, end: start + Math.min(TOGETHER, changed > start ? changed - start : TOGETHER) }
}
