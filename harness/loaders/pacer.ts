/**
 * Calls at given times, to some ten microseconds, and has the loop look for answers all the time.
 *
 * A timer comes up to a millisecond late, and a processor that sleeps takes up to a millisecond to wake (in a virtual
 * machine above all), which would be counted as the service's. Being woken costs the one who wakes as well: the service.
 * So while a time is near, or answers are to come, the loop turns instead of sleeping; unless the machine has no second
 * processor and the service needs this one.
 */
import { cpus } from 'node:os'

/** Milliseconds before a time from which on the loop spins instead of sleeping. */
const SPIN = 2
/** Not `availableParallelism`, which is 1 for a generator that is pinned to a processor of its own. */
const HAS_OWN_PROCESSOR = cpus().length > 1

export interface Pace {
  /** ms after `begin`, ascending. */
  times: Float64Array
  /** As `performance.now()`. */
  begin: number
  send(index: number): void
  /** Whether answers are to come. */
  waiting(): boolean
  /** Requests that have not ended. */
  left(): number
}

export class Pacer {
  readonly #pace: Pace
  #next = 0
  #done = Number.NaN
  #last = 0
  #open = false
  #turning = false
  #looked = 0
  #heard: number | undefined
  #timer: NodeJS.Timeout | undefined
  #immediate: NodeJS.Immediate | undefined
  /** Milliseconds in which the loop turned and had nothing to do. */
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
   * Milliseconds since the loop heard of what it is handling. Answers that are there together are handled one after the other; how
   * long the last one has to wait for that is no latency of the service's.
   */
  lag(): number {
    if (!this.#turning) return 0
    const now = performance.now()
    this.#heard ??= now
    return now - this.#heard
  }

  /**
   * Milliseconds before that in which the loop did not look: what it is handling may have come at any of them. Some ten
   * microseconds, or as long as it had other work or the machine kept it from running; that is no latency of the service's either.
   */
  blind(): number {
    return this.#heard === undefined ? 0 : this.#heard - this.#looked
  }

  #turn = (): void => {
    const { times, begin, send, waiting, left } = this.#pace
    const now = performance.now()
    // The last look was somewhere between the turn before and this one.
    this.#looked = this.#turning ? this.#last : now
    this.#heard = undefined
    // What is sent and what comes back must not make up for each other.
    const done = this.#next - left()
    if (done === this.#done) this.spun += now - this.#last
    this.#done = done
    this.#last = now
    while (this.#open && this.#next < times.length && begin + times[this.#next]! <= performance.now())
      send(this.#next++)
    if (!this.#open) return
    const wait = this.#next < times.length ? begin + times[this.#next]! - performance.now() : Infinity
    this.#turning = wait <= SPIN + 1 || (HAS_OWN_PROCESSOR && waiting())
    if (this.#turning) this.#immediate = setImmediate(this.#turn)
    else if (wait < Infinity) {
      // Sleeping is idle for the loop itself already.
      this.#done = Number.NaN
      this.#timer = setTimeout(this.#turn, Math.floor(wait - SPIN))
    }
  }
}
