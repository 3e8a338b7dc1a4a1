/** Watches the service and asks for a capture when something is wrong. */
const { now } = require('../table.cjs')

/** Milliseconds between two looks at what changes slowly, and after which these are compared with a new beginning. */
const LOOK_EVERY = 1_000
const STRETCH = 10_000
/** The same for routes that are asked for so rarely that ten seconds say nothing. */
const LONG_STRETCH = 120_000
/** Requests without which a percentile or a share means nothing. */
const LEAST = 20
/** Milliseconds for which a loop may stand still before it is caught in the act. One that turns again sooner is caught then. */
const IN_THE_ACT = 2_000
/** Milliseconds after which the least heap of a stretch is compared with that of the first one. */
const GROWTH_AFTER = 300_000

class Triggers {
  #triggers
  #counters
  #captures
  #interval
  #timers = []
  #before
  #longBefore
  #stall
  #asked
  #heaps = []

  /** @param interval ms between two beats of the service's loop */
  constructor({ triggers, counters, captures, interval }) {
    this.#triggers = triggers
    this.#counters = counters
    this.#captures = captures
    this.#interval = interval
    this.#before = counters.read()
    this.#longBefore = this.#before
  }

  begin() {
    if (this.#triggers.loopDelay) this.#timers.push(setInterval(() => this.#watchLoop(), this.#interval))
    const { p99, errors, starved, heapGrowth } = this.#triggers
    if (p99 || errors || starved || heapGrowth) this.#timers.push(setInterval(() => this.#look(), LOOK_EVERY))
  }

  end() {
    for (const timer of this.#timers) clearInterval(timer)
  }

  #watchLoop() {
    const { beatAt } = this.#counters
    if (!this.#counters.hasTurned) return
    const late = (now() - beatAt) / 1e3 - this.#interval
    if (this.#stall && beatAt > this.#stall.from) {
      const { from, scheduled, isCaught } = this.#stall
      this.#stall = undefined
      if (!isCaught) this.#caught({ from, to: beatAt }, scheduled)
    } else if (!this.#stall && late > this.#triggers.loopDelay)
      this.#stall = { from: beatAt, scheduled: this.#counters.read(), isCaught: false }
    else if (this.#stall && !this.#stall.isCaught && late > IN_THE_ACT) {
      this.#stall.isCaught = true
      // Where V8 cannot be interrupted, the window ends when the loop turns again, and then it has everything.
      this.#caught({ from: this.#stall.from, to: Number.POSITIVE_INFINITY }, this.#stall.scheduled)
    }
  }

  /** A loop that stands still because its thread does not get a processor is not caught in any function. */
  #caught(stretch, scheduled) {
    const { duration, mainCpu = 0, runQueueWait = 0 } = this.#counters.since(scheduled)
    const isStarved = runQueueWait > duration * 5e5
    const delay = (Math.min(now(), stretch.to) - stretch.from) / 1e3
    const cause = { delay, running: mainCpu / (duration * 1e6), waiting: runQueueWait / (duration * 1e6) }
    if (isStarved) this.#captures.ask({ reason: 'starved', ...cause })
    else this.#captures.ask({ reason: 'loop', ...cause, part: { kind: 'stall', stretches: () => [stretch] } })
  }

  #look() {
    const read = this.#counters.read()
    const [seen, long] = [this.#before, this.#longBefore].map(before => this.#counters.since(before, read))
    const cause =
      this.#slowRoute(seen) ??
      this.#slowRoute(long) ??
      this.#failingRoute(seen) ??
      this.#failingRoute(long) ??
      this.#starving(seen) ??
      this.#growing(seen)
    if (cause) this.#captures.ask(cause)
    if (cause || seen.duration >= STRETCH) this.#before = read
    if (cause || long.duration >= LONG_STRETCH) this.#longBefore = this.#before
  }

  #slowRoute({ routes, weight }) {
    const limit = this.#triggers.p99
    const slow = limit && routes.find(({ requests, p99 }) => requests >= LEAST * weight && p99 > limit * 1e3)
    const part = { kind: 'slow', stretches: since => this.#counters.slowSince(since) }
    return slow && { reason: 'p99', route: slow.route, p99: slow.p99, part }
  }

  #failingRoute({ routes, weight }) {
    const limit = this.#triggers.errors
    const failing =
      limit && routes.find(({ requests, errors }) => requests >= LEAST * weight && errors > limit * requests)
    return failing && { reason: 'errors', route: failing.route, share: failing.errors / failing.requests }
  }

  #starving({ duration, mainCpu, runQueueWait }) {
    const limit = this.#triggers.starved
    if (!limit || runQueueWait === undefined || duration < LOOK_EVERY) return undefined
    const waiting = runQueueWait / (duration * 1e6)
    return waiting > limit ? { reason: 'starved', waiting, running: mainCpu / (duration * 1e6) } : undefined
  }

  /** By the least heap of each stretch, which is what the garbage collector cannot free. */
  #growing({ duration, heapUsed }) {
    const limit = this.#triggers.heapGrowth
    if (!limit) return undefined
    this.#asked = Math.min(this.#asked ?? heapUsed, heapUsed)
    if (duration < STRETCH) return undefined
    this.#heaps.push({ at: performance.now(), least: this.#asked })
    this.#asked = undefined
    const [first] = this.#heaps
    const last = this.#heaps.at(-1)
    if (last.at - first.at < GROWTH_AFTER) return undefined
    this.#heaps.shift()
    const growth = (last.least - first.least) / (last.at - first.at)
    if (growth <= limit) return undefined
    this.#heaps = []
    return { reason: 'heap', growth }
  }
}

module.exports = { Triggers }
