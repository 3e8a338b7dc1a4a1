/** Counters of a process tree, from the kernel. Another counter is another line in `count`. */
import { descendants, openFiles, residentMemory, stateOf, threadName, threadsOf } from './processes.ts'
import { countsThreads, type ThreadTimes, threadTimes } from './schedstat.ts'

type ThreadKind = 'main' | 'compiler' | 'other'

interface Thread extends ThreadTimes {
  kind: ThreadKind
}

/** Name of V8's worker threads, which compile and collect garbage concurrently. */
const COMPILER_NAME = /V8Worker$/
/** How often a running thread is looked at before the counters are read anyway. */
const MAX_LOOKS = 200

/** What a stretch of a thread's life adds to the counters, by the names of their columns. */
const counted = (kind: ThreadKind, { ran, waited }: ThreadTimes): Record<string, number> => ({
  cpu: ran,
  mainCpu: kind === 'main' ? ran : 0,
  compilerCpu: kind === 'compiler' ? ran : 0,
  runDelay: waited,
})

/**
 * Counts what every thread of a tree has used. A thread that ends between two readings takes its last stretch with it.
 * One that is born is counted from its birth.
 */
export class ProcessTree {
  static readonly supported: boolean = countsThreads()
  readonly #root: number
  readonly #threads = new Map<number, Thread>()
  readonly #totals: Record<string, number> = counted('other', { ran: 0, waited: 0 })
  #pids: number[]

  constructor(root: number) {
    this.#root = root
    this.#pids = descendants(root)
  }

  /** Looks for processes that were started since; costs more than a reading. */
  refresh(): void {
    this.#pids = descendants(this.#root)
  }

  /**
   * Running totals since the first reading, in ns. A thread's time is exact only while it sleeps, because the kernel adds
   * a stretch when it ends. So this waits a moment for the main thread to sleep.
   */
  read(): Record<string, number> {
    for (let look = 0; look < MAX_LOOKS; look++) if (stateOf(this.#root) !== 'R') break
    for (const pid of this.#pids) {
      for (const tid of threadsOf(pid)) this.#count(pid, tid)
    }
    return { ...this.#totals }
  }

  /** Bytes of memory that the tree holds, or null once it has ended. */
  resident(): number | null {
    return this.#sum(residentMemory)
  }

  /** Files and connections that the tree has open, or null once it has ended. */
  descriptors(): number | null {
    return this.#sum(openFiles)
  }

  #sum(read: (pid: number) => number): number | null {
    return this.#pids.reduce((sum, pid) => sum + read(pid), 0) || null
  }

  #count(pid: number, tid: number): void {
    const now = threadTimes(pid, tid)
    if (!now) return
    const before = this.#threads.get(tid) ?? { kind: kindOf(pid, tid), ran: 0, waited: 0 }
    const spent = {
      ran: Math.max(0, now.ran - before.ran),
      waited: Math.max(0, now.waited - before.waited),
    }
    for (const [name, value] of Object.entries(counted(before.kind, spent))) this.#totals[name]! += value
    this.#threads.set(tid, { kind: before.kind, ...now })
  }
}

function kindOf(pid: number, tid: number): ThreadKind {
  if (tid === pid) return 'main'
  return COMPILER_NAME.test(threadName(pid, tid)) ? 'compiler' : 'other'
}
