/** How long each thread has run, and waited for a processor. */
import { readText } from './proc.ts'
import { threadsOf } from './processes.ts'

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

/** This process's threads but the main one: V8's compiler and collector, and Node's own. */
export const otherThreads = (): number[] => threadsOf(process.pid).filter(tid => tid !== process.pid)
