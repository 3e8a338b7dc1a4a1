/** The threads of the load generator that V8 starts in addition to the main thread: compiler and collector. */
import { constants, setPriority } from 'node:os'
import { otherThreads } from '../../kernel/processes.ts'
import { threadTimes } from '../../kernel/threads.ts'
import { sum } from '../../stats/describe.ts'

/**
 * Makes these threads wait for the main thread. The generator is pinned to one processor and spins there until its next
 * arrival is due. At equal priority, another thread would take that processor for a turn of the scheduler, some
 * milliseconds, in the middle of a slice. When the generator waits for such a thread, the thread gets the processor.
 *
 * Does nothing except on Linux, where threads have their own priority.
 */
export function putMainThreadFirst(): void {
  for (const thread of otherThreads()) {
    try {
      setPriority(thread, constants.priority.PRIORITY_LOW)
    } catch {
      // It has ended since.
    }
  }
}

/** Share of a processor's time that these threads can still ask for. */
const LITTLE = 0.2

/**
 * Repeats the work until these threads have little left to do. While there is code to compile, they ask for more than a
 * processor's time, and even at low priority they get turns of some milliseconds.
 *
 * @param inTime whether there is time for the work
 * @param most times
 */
export async function untilCompiled(
  work: () => Promise<unknown>,
  inTime = () => true,
  most = 10,
): Promise<void> {
  for (let time = 0; time < most && inTime(); time++) {
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
