/** What the kernel counts for each thread. */
import { readText } from './proc.ts'
import { threadName } from './processes.ts'

/** Nanoseconds since the thread started. */
export interface ThreadTimes {
  ran: number
  /** Runnable, but not running. */
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

/** How often a thread stopped running, or moved to another processor, since it started. */
export interface Switches {
  /** It had to wait for something. */
  voluntary: number
  /** Another thread took its processor. */
  forced: number
  /** Absent where the kernel does not count them. */
  migrations?: number
}

/** @returns undefined when the thread has ended, or the platform does not say */
export const switchesOf = (pid: number, tid: number): Switches | undefined => {
  const task = `/proc/${pid}/task/${tid}`
  // `sched` has everything in one file, but only with CONFIG_SCHED_DEBUG.
  return parseSwitches(readText(`${task}/sched`)) ?? parseSwitches(readText(`${task}/status`))
}

/** The counts in `sched`, or in `status` as in proc_pid_status(5), which lacks migrations. */
export function parseSwitches(text: string): Switches | undefined {
  const count = (pattern: RegExp) => {
    const digits = pattern.exec(text)?.[1]
    return digits === undefined ? undefined : Number(digits)
  }
  const voluntary = count(/^(?:nr_voluntary_switches|voluntary_ctxt_switches)\s*:\s*(\d+)/m)
  const forced = count(/^(?:nr_involuntary_switches|nonvoluntary_ctxt_switches)\s*:\s*(\d+)/m)
  const migrations = count(/^se\.nr_migrations\s*:\s*(\d+)/m)
  if (voluntary === undefined || forced === undefined) return undefined
  return { voluntary, forced, ...(migrations !== undefined && { migrations }) }
}

/** `pool`: libuv's threads for files, DNS, crypto and compression. `compiler`: V8's, which collect garbage too. */
export type ThreadKind = 'main' | 'pool' | 'compiler' | 'other'

export function kindOf(pid: number, tid: number): ThreadKind {
  return tid === pid ? 'main' : kindOfName(threadName(pid, tid))
}

/** By the names that Node and libuv give them. In Node before 22 the pool's threads have no name of their own. */
export function kindOfName(name: string): ThreadKind {
  if (name.endsWith('V8Worker')) return 'compiler'
  return name === 'libuv-worker' ? 'pool' : 'other'
}
