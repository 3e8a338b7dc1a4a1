/**
 * Follows some of the requests that a service answers, and finds out what each of them waited for: at its end, from one
 * continuation back to the one that caused it, until its beginning. Every request is marked, so that a wait which another
 * request ended (for a pooled connection, a lock or a batch) can be told from one that ended outside of all requests.
 */
const { AsyncLocalStorage, createHook, executionAsyncId } = require('node:async_hooks')
const { subscribe, unsubscribe } = require('node:diagnostics_channel')
const { readFileSync } = require('node:fs')
const { PerformanceObserver, performance } = require('node:perf_hooks')
const { causeOf } = require('./causes.cjs')
const { Loop } = require('./loop.cjs')
const { FollowedRequest } = require('./request.cjs')
const { Stacks } = require('./stacks.cjs')

/** Requests that are followed at a time, and in all. */
const MOST_OPEN = 100
const MOST_REQUESTS = 5_000
/** Milliseconds after which a request without an end is given up. */
const PATIENCE = 60_000
/**
 * Milliseconds for which the loop is watched before a request is followed, on average: whatever the loop calls takes a fifth longer while
 * it is watched, so it is not where few of many requests are followed.
 */
const LEAD = 5
/** Share of requests from which on it is always watched. */
const SELDOM = 0.5

class Watch {
  #store = new AsyncLocalStorage()
  #loop = new Loop()
  /** Hooks for what followed requests do. */
  #requests
  #collector
  /** Differs from one watch to the next, so that they do not all follow the requests with the same numbers. */
  #random = 1 + (Math.floor(performance.now() * 1e3) % 0x7ffffffe)
  #perSecond
  #began = performance.now()
  /** By the object that Node has for the request. */
  #byObject = new WeakMap()
  #open = new Set()
  /** Followed requests whose first execution has not ended, by its id. */
  #roots = new Map()
  #seen = 0
  /** Whether one more is to be followed, and the number of the first that can be. */
  #isDue = false
  #ready = 0
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
    this.#loop.watch()
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
    this.#loop.rest()
    this.#requests.disable()
    this.#collector.disconnect()
    this.#store.disable()
    const { pool } = this.#loop
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
      pool: { threads: pool.threads, busy: pool.busy, time: this.#loop.watched },
    }
  }

  begin({ request }) {
    this.#seen++
    const mark = { ended: false }
    this.#byObject.set(request, mark)
    this.#store.enterWith(mark)
    if (this.#isChosen()) this.#prepare()
    if (this.#isDue && this.#seen >= this.#ready) this.#follow(mark)
  }

  #follow(mark) {
    this.#isDue = false
    mark.followed = new FollowedRequest(this, executionAsyncId(), performance.now(), this.#loop.turn)
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
    followed.end(id, performance.now(), { outside, from: this.#loop.turn.from })
    followed.delay = runDelay() - followed.delay
    followed.forget()
    this.ended.push(followed)
    if (this.#open.size > 0) return
    this.#requests.disable()
    // Which tasks the thread pool has can only be told from the beginning.
    if (this.#share < SELDOM && !this.#isDue && !this.#loop.pool.isUsed) this.#loop.rest()
  }

  /** Where the loop was not watched, some requests pass first. How many is counted, not timed: after a time, the next is often one after a pause. */
  #prepare() {
    this.#isDue = true
    if (this.#loop.isWatched) return
    this.#loop.watch()
    this.#ready = this.#seen + Math.ceil((LEAD * this.#seen) / (performance.now() - this.#began))
  }

  /** Share of the requests to follow. */
  get #share() {
    const seconds = (performance.now() - this.#began) / 1e3
    return (this.#perSecond * seconds) / this.#seen
  }

  /** Chosen by chance, because the steps of a script take turns. */
  #isChosen() {
    this.#random = (this.#random * 48_271) % 0x7fffffff
    if (this.#random / 0x7fffffff > this.#share || this.ended.length >= MOST_REQUESTS) return false
    for (const request of this.#open) {
      if (performance.now() - request.from < PATIENCE) break
      this.#open.delete(request)
      request.forget()
    }
    return this.#open.size < MOST_OPEN
  }

  #started(id, type, trigger, resource) {
    const followed = this.#store.getStore()?.followed
    if (followed && this.#open.has(followed)) followed.starts(id, type, trigger, resource)
  }

  #resumed(id) {
    const wait = this.waits.get(id)
    if (wait) wait.request.resumes(wait, performance.now(), this.#loop.turn, this.#loop.taskBegan)
  }

  #suspended(id) {
    const now = performance.now()
    this.#loop.turn.ended = now
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
    awaited.busy = this.#loop.turn.busy
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

  #causeNow() {
    return this.#indexOf(this.#loop.cause)
  }
}

/** Types of clients that call back in a resource of their own. What they wait for is what the loop has called. */
const CALLS_BACK = /^UNDICI_/

/** Nanoseconds in which this thread was ready to run but did not; 0 where the kernel does not say. */
function runDelay() {
  try {
    return Number(readFileSync('/proc/thread-self/schedstat', 'latin1').split(' ')[1])
  } catch {
    return 0
  }
}

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
