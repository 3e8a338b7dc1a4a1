import { readdirSync, readFileSync } from 'node:fs'
import { constants, setPriority } from 'node:os'

/**
 * What Node is started with to generate load.
 *
 * Garbage is collected by the main thread alone: helpers that share its one processor do not make that any quicker; woken,
 * waited for and put off again they make it take up to 12 ms instead of one.
 *
 * And all that is made begins as young garbage. Where many requests are in flight at once V8 sees that what they are made of
 * survives, and makes it old from then on, for minutes. What is old before it dies keeps alive whatever it refers to:
 * each collection then took 5 to 30 ms instead of one.
 */
export const GENERATOR_FLAGS = ['--single-threaded-gc', '--no-allocation-site-pretenuring']

/**
 * Makes V8's own threads (compiler, collector) wait for the one that runs JavaScript. The generator is pinned to one
 * processor and spins there until its next arrival is due: as equals they would take that processor from it for a whole
 * turn of the scheduler, some milliseconds, in the middle of a slice. Where it waits for them they have the processor.
 *
 * Linux alone gives threads a priority of their own; elsewhere nothing happens.
 */
export function putMainThreadFirst(): void {
  ofHelpers(thread => setPriority(thread, constants.priority.PRIORITY_LOW))
}

/** Share of a processor's time that those threads may still want. */
const LITTLE = 0.2

/**
 * Does the work again, ten times at most, until those threads have little left to do: while they still have code to
 * compile they want more than a processor's time, and however far behind they stand they get turns of some milliseconds.
 * Once where the system does not say.
 *
 * @param inTime whether there is time for the work
 */
export async function untilCompiled(work: () => Promise<unknown>, inTime = () => true): Promise<void> {
  for (let time = 0; time < 10 && inTime(); time++) {
    const [demand, begin] = [helperDemand(), performance.now()]
    await work()
    if (helperDemand() - demand < LITTLE * (performance.now() - begin) * 1e6) return
  }
}

/** Nanoseconds that those threads have run or have waited for a processor so far, all together. */
function helperDemand(): number {
  let demand = 0
  ofHelpers(thread => {
    const statistics = readFileSync(`/proc/self/task/${thread}/schedstat`, 'latin1')
    const [ran = 0, waited = 0] = statistics.split(' ').map(Number)
    demand += ran + waited
  })
  return demand
}

function ofHelpers(work: (thread: number) => void): void {
  if (process.platform !== 'linux') return
  for (const thread of readdirSync('/proc/self/task').map(Number)) {
    if (thread === process.pid) continue
    try {
      work(thread)
    } catch {
      // It has ended meanwhile, or the kernel keeps no such statistics.
    }
  }
}
