/** One capture at a time: what was recorded before its cause, and what follows. */

const DAY = 86_400_000

class Captures {
  #recorder
  #limits
  #counters
  #log
  #running
  /** When the last ones began and ended, in ms of a clock that does not jump. */
  #begun = []
  #endedAt = Number.NEGATIVE_INFINITY
  #last

  constructor({ recorder, limits, counters, log }) {
    this.#recorder = recorder
    this.#limits = limits
    this.#counters = counters
    this.#log = log
    this.#last = counters.read()
  }

  /** Windows end with a capture, and not during one. */
  unlessRunning(work) {
    if (this.#running === undefined) work()
  }

  /** @returns the capture's name; or why there is none, and the ms after which there may be one */
  ask(cause) {
    // Loaded when it is needed: the memory of this thread is the service's.
    const { randomBytes } = require('node:crypto')
    const refused = this.#refusal(cause)
    if (refused) return refused
    const name = `${cause.reason}-${randomBytes(6).toString('hex')}`
    this.#begun.push(performance.now())
    this.#running = performance.now() + this.#limits.capture
    this.#perform(name, cause).catch(error => this.#log.once('capture', `a capture failed: ${error.message}`))
    return { name }
  }

  #refusal({ reason }) {
    const now = performance.now()
    const { cooldown = 0, perDay = Number.POSITIVE_INFINITY } = this.#limits
    if (this.#running !== undefined)
      return { refused: 'a capture is running', retryAfter: Math.max(0, this.#running - now) }
    if (now - this.#endedAt < cooldown)
      return { refused: 'a capture has just ended', retryAfter: cooldown - (now - this.#endedAt) }
    this.#begun = this.#begun.filter(at => now - at < DAY)
    if (this.#begun.length >= perDay)
      return {
        refused: `there were ${perDay} captures within a day`,
        retryAfter: DAY - (now - this.#begun[0]),
      }
    if (reason !== 'loop' && reason !== 'starved' && this.#isBusy())
      return { refused: 'the service is too busy', retryAfter: 10_000 }
    return undefined
  }

  /** Whether the service's loop was busy nearly all the time since somebody asked last. */
  #isBusy() {
    const { loop } = this.#counters.since(this.#last)
    this.#last = this.#counters.read()
    return loop.active / Math.max(1, loop.active + loop.idle) > (this.#limits.utilisation || 1)
  }

  async #perform(capture, cause) {
    const { part, ...about } = cause
    try {
      await this.#recorder.next({ kind: 'before', capture, cause: about }, part)
      if (cause.reason === 'heap')
        await this.#recorder.keepAllocation({ capture, cause: about }, this.#limits.capture)
      else await new Promise(resolve => setTimeout(resolve, this.#limits.capture))
      await this.#recorder.goOn({ kind: 'after', capture, cause: about })
    } finally {
      this.#endedAt = performance.now()
      this.#running = undefined
    }
  }
}

module.exports = { Captures }
