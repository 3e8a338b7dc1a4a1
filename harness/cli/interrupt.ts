/** Ctrl-C once: stop the processes and keep what is measured. Twice, however late: leave at once. */
import type { Host, Signal } from './host.ts'

const SIGNALS: Signal[] = ['SIGINT', 'SIGTERM', 'SIGHUP']

export const INTERRUPTED = 130

/** Milliseconds. npm passes on the signal that the terminal has sent to everybody already: still one key press. */
const ECHO = 300

/**
 * Runs the work under a signal that aborts when the process is asked to end.
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
    // After the first one it stays: a second one while the report is printed must not end the process by default.
    if (first === undefined) for (const signal of SIGNALS) host.off(signal, listener)
  }
}
