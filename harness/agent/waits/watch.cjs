/**
 * Follows some of the requests that a service answers, and finds out what each of them waited for: at its end, from one
 * continuation back to the one that caused it, until its beginning. Every request is marked, so that a wait which another
 * request ended (for a pooled connection, a lock or a batch) can be told from one that ended outside of all requests.
 */
const {
  AsyncLocalStorage,
  createHook,
  executionAsyncId,
  executionAsyncResource,
} = require('node:async_hooks')
const { subscribe, unsubscribe } = require('node:diagnostics_channel')
const { readFileSync } = require('node:fs')
const { PerformanceObserver, performance } = require('node:perf_hooks')
const { causeOf, taskOf, TICKS } = require('./causes.cjs')
const { Pool } = require('./pool.cjs')
const { FollowedRequest } = require('./request.cjs')
const { Stacks } = require('./stacks.cjs')

/** Requests that are followed at a time, and in all. */
const MOST_OPEN = 100
const MOST_REQUESTS = 5_000
/** Milliseconds after which a request without an end is given up. */
const PATIENCE = 60_000

class Watch {
  #store = new AsyncLocalStorage()
  /** Hooks for what the loop does, which cost little; and for what followed requests do, only as long as there are any. */
  #loop
  #requests
  #collector
  #random = 1
  #perSecond
  #began = performance.now()
  /** By the object that Node has for the request. */
  #byObject = new WeakMap()
  #open = new Set()
  /** Followed requests whose first execution has not ended, by its id. */
  #roots = new Map()
  #seen = 0
  #turn = { depth: 0, from: 0, ended: performance.now(), idle: idleTime(), busy: performance.now() }
  /** What the loop called last, with what that called in turn. Jobs of promises and ticks come from there. */
  #called = []
  /** Types of what was created since the watch began. */
  #types = new WeakMap()
  #pool = new Pool()
  /** When a thread took up the task that has just ended. */
  #taskBegan
  causes = []
  stacks = new Stacks()
  ended = []
  pauses = { from: [], to: [] }
  /** Waits of followed requests, by async id; promises that they wait for, and what resolved them. */
  waits = new Map()
  awaited = new Map()

  /** @param perSecond number of requests that are followed, because each one costs what it costs however fast the service is */
  constructor(perSecond) {
    this.#perSecond = perSecond
    const noteGc = entries => {
      for (const { startTime, duration } of entries) {
        this.pauses.from.push(startTime)
        this.pauses.to.push(startTime + duration)
      }
    }
    this.#collector = new PerformanceObserver(list => noteGc(list.getEntries()))
    this.#collector.observe({ entryTypes: ['gc'] })
    this.#loop = createHook({
      init: (...created) => this.#created(...created),
      before: id => this.#entered(id),
      after: () => this.#left(),
      ...(CAN_IGNORE_PROMISES && { trackPromises: false }),
    }).enable()
    this.#requests = createHook({
      init: (...created) => this.#started(...created),
      before: id => this.#resumed(id),
      after: id => this.#suspended(id),
      promiseResolve: id => this.#resolved(id),
    })
    this.begin = this.begin.bind(this)
    this.finish = this.finish.bind(this)
    subscribe('http.server.request.start', this.begin)
    subscribe('http.server.response.finish', this.finish)
  }

  /** @returns what was seen, times in ms since `began`, which is in µs on the monotonic clock */
  stop() {
    unsubscribe('http.server.request.start', this.begin)
    unsubscribe('http.server.response.finish', this.finish)
    this.#loop.disable()
    this.#requests.disable()
    this.#collector.disconnect()
    this.#store.disable()
    return {
      began: Number(process.hrtime.bigint()) / 1e3 - performance.now() * 1e3,
      seen: this.#seen,
      requests: this.ended.map(request => request.result(this.stacks)),
      causes: this.causes.map(({ reader, ...cause }) => ({
        ...cause,
        ...(reader && { reader: this.stacks.indexOf([reader]) }),
      })),
      stacks: this.stacks.stacks,
      frames: this.stacks.frames,
      pauses: this.pauses,
      pool: { threads: this.#pool.threads, busy: this.#pool.busy, time: performance.now() - this.#began },
    }
  }

  begin({ request }) {
    this.#seen++
    const mark = { ended: false }
    this.#byObject.set(request, mark)
    this.#store.enterWith(mark)
    if (!this.#isChosen()) return
    const now = performance.now()
    mark.followed = new FollowedRequest(
      this,
      executionAsyncId(),
      now,
      this.#turn,
      Math.max(this.#turn.busy, this.#began),
    )
    mark.followed.delay = runDelay()
    if (this.#open.size === 0) this.#requests.enable()
    this.#open.add(mark.followed)
    this.#roots.set(mark.followed.root, mark.followed)
  }

  finish({ request }) {
    const mark = this.#byObject.get(request)
    if (!mark) return
    mark.ended = true
    const { followed } = mark
    if (!followed || !this.#open.delete(followed)) return
    const id = executionAsyncId()
    const outside = this.waits.get(id)?.request === followed ? undefined : this.#causeNow()
    followed.end(id, performance.now(), { outside, from: this.#turn.from })
    followed.delay = runDelay() - followed.delay
    followed.forget()
    if (this.#open.size === 0) this.#requests.disable()
    this.ended.push(followed)
  }

  /** Chosen by chance, because the steps of a script take turns. */
  #isChosen() {
    this.#random = (this.#random * 48_271) % 0x7fffffff
    const seconds = (performance.now() - this.#began) / 1e3
    const share = (this.#perSecond * seconds) / this.#seen
    if (this.#random / 0x7fffffff > share || this.ended.length >= MOST_REQUESTS) return false
    for (const request of this.#open) {
      if (performance.now() - request.from < PATIENCE) break
      this.#open.delete(request)
      request.forget()
    }
    return this.#open.size < MOST_OPEN
  }

  #created(id, type, _, resource) {
    if (TICKS.has(type)) return
    this.#types.set(resource, type)
    const task = taskOf(type)
    if (task) this.#pool.add(id, task, resource, performance.now())
  }

  /** The loop calls something, or that calls something in turn. */
  #entered(id) {
    const resource = executionAsyncResource()
    const turn = this.#turn
    const isFirst = turn.depth++ === 0
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
    this.#taskBegan = this.#pool.end(id, now)
  }

  #left() {
    const turn = this.#turn
    // The watch can begin in the middle of a turn.
    turn.depth = Math.max(0, turn.depth - 1)
    if (turn.depth === 0) turn.ended = performance.now()
  }

  #started(id, type, trigger, resource) {
    const followed = this.#store.getStore()?.followed
    if (followed && this.#open.has(followed)) followed.starts(id, type, trigger, resource)
  }

  #resumed(id) {
    const wait = this.waits.get(id)
    if (wait) wait.request.resumes(wait, performance.now(), this.#turn, this.#taskBegan)
  }

  #suspended(id) {
    const now = performance.now()
    this.#turn.ended = now
    this.waits.get(id)?.request.suspends(id, now)
    if (this.#roots.size === 0) return
    this.#roots.get(id)?.suspends(id, now)
    this.#roots.delete(id)
  }

  #resolved(id) {
    const awaited = this.awaited.get(id)
    if (!awaited) return
    awaited.at = performance.now()
    awaited.by = executionAsyncId()
    awaited.busy = this.#turn.busy
    awaited.mark = this.#store.getStore()
    awaited.wasEnded = awaited.mark?.ended
    awaited.cause = this.#causeNow()
    const cause = this.causes[awaited.cause]
    if (cause.kind === 'socket') cause.reader ??= Stacks.hold()
  }

  /** Index of a cause, from the resource that stands for it and is called now. */
  cause(resource, type) {
    return CALLS_BACK.test(type) ? this.#causeNow() : this.#indexOf(causeOf(resource, type))
  }

  #indexOf(cause) {
    const found = this.causes.findIndex(({ kind, peer }) => kind === cause.kind && peer === cause.peer)
    return found === -1 ? this.causes.push(cause) - 1 : found
  }

  get anotherRequest() {
    return this.#indexOf({ kind: 'another request' })
  }

  get unknown() {
    return this.#indexOf({ kind: 'unknown' })
  }

  /** What made the code run that runs now: the innermost of what the loop called whose kind is known. */
  #causeNow() {
    const found = this.#called.map(resource => causeOf(resource, this.#types.get(resource)))
    return this.#indexOf(found.findLast(({ kind }) => kind !== 'unknown') ?? { kind: 'unknown' })
  }
}

/** Types of clients that call back in a resource of their own. What they wait for is what the loop has called. */
const CALLS_BACK = /^UNDICI_/

/** Milliseconds in which the loop slept. */
const idleTime = () => performance.nodeTiming.idleTime

/** Nanoseconds in which this thread was ready to run but did not; 0 where the kernel does not say. */
function runDelay() {
  try {
    return Number(readFileSync('/proc/thread-self/schedstat', 'latin1').split(' ')[1])
  } catch {
    return 0
  }
}

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

let watch

/** @param perSecond 0 ends the watch and returns what was seen */
function watchWaits(perSecond) {
  if (perSecond > 0) {
    watch ??= new Watch(perSecond)
    return {}
  }
  const seen = watch?.stop() ?? null
  watch = undefined
  return seen
}

module.exports = { Watch, watchWaits }
