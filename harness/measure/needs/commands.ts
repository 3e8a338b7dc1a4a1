/** Commands around a need: `seed`, `reset`, `initdb`, and one that says whether it is ready. */
import { setTimeout } from 'node:timers/promises'
import { endingOf, Watched } from '../harness/watched.ts'
import type { Guard, Start } from './guard.ts'

export interface Outcome {
  ok: boolean
  /** Continues “the seed of the need …”. */
  how: string
  lastWords: string
}

/** How a command is that has exceeded its limit. */
export const LATE = 'has not ended'

/** Milliseconds in which the last output arrives. */
const OUTPUT_TIMEOUT = 500

/**
 * Runs a command to its end, within a limit (ms). Whatever it has left running is ended.
 *
 * @throws the signal's reason when the run is interrupted
 */
export async function runToEnd(
  guard: Guard,
  start: Start,
  { limit, signal }: { limit: number; signal: AbortSignal },
): Promise<Outcome> {
  signal.throwIfAborted()
  const { watched, stop } = await guard.start(start, child => new Watched(child))
  const cancel = new AbortController()
  try {
    const either = AbortSignal.any([signal, cancel.signal])
    const late = setTimeout<string>(limit, LATE, { signal: either })
    const ending = await Promise.race([watched.ended, late])
    if (typeof ending === 'string') return { ok: false, how: LATE, lastWords: watched.lastWords }
    await stop(0)
    await watched.endingWithin(OUTPUT_TIMEOUT)
    return { ok: ending.code === 0, how: `failed: it ${endingOf(ending)}`, lastWords: watched.lastWords }
  } catch (error) {
    signal.throwIfAborted()
    throw error
  } finally {
    cancel.abort()
    await stop(0)
  }
}
