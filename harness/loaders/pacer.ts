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
/**
 * Milliseconds between two looks while nothing happens. Every turn leaves garbage: at 8,000 requests per second half of all
 * collections were due to turns in which nothing happened.
 */
const REST = 0.01
/**
 * Milliseconds without a turn, a sending or an answer from which on the loop was kept from running: by the machine, or by a
 * collection of garbage.
 */
const PAUSE = 0.5
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
  /** When the turn before went on to look for answers, or somewhat earlier. */
  #left = 0
  #open = false
  #turning = false
  /** The last sign of life, and what `lag`, `blind` and `paused` rest on. */
  #alive = 0
  #looked = 0
  #heard: number | undefined
  #blind = 0
  #silent = 0
  /** In the turn before and since the last one. */
  #pausedBefore = 0
  #paused = 0
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
    const now = this.#now()
    if (this.#heard === undefined) {
      this.#heard = now
      this.#blind = now - this.#looked
      this.#silent = this.#pausedBefore + this.#paused
    }
    return now - this.#heard
  }

  /** Milliseconds before that in which the loop did not look: what it is handling may have come at any of them. */
  blind(): number {
    return this.#heard === undefined ? 0 : this.#blind
  }

  /** Milliseconds of those in which it was kept from running. */
  paused(): number {
    return this.#heard === undefined ? 0 : this.#silent
  }

  /** Whoever asks for the time is running. */
  #now(): number {
    const now = performance.now()
    if (this.#turning && now - this.#alive > PAUSE) this.#paused += now - this.#alive
    this.#alive = now
    return now
  }

  #turn = (): void => {
    const { times, begin, waiting, left } = this.#pace
    const now = this.#now()
    // The last look was somewhere between the turn before and this one.
    this.#looked = this.#turning ? this.#left : now
    this.#pausedBefore = this.#paused
    this.#paused = 0
    this.#heard = undefined
    // What is sent and what comes back must not make up for each other.
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
      // Sleeping is idle for the loop itself already.
      this.#done = Number.NaN
      this.#timer = setTimeout(this.#turn, Math.floor(wait - SPIN))
    }
  }

  #sendDue(): void {
    const { times, begin, send } = this.#pace
    while (this.#open && this.#next < times.length && begin + times[this.#next]! <= this.#now())
      send(this.#next++)
  }

  /** Leaves the processor's other half, where it has two, to whoever runs there. */
  #rest(until: number): void {
    for (; this.#left < until; this.#left = performance.now()) Atomics.pause?.()
    this.spun += this.#left - this.#last
    this.#last = this.#left
  }
}
