/** The priority of what is measured, above that of other programs. */
import { getPriority, setPriority } from 'node:os'

/** Niceness, which processes inherit: the load generator, services and what they need. */
const RAISED = -10

/**
 * Raises this process, and with it all that it will start, where the system allows it (root). Other work then delays all variants less. A
 * priority that somebody has chosen stays.
 *
 * @returns puts it back
 */
export function raisePriority(): () => void {
  if (getPriority() !== 0) return () => {}
  try {
    setPriority(RAISED)
  } catch {
    return () => {}
  }
  return () => setPriority(0)
}
