import { readdirSync } from 'node:fs'
import { constants, setPriority } from 'node:os'

/**
 * Makes V8's own threads (compiler, collector) wait for the one that runs JavaScript. The generator is pinned to one
 * processor and spins there until its next arrival is due: as equals they would take that processor from it for a whole
 * turn of the scheduler, some milliseconds, in the middle of a slice. Where it waits for them they have the processor.
 *
 * Linux alone gives threads a priority of their own; elsewhere nothing happens.
 */
export function putMainThreadFirst(): void {
  if (process.platform !== 'linux') return
  for (const thread of readdirSync('/proc/self/task').map(Number)) {
    if (thread === process.pid) continue
    try {
      setPriority(thread, constants.priority.PRIORITY_LOW)
    } catch {
      // It has ended meanwhile.
    }
  }
}
