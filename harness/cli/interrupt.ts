/** Ctrl-C once stops the processes and keeps what is measured. Twice, however late, it exits at once. */
import type { Host, Signal } from './host.ts'
import { INTERRUPTED } from './outcome.ts'

const SIGNALS: Signal[] = ['SIGINT', 'SIGTERM', 'SIGHUP']

/** Milliseconds. npm repeats a signal that the terminal has already sent us; together they are one key press. */
const ECHO = 300

/**
 * Runs the work with a signal that aborts when the process is asked to end.
 *
 * @param now milliseconds of any clock
 */
export async function interruptible<T>(
  host: Pick<Host, 'on' | 'off' | 'exit'>,
  work: (signal: AbortSignal) => Promise<T>,
  now: () => number = () => performance.now(),
): Promise<T> {
  const controller = new AbortController()
  let first: number | undefined
  const listener = () => {
    if (first !== undefined && now() - first > ECHO) host.exit(INTERRUPTED)
    first ??= now()
    controller.abort()
  }
  for (const signal of SIGNALS) host.on(signal, listener)
  try {
    return await work(controller.signal)
  } finally {
    // After a first signal the listener stays: by default, a second one would end the process while the report is printed.
    if (first === undefined) for (const signal of SIGNALS) host.off(signal, listener)
  }
}
