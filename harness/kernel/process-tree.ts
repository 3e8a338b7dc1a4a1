/** CPU time of a process tree from the kernel's scheduler statistics (Linux); elsewhere there is none. */
import { readdirSync, readFileSync } from 'node:fs'

/** Nanoseconds. */
export interface KernelCounters {
  cpu: number
  mainCpu: number
  compilerCpu: number
  runDelay: number
}

interface Thread {
  kind: 'main' | 'compiler' | 'other'
  cpu: number
  delay: number
}

/** Name of V8's worker threads, which compile and collect garbage concurrently. */
const COMPILER_NAME = /V8Worker$/
/** Looks at a thread's state before it counts as running for good. */
const MAX_LOOKS = 200

/**
 * Counts what every thread of a tree has used. A thread that ends between two readings takes its last stretch with it;
 * one that is born is counted from its birth.
 *
 * @see https://docs.kernel.org/scheduler/sched-stats.html (`/proc/<pid>/schedstat`: on-CPU ns, waiting ns, timeslices)
 */
export class ProcessTree {
  readonly #root: number
  readonly #threads = new Map<number, Thread>()
  readonly #totals: KernelCounters = { cpu: 0, mainCpu: 0, compilerCpu: 0, runDelay: 0 }
  #pids: number[]

  constructor(root: number) {
    this.#root = root
    this.#pids = descendants(root)
  }

  static readonly supported: boolean = canRead(`/proc/${process.pid}/schedstat`)

  /** Looks for processes that were started since; costs more than a reading. */
  refresh(): void {
    this.#pids = descendants(this.#root)
  }

  /**
   * Running totals since the first reading. A thread's time is exact only while it sleeps (the kernel adds a stretch when
   * it ends), so this waits, for a moment at most, until the main thread does.
   */
  read(): KernelCounters {
    this.#awaitSleep()
    for (const pid of this.#pids) {
      for (const tid of list(`/proc/${pid}/task`)) this.#count(pid, tid)
    }
    return { ...this.#totals }
  }

  /** Bytes of memory that the tree holds, or null once it has gone. */
  resident(): number | null {
    let pages = 0
    for (const pid of this.#pids) pages += Number(readText(`/proc/${pid}/statm`).split(' ')[1] ?? 0)
    return pages === 0 ? null : pages * 4096
  }

  /** Files and connections that the tree has open, or null once it has gone. */
  descriptors(): number | null {
    const open = this.#pids.reduce((sum, pid) => sum + list(`/proc/${pid}/fd`).length, 0)
    return open === 0 ? null : open
  }

  #count(pid: number, tid: number): void {
    const text = readText(`/proc/${pid}/task/${tid}/schedstat`)
    if (!text) return
    const [cpu = 0, delay = 0] = text.split(' ').map(Number)
    const known = this.#threads.get(tid) ?? { kind: kindOf(pid, tid), cpu: 0, delay: 0 }
    const spent = Math.max(0, cpu - known.cpu)
    this.#totals.cpu += spent
    if (known.kind === 'main') this.#totals.mainCpu += spent
    if (known.kind === 'compiler') this.#totals.compilerCpu += spent
    this.#totals.runDelay += Math.max(0, delay - known.delay)
    this.#threads.set(tid, { kind: known.kind, cpu, delay })
  }

  #awaitSleep(): void {
    for (let look = 0; look < MAX_LOOKS; look++) {
      if (stateOf(this.#root) !== 'R') return
    }
  }
}

/** A process and all that descend from it; the root alone where the kernel does not list children. */
export function descendants(root: number): number[] {
  const found = [root]
  for (const pid of found) {
    for (const tid of list(`/proc/${pid}/task`)) {
      const children = readText(`/proc/${pid}/task/${tid}/children`).trim()
      if (children) found.push(...children.split(' ').map(Number))
    }
  }
  return found
}

/** What proc_pid_stat(5) says of a process; its name may contain anything, so the figures are what follows it. */
export interface ProcessState {
  /** Of its main thread: `R` runs, `S` sleeps, `T` is stopped, `Z` has ended. */
  state: string
  parent: number
  group: number
  session: number
  /** Clock ticks since the machine booted: together with its id it tells a process from a later one. */
  started: number
}

/** @returns undefined when there is no such process, or the platform does not tell */
export function processState(pid: number): ProcessState | undefined {
  const stat = readText(`/proc/${pid}/stat`)
  if (stat === '') return undefined
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  const [parent, group, session] = fields.slice(1, 4).map(Number)
  return {
    state: fields[0]!,
    parent: parent!,
    group: group!,
    session: session!,
    started: Number(fields[19]),
  }
}

/** State of a process's main thread; empty when unknown. */
export const stateOf = (pid: number): string => processState(pid)?.state ?? ''

/** One tick of the kernel's accounting per processor (USER_HZ is 100 on every platform that Node runs on), in ns. */
const TICK = 1e7

/**
 * Nanoseconds that the host of a virtual machine has taken from these processors (all of them where none are named)
 * since the machine was booted; null where the kernel does not tell.
 *
 * @see proc_stat(5), field `steal`
 */
export function stolen(processors?: number[]): number | null {
  const wanted = processors?.map(number => `cpu${number}`) ?? ['cpu']
  const lines = readText('/proc/stat')
    .split('\n')
    .map(line => line.split(/\s+/))
    .filter(([name = '']) => wanted.includes(name))
  if (lines.length < wanted.length) return null
  return lines.reduce((ticks, fields) => ticks + Number(fields[8] ?? 0), 0) * TICK
}

function kindOf(pid: number, tid: number): Thread['kind'] {
  if (tid === pid) return 'main'
  return COMPILER_NAME.test(readText(`/proc/${pid}/task/${tid}/comm`).trim()) ? 'compiler' : 'other'
}

/** The entries of a folder in `/proc` that are numbers; none when it has just gone. */
export function list(folder: string): number[] {
  try {
    return readdirSync(folder).map(Number).filter(Number.isInteger)
  } catch {
    return []
  }
}

/** Text of a file in `/proc`, empty when its process has just gone. */
export function readText(path: string): string {
  try {
    return readFileSync(path, 'latin1')
  } catch {
    return ''
  }
}

function canRead(path: string): boolean {
  return readText(path) !== ''
}
