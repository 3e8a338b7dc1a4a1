/**
 * What Node writes with `--cpu-prof-dir` and `--heap-prof-dir`: a file for each thread of each process. Threads of one process,
 * and processes that ran side by side, are parts of one measurement; taken for repetitions they would give intervals
 * that nothing supports.
 */
import { basename } from 'node:path'
import type { ProfileFile } from '../model/diff.ts'
import { mergeProfiles } from '../pprof/index.ts'

/** `CPU.20261128.091409.26419.1.002.cpuprofile`: kind, day, time, process, thread, number. */
const NAME = /^(CPU|Heap)\.(\d{4})(\d\d)(\d\d)\.(\d\d)(\d\d)(\d\d)\.(\d+)\.(\d+)\.\d+\.(?:cpu|heap)profile$/

/** Files of one process. */
interface Run {
  files: ProfileFile[]
  threads: Set<string>
  /** When it began by its name, in ms; only whole seconds are told. */
  named: number
}

/** One profile for each repetition; files of other names are one each. */
export function joinParts(files: ProfileFile[]): ProfileFile[] {
  const single = files.filter(({ path }) => !NAME.test(basename(path)))
  return [...single, ...sideBySide(processesIn(files)).map(join)]
}

function processesIn(files: ProfileFile[]): Run[] {
  const runs: Run[] = []
  const latest = new Map<string, Run>()
  for (const file of files) {
    const match = NAME.exec(basename(file.path))
    if (!match) continue
    const [, kind, year, month, day, hour, minute, second, pid, thread] = match
    const named = Date.UTC(+year!, +month! - 1, +day!, +hour!, +minute!, +second!)
    const known = latest.get(`${kind} ${pid}`)
    // A thread that comes again belongs to another process, which has got the same number.
    if (known && !known.threads.has(thread!)) {
      known.files.push(file)
      known.threads.add(thread!)
      continue
    }
    const run = { files: [file], threads: new Set([thread!]), named }
    latest.set(`${kind} ${pid}`, run)
    runs.push(run)
  }
  return runs
}

/** The files of each repetition: those of a cluster's processes are together. */
function sideBySide(runs: Run[]): ProfileFile[][] {
  const groups: Run[][] = []
  for (const run of runs) {
    const group = groups.find(([first]) => first && areTogether(first, run))
    if (group) group.push(run)
    else groups.push([run])
  }
  return groups.map(group => group.flatMap(({ files }) => files))
}

/** Most of the shorter one's time is the longer one's too, by the clock of the names and by that of the machine. */
function areTogether(a: Run, b: Run): boolean {
  const [one, other] = [windowOf(a), windowOf(b)]
  if (!one || !other) return false
  const shared = Math.min(one.end, other.end) - Math.max(one.start, other.start)
  const apart = Math.abs(a.named - b.named - (one.start - other.start))
  return apart < 2_000 && shared > Math.min(one.end - one.start, other.end - other.start) / 2
}

/** In ms of the machine's clock; `null` where a file does not tell. */
function windowOf({ files }: Run): { start: number; end: number } | null {
  const starts = files.flatMap(({ start }) => start ?? [])
  if (starts.length < files.length) return null
  const ends = files.map(({ start = 0, profile }) => start + profile.duration)
  return { start: Math.min(...starts), end: Math.max(...ends) }
}

function join(files: ProfileFile[]): ProfileFile {
  const [first] = files
  if (!first || files.length === 1) return first!
  const profiles = files.map(({ profile }) => profile)
  const duration = Math.max(...profiles.map(profile => profile.duration))
  return {
    ...first,
    profile: { ...mergeProfiles(profiles), duration },
    repaired: files.reduce((sum, { repaired }) => sum + repaired, 0),
    parts: files.length,
  }
}
