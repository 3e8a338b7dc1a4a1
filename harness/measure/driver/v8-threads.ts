/** The threads of the load generator that V8 starts next to the one that runs JavaScript: compiler and collector. */
import { constants, setPriority } from 'node:os'
import { otherThreads, threadTimes } from '../../kernel/processes.ts'
import { sum } from '../../stats/describe.ts'

/**
 * Makes these threads wait for the main thread. The generator is pinned to one processor and spins there until its next
 * arrival is due. With equal priority another thread would take that processor for a whole turn of the scheduler, some
 * milliseconds, in the middle of a slice. When the generator waits for such a thread, that thread has the processor.
 *
 * Only Linux gives threads a priority of their own; elsewhere nothing happens.
 */
export function putMainThreadFirst(): void {
  for (const thread of otherThreads()) {
    try {
      setPriority(thread, constants.priority.PRIORITY_LOW)
    } catch {
      // It has ended in the meantime.
    }
  }
}

/** Share of a processor's time that these threads can still want. */
const LITTLE = 0.2
const MOST_TIMES = 10

/**
 * Repeats the work until these threads have little left to do. While there is code to compile they want more than a
 * processor's time, and even with low priority they get turns of some milliseconds.
 *
 * @param inTime whether there is time for the work
 */
export async function untilCompiled(work: () => Promise<unknown>, inTime = () => true): Promise<void> {
  for (let time = 0; time < MOST_TIMES && inTime(); time++) {
    const [demand, begin] = [threadDemand(), performance.now()]
    await work()
    if (threadDemand() - demand < LITTLE * (performance.now() - begin) * 1e6) return
  }
}

/** Nanoseconds that these threads have run or waited for a processor so far; 0 where the kernel does not count. */
function threadDemand(): number {
  const times = otherThreads().flatMap(thread => threadTimes(process.pid, thread) ?? [])
  return sum(times.map(({ ran, waited }) => ran + waited))
}
