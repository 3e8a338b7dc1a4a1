/** Counters of a process tree, from the kernel. A new counter is a line in `countersOf`. */
import {
  countsThreads,
  descendants,
  openFiles,
  residentMemory,
  stateOf,
  threadName,
  threadsOf,
  threadTimes,
} from './processes.ts'

/** By the names of their columns (`model/columns.ts`). */
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
