/**
 * When the machine kept this process from running, seen from inside: a virtual processor is taken away for milliseconds at a
 * time, and often no counter tells of it. While the generator waits its loop turns, some ten microseconds a turn; where
 * nothing happens for much longer than an answer takes to be heard, and no garbage was collected, it was not running.
 */
import { PerformanceObserver, performance } from 'node:perf_hooks'

/** Milliseconds on the clock that all processes of a machine share. */
export function machineTime(): number {
  const [seconds, nanoseconds] = process.hrtime()
  return seconds * 1e3 + nanoseconds / 1e6
}

/** In ms as `machineTime()`. */
export type Stretch = [from: number, to: number]

/** Milliseconds between two signs of life from which on they make a pause. */
const LEAST = 0.25

export class Pauses {
  readonly #collections = new PerformanceObserver(() => {})
  readonly #schedule = globalThis.setImmediate
  readonly #gaps: Stretch[] = []
  #due = 0
  #last = machineTime()
  #heard: number | undefined

  /** Watches the loop from here on: whoever lets it turn does so by `setImmediate`. */
  constructor() {
    this.#collections.observe({ entryTypes: ['gc'] })
    const watched = (work: (...given: unknown[]) => void, ...given: unknown[]) => {
      // A loop that sleeps until a timer wakes it is not kept from running.
      if (this.#due++ === 0) this.#last = machineTime()
      return this.#schedule(() => {
        this.mark()
        this.#due--
        this.#heard = undefined
        work(...given)
      })
    }
    globalThis.setImmediate = watched as typeof setImmediate
  }

  /** The process is running, says whoever does something between two turns. */
  mark(): void {
    const now = machineTime()
    if (this.#due > 0 && now - this.#last > LEAST) this.#gaps.push([this.#last, now])
    this.#last = now
  }

  /** When the loop heard of the answers that it handles in this turn, as the generator counts it. */
  heard(): number {
    this.#heard ??= machineTime()
    return this.#heard
  }

  /** Ends the watch. Pauses in order; what V8's collector took of them is the generator's own. */
  end(): Stretch[] {
    globalThis.setImmediate = this.#schedule
    const offset = machineTime() - performance.now()
    const collections = this.#collections
      .takeRecords()
      .map(({ startTime, duration }): Stretch => [startTime + offset, startTime + offset + duration])
    this.#collections.disconnect()
    return this.#gaps.filter(gap => gap[1] - gap[0] - overlap(gap, collections) > LEAST)
  }
}

/** Milliseconds of a stretch that lie in others, which do not overlap each other. */
export const overlap = ([from, to]: Stretch, others: Stretch[]): number =>
  others.reduce((sum, [start, end]) => sum + Math.max(0, Math.min(to, end) - Math.max(from, start)), 0)
