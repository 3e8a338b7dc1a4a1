/** What the event loop does while it is watched: its turns, what it calls, and the work that it hands to the thread pool. */
const { createHook, executionAsyncResource } = require('node:async_hooks')
const { performance } = require('node:perf_hooks')
const { causeOf, taskOf, TICKS } = require('./causes.cjs')
const { Pool } = require('./pool.cjs')

class Loop {
  #hook
  /** Milliseconds for which it was watched before, and when that began again. */
  #watched = 0
  #since
  #depth = 0
  /** What was called last, with what that called in turn. Jobs of promises and ticks come from there. */
  #called = []
  /** Types of what was created while it was watched. */
  #types = new WeakMap()
  /** When the current turn began, when the last one ended, how long the loop slept by then, and since when it has not. */
  turn
  pool = new Pool()
  /** When a thread took up the task that has just ended. */
  taskBegan

  constructor() {
    this.#hook = createHook({
      init: (...created) => this.#created(...created),
      before: id => this.#entered(id),
      after: () => this.#left(),
      ...(CAN_IGNORE_PROMISES && { trackPromises: false }),
    })
  }

  get isWatched() {
    return this.#since !== undefined
  }

  /** Milliseconds. */
  get watched() {
    return this.#watched + (this.isWatched ? performance.now() - this.#since : 0)
  }

  watch() {
    if (this.isWatched) return
    const now = performance.now()
    this.#since = now
    this.#depth = 0
    this.#called = []
    this.turn = { from: 0, ended: now, idle: idleTime(), busy: now }
    this.#hook.enable()
  }

  rest() {
    if (!this.isWatched) return
    this.#watched = this.watched
    this.#since = undefined
    this.#hook.disable()
  }

  /** What made the code run that runs now: the innermost of what the loop called whose kind is known. */
  get cause() {
    const found = this.#called.map(resource => causeOf(resource, this.#types.get(resource)))
    return found.findLast(({ kind }) => kind !== 'unknown') ?? { kind: 'unknown' }
  }

  #created(id, type, _, resource) {
    if (TICKS.has(type)) return
    this.#types.set(resource, type)
    const task = taskOf(type)
    if (task) this.pool.add(id, task, resource, performance.now())
  }

  /** The loop calls something, or that calls something in turn. */
  #entered(id) {
    const resource = executionAsyncResource()
    const { turn } = this
    const isFirst = this.#depth++ === 0
    // Jobs run in the turn of what has scheduled them.
    if (isJobOf(resource)) return
    const now = performance.now()
    if (isFirst) {
      const idle = idleTime()
      // The loop slept since its last turn, and woke up this long after it.
      if (idle > turn.idle) turn.busy = Math.min(now, turn.ended + idle - turn.idle)
      turn.idle = idle
      turn.from = now
      this.#called = []
    }
    this.#called.push(resource)
    this.taskBegan = this.pool.end(id, now)
  }

  #left() {
    // The watch can begin in the middle of a turn.
    this.#depth = Math.max(0, this.#depth - 1)
    if (this.#depth === 0) this.turn.ended = performance.now()
  }
}

/** Milliseconds in which the loop slept. */
const idleTime = () => performance.nodeTiming.idleTime

/** Older versions of Node take no notice of the option. Those that know it refuse a contradiction. */
const CAN_IGNORE_PROMISES = (() => {
  try {
    createHook({ promiseResolve() {}, trackPromises: false })
    return false
  } catch {
    return true
  }
})()

/** Constructors of ticks and microtasks. In Node 26.10 and before, ticks are plain objects. */
const JOBS = new Set(['Object', 'TickObject', 'AsyncResource'])

/** Whether it is a continuation of a promise, a tick or a microtask: what Node runs before the loop goes on. */
const isJobOf = resource =>
  resource instanceof Promise ||
  (typeof resource?.callback === 'function' && JOBS.has(resource.constructor?.name))

module.exports = { Loop }
