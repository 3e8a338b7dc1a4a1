/**
 * Calls `send` at given times, to some ten microseconds, and keeps the event loop looking for responses.
 *
 * A timer fires up to a millisecond late, and a sleeping processor takes up to a millisecond to wake, above all in a virtual
 * machine. Both would count as the service's latency. Waking the generator also costs the service time. So while a time is
 * near or responses are due, the loop turns instead of sleeping, unless the service needs the machine's only processor.
 */
import { cpus } from 'node:os'

/** Milliseconds before a time at which the loop starts to spin instead of sleeping. */
const SPIN = 2
/**
 * Milliseconds between two turns while nothing happens. Every turn leaves garbage: at 8,000 requests per second, idle
 * turns caused half of all collections.
 */
const REST = 0.01
/** Milliseconds without a sign of life that count as a pause, in which the machine or a garbage collection stopped the loop. */
const PAUSE = 0.5
/** Not by `availableParallelism`, which is 1 for a generator that is pinned to its own processor. */
const HAS_OWN_PROCESSOR = cpus().length > 1

export interface Pace {
  /** ms after `begin`, ascending. */
  times: Float64Array
  /** As `performance.now()`. */
  begin: number
  send(index: number): void
  /** Whether responses are due. */
  waiting(): boolean
  /** Requests that have not ended. */
  left(): number
}

export class Pacer {
  readonly #pace: Pace
  #next = 0
  #done = Number.NaN
  #last = 0
  /** When the previous turn ended and the loop went on to look for responses, or slightly earlier. */
  #left = 0
  #open = false
  #turning = false
  /** The last sign of life: a turn, a sent request or a response. */
  #alive = 0
  /** When the loop last looked in vain for what it is handling now. */
  #looked = 0
  #heard: number | undefined
  #blind = 0
  #silent = 0
  /** Pauses in the previous turn, and since the last one. */
  #pausedBefore = 0
  #paused = 0
  #timer: NodeJS.Timeout | undefined
  #immediate: NodeJS.Immediate | undefined
  /** Milliseconds in which the loop turned with nothing to do. */
  spun = 0

  constructor(pace: Pace) {
    this.#pace = pace
  }

  start(): void {
    this.#open = true
    this.#last = performance.now()
    this.#turn()
  }

  stop(): void {
    this.#open = false
    this.#turning = false
    clearTimeout(this.#timer)
    clearImmediate(this.#immediate)
  }

  /**
   * Milliseconds since the loop heard of the response that it is handling. Responses that arrive together are handled one
   * after the other, and the time that the last one waits is not latency of the service.
   */
  lag(): number {
    if (!this.#turning) return 0
    const now = this.#now()
    if (this.#heard === undefined) {
      this.#heard = now
      this.#blind = now - this.#looked
      this.#silent = this.#pausedBefore + this.#paused
    }
    return now - this.#heard
  }

  /** Milliseconds before that in which the loop did not look. The response can have come at any moment of them. */
  blind(): number {
    return this.#heard === undefined ? 0 : this.#blind
  }

  /** How many of those milliseconds were pauses. */
  paused(): number {
    return this.#heard === undefined ? 0 : this.#silent
  }

  /** Asking for the time is a sign of life. */
  #now(): number {
    const now = performance.now()
    if (this.#turning && now - this.#alive > PAUSE) this.#paused += now - this.#alive
    this.#alive = now
    return now
  }

  #turn = (): void => {
    const { times, begin, waiting, left } = this.#pace
    const now = this.#now()
    // The loop looked at some moment between the previous turn and this one.
    this.#looked = this.#turning ? this.#left : now
    this.#pausedBefore = this.#paused
    this.#paused = 0
    this.#heard = undefined
    // In `left` alone, requests sent and responses received would cancel out.
    const done = this.#next - left()
    const idle = done === this.#done
    if (idle) this.spun += now - this.#last
    this.#done = done
    this.#last = now
    this.#left = now
    this.#sendDue()
    if (idle && this.#turning && this.#next < times.length && done === this.#next - left()) {
      this.#rest(Math.min(now + REST, begin + times[this.#next]!))
      this.#sendDue()
    }
    if (!this.#open) return
    const wait = this.#next < times.length ? begin + times[this.#next]! - performance.now() : Infinity
    this.#turning = wait <= SPIN + 1 || (HAS_OWN_PROCESSOR && waiting())
    if (this.#turning) this.#immediate = setImmediate(this.#turn)
    else if (wait < Infinity) {
      // The event loop counts sleeping as idle itself.
      this.#done = Number.NaN
      this.#timer = setTimeout(this.#turn, Math.floor(wait - SPIN))
    }
  }

  #sendDue(): void {
    const { times, begin, send } = this.#pace
    while (this.#open && this.#next < times.length && begin + times[this.#next]! <= this.#now())
      send(this.#next++)
  }

  /** Leaves the core to its other hardware thread, if it has one. */
  #rest(until: number): void {
    for (; this.#left < until; this.#left = performance.now()) Atomics.pause?.()
    this.spun += this.#left - this.#last
    this.#last = this.#left
  }
}
