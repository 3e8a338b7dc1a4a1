/** Processes and their threads: which there are, their ancestry, and what they have used. */
import { linkOf, namesIn, numbersIn, readText } from './proc.ts'

export interface ProcessState {
  pid: number
  name: string
  /** State of its main thread: `R` runs, `S` sleeps, `T` is stopped, `Z` has ended. */
  state: string
  parent: number
  group: number
  session: number
  /** Clock ticks of processor time that it has used. */
  ticks: number
  /** Clock ticks from boot to its start. Together with the id, this tells a process from a later one. */
  started: number
}

/** `/proc/<pid>/stat`, as in proc_pid_stat(5). A name can hold anything, even brackets and line breaks. */
export function parseProcessState(stat: string): ProcessState | undefined {
  const [open, close] = [stat.indexOf('('), stat.lastIndexOf(')')]
  if (open < 0 || close < open) return undefined
  const [state = '', ...fields] = stat.slice(close + 2).split(' ')
  // The manual counts from 1; the parent is its field 4.
  const field = (number: number) => Number(fields[number - 4])
  return {
    pid: Number.parseInt(stat, 10),
    name: stat.slice(open + 1, close),
    state,
    parent: field(4),
    group: field(5),
    session: field(6),
    ticks: field(14) + field(15),
    started: field(22),
  }
}

/** @returns undefined when there is no such process, or the platform does not say */
export const processState = (pid: number): ProcessState | undefined =>
  parseProcessState(readText(`/proc/${pid}/stat`))

/** State of a process's main thread; empty when unknown. */
export const stateOf = (pid: number): string => processState(pid)?.state ?? ''

/** Every process that has not ended. Zombies do not count. */
export const livingProcesses = (): ProcessState[] =>
  numbersIn('/proc').flatMap(pid => {
    const state = processState(pid)
    return state && state.state !== 'Z' ? [state] : []
  })

/** A process and all its descendants; only the process where the kernel does not list children. */
export function descendants(root: number): number[] {
  const found = [root]
  for (const pid of found) {
    for (const tid of threadsOf(pid)) {
      const children = readText(`/proc/${pid}/task/${tid}/children`)
      if (children) found.push(...children.split(' ').map(Number))
    }
  }
  return found
}

export const threadsOf = (pid: number): number[] => numbersIn(`/proc/${pid}/task`)

const threadName = (pid: number, tid: number): string => readText(`/proc/${pid}/task/${tid}/comm`)

/** Nanoseconds since the thread started. */
export interface ThreadTimes {
  ran: number
  waited: number
}

/**
 * @returns undefined when the thread has ended, or the kernel does not count
 * @see https://docs.kernel.org/scheduler/sched-stats.html (`/proc/<pid>/schedstat`)
 */
export function threadTimes(pid: number, tid: number): ThreadTimes | undefined {
  const text = readText(`/proc/${pid}/task/${tid}/schedstat`)
  if (!text) return undefined
  const [ran = 0, waited = 0] = text.split(' ').map(Number)
  return { ran, waited }
}

/** Whether this kernel counts the time of each thread. */
export const countsThreads = (): boolean => threadTimes(process.pid, process.pid) !== undefined

/** This process's threads except the main one: V8's compiler and collector, and Node's own. */
export const otherThreads = (): number[] => threadsOf(process.pid).filter(tid => tid !== process.pid)

/** Whether a process was started with this variable; false when it belongs to another user. */
export const hasVariable = (pid: number, name: string, value: string): boolean =>
  `\0${readText(`/proc/${pid}/environ`)}`.includes(`\0${name}=${value}\0`)

/** The control groups of a process, one a line: those of a container have its id in their name. */
export const controlGroupsOf = (pid: number): string => readText(`/proc/${pid}/cgroup`)

/** Bytes. */
export const residentMemory = (pid: number): number =>
  Number(readText(`/proc/${pid}/statm`).split(' ')[1] ?? 0) * 4096

export const openFiles = (pid: number): number => namesIn(`/proc/${pid}/fd`).length

/** Identifies the boot and the namespace in which the ids of processes are valid. */
export const processNamespace = (): string =>
  `${readText('/proc/sys/kernel/random/boot_id')} ${linkOf('/proc/self/ns/pid')}`.trim()

/** Counters by the names of their columns (`model/columns.ts`). */
type Counters = Record<string, number>
type ThreadKind = 'main' | 'compiler' | 'other'

/** Name of V8's worker threads, which compile and collect garbage concurrently. */
const COMPILER_NAME = /V8Worker$/
/** Times to check whether the main thread sleeps, before the counters are read anyway. */
const MOST_LOOKS = 200

/** What a thread has used since it started, times in ns; undefined when it has ended. */
function countersOf(pid: number, tid: number, kind: ThreadKind): Counters | undefined {
  const times = threadTimes(pid, tid)
  if (!times) return undefined
  return {
    cpu: times.ran,
    mainCpu: kind === 'main' ? times.ran : 0,
    compilerCpu: kind === 'compiler' ? times.ran : 0,
    runDelay: times.waited,
  }
}

/**
 * Adds up what the threads of a tree have used. A thread that ends between two readings takes its last stretch with it. A
 * new one is counted from its start.
 */
export class ProcessTree {
  static readonly supported: boolean = countsThreads()
  readonly #root: number
  readonly #kinds = new Map<number, ThreadKind>()
  readonly #last = new Map<number, Counters>()
  readonly #totals: Counters = {}
  #pids: number[]

  constructor(root: number) {
    this.#root = root
    this.#pids = descendants(root)
  }

  /** Finds processes that were started since. Costs more than a reading. */
  refresh(): void {
    this.#pids = descendants(this.#root)
  }

  /**
   * Running totals since the first reading. The kernel adds a stretch of running when it ends, so a thread's time is exact
   * only while it sleeps. This waits a moment for the main thread to do so.
   */
  read(): Counters {
    for (let look = 0; look < MOST_LOOKS; look++) if (stateOf(this.#root) !== 'R') break
    for (const pid of this.#pids) {
      for (const tid of threadsOf(pid)) this.#add(tid, countersOf(pid, tid, this.#kindOf(pid, tid)))
    }
    return { ...this.#totals }
  }

  /** Bytes of memory that the tree holds, or null once it has ended. */
  resident(): number | null {
    return this.#sum(residentMemory)
  }

  /** Open files and connections of the tree, or null once it has ended. */
  descriptors(): number | null {
    return this.#sum(openFiles)
  }

  #sum(read: (pid: number) => number): number | null {
    return this.#pids.reduce((sum, pid) => sum + read(pid), 0) || null
  }

  #add(tid: number, now: Counters | undefined): void {
    if (!now) return
    const before = this.#last.get(tid) ?? {}
    for (const [name, value] of Object.entries(now))
      this.#totals[name] = (this.#totals[name] ?? 0) + Math.max(0, value - (before[name] ?? 0))
    this.#last.set(tid, now)
  }

  #kindOf(pid: number, tid: number): ThreadKind {
    const known = this.#kinds.get(tid)
    if (known) return known
    const isCompiler = tid !== pid && COMPILER_NAME.test(threadName(pid, tid))
    const kind = tid === pid ? 'main' : isCompiler ? 'compiler' : 'other'
    this.#kinds.set(tid, kind)
    return kind
  }
}
