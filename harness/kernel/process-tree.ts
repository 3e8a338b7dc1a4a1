/** Adds up what the kernel counts for a process and its descendants. */
import {
  blockBytesOf,
  descendants,
  openFiles,
  processState,
  residentMemory,
  stateOf,
  threadsOf,
} from './processes.ts'
import { countsThreads, kindOf, switchesOf, type ThreadKind, threadTimes } from './threads.ts'

/** Counters by the names of their columns (`model/columns.ts`). */
type Counters = Record<string, number>

/** Times to check whether the main thread sleeps, before the counters are read anyway. */
const MOST_LOOKS = 200

/** What a thread has used since it started, times in ns; undefined when it has ended. */
function timesOf(pid: number, tid: number, kind: ThreadKind): Counters | undefined {
  const times = threadTimes(pid, tid)
  if (!times) return undefined
  return {
    cpu: times.ran,
    mainCpu: kind === 'main' ? times.ran : 0,
    compilerCpu: kind === 'compiler' ? times.ran : 0,
    runDelay: times.waited,
    mainRunDelay: kind === 'main' ? times.waited : 0,
    poolRunDelay: kind === 'pool' ? times.waited : 0,
  }
}

/** How often it was taken off its processor, and from one to another. */
function schedulingOf(pid: number, tid: number, kind: ThreadKind): Counters {
  const { voluntary, forced, migrations } = switchesOf(pid, tid) ?? {}
  const counted = { VoluntarySwitches: voluntary, ForcedSwitches: forced, Migrations: migrations }
  return Object.fromEntries(
    Object.entries(counted).flatMap(([name, count]) =>
      count === undefined
        ? []
        : [
            [`all${name}`, count],
            [`main${name}`, kind === 'main' ? count : 0],
            [`pool${name}`, kind === 'pool' ? count : 0],
          ],
    ),
  )
}

/** What the kernel counts for a whole process. */
function diskUseOf(pid: number): Counters {
  const faults = processState(pid)?.majorFaults
  const blocks = blockBytesOf(pid)
  return {
    ...(faults !== undefined && { majorFaults: faults }),
    ...(blocks && { blockRead: blocks.read, blockWritten: blocks.written }),
  }
}

/**
 * Adds up what the threads of a tree have used. A thread that ends between two readings takes its last stretch with it. A
 * new one is counted from its start.
 */
export class ProcessTree {
  static readonly supported: boolean = countsThreads()
  readonly #root: number
  readonly #scheduling: boolean
  readonly #kinds = new Map<number, ThreadKind>()
  readonly #last = new Map<string, Counters>()
  readonly #totals: Counters = {}
  #pids: number[]

  /** @param scheduling whether to count switches, faults and disk use too, which takes three times as long */
  constructor(root: number, { scheduling = false } = {}) {
    this.#root = root
    this.#scheduling = scheduling
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
      for (const tid of threadsOf(pid)) {
        const kind = this.#kindOf(pid, tid)
        const times = timesOf(pid, tid, kind)
        if (times)
          this.#add(`thread ${tid}`, { ...times, ...(this.#scheduling && schedulingOf(pid, tid, kind)) })
      }
      if (this.#scheduling) this.#add(`process ${pid}`, diskUseOf(pid))
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

  #add(of: string, now: Counters): void {
    const before = this.#last.get(of) ?? {}
    for (const [name, value] of Object.entries(now))
      this.#totals[name] = (this.#totals[name] ?? 0) + Math.max(0, value - (before[name] ?? 0))
    this.#last.set(of, now)
  }

  #kindOf(pid: number, tid: number): ThreadKind {
    const kind = this.#kinds.get(tid) ?? kindOf(pid, tid)
    this.#kinds.set(tid, kind)
    return kind
  }
}
