/** Calls at given times, to some ten microseconds: a timer comes up to a millisecond late, so the last stretch is spun. */

/** Milliseconds before a time from which on the loop spins instead of sleeping. */
const SPIN = 2

export class Pacer {
  readonly #times: Float64Array
  readonly #begin: number
  readonly #send: (index: number) => void
  #next = 0
  #worked = true
  #last = 0
  #timer: NodeJS.Timeout | undefined
  #immediate: NodeJS.Immediate | undefined
  /** Milliseconds in which the loop turned and had nothing to do. */
  spun = 0

  /** @param times ms after `begin` (as `performance.now()`), ascending */
  constructor(times: Float64Array, begin: number, send: (index: number) => void) {
    this.#times = times
    this.#begin = begin
    this.#send = send
  }

  start(): void {
    this.#last = performance.now()
    this.#turn()
  }

  stop(): void {
    this.#next = this.#times.length
    clearTimeout(this.#timer)
    clearImmediate(this.#immediate)
  }

  /** Something else than waiting has happened since the last turn. */
  worked(): void {
    this.#worked = true
  }

  #turn = (): void => {
    const now = performance.now()
    if (!this.#worked) this.spun += now - this.#last
    this.#worked = false
    this.#last = now
    while (this.#next < this.#times.length && this.#begin + this.#times[this.#next]! <= performance.now()) {
      this.#worked = true
      this.#send(this.#next++)
    }
    if (this.#next >= this.#times.length) return
    const wait = this.#begin + this.#times[this.#next]! - performance.now()
    if (wait > SPIN + 1) {
      // Sleeping is idle for the loop itself already.
      this.#worked = true
      this.#timer = setTimeout(this.#turn, Math.floor(wait - SPIN))
    } else this.#immediate = setImmediate(this.#turn)
  }
}
