/** Counts the requests of this thread's servers, whatever the framework, and says every now and then that its loop turns. */
const { subscribe, unsubscribe } = require('node:diagnostics_channel')
const { PerformanceObserver, performance } = require('node:perf_hooks')
const v8 = require('node:v8')
const { bucketOf } = require('./histogram.cjs')
const { routeNumbers, routeOf } = require('./routes.cjs')
const { addSlow, ERRORS, PLACE, placeOf, now, REQUESTS, TIME } = require('./table.cjs')

const STARTED = 'http.server.request.start'
const FINISHED = 'http.server.response.finish'

/** From this status on, an answer is an error. */
const ERROR = 500

/**
 * @param slow ms from which on a request is slow, if that matters
 * @param added called with number and name of each new route
 * @returns ends it
 */
function countRequests(table, slow, added) {
  const began = new WeakMap()
  const limit = slow ? slow * 1e3 : Number.POSITIVE_INFINITY
  const numberOf = routeNumbers(added)
  const started = ({ request }) => {
    began.set(request, performance.now())
    table[PLACE.inFlight]++
  }
  const finished = ({ request, response }) => {
    const start = began.get(request)
    if (start === undefined) return
    began.delete(request)
    table[PLACE.inFlight]--
    const us = (performance.now() - start) * 1e3
    const place = placeOf(numberOf(routeOf(request)))
    table[place + REQUESTS]++
    if (response.statusCode >= ERROR) table[place + ERRORS]++
    table[place + TIME] += us
    table[place + 3 + bucketOf(us)]++
    if (us >= limit) {
      const at = now()
      addSlow(table, at - us, at)
    }
  }
  subscribe(STARTED, started)
  subscribe(FINISHED, finished)
  return () => {
    unsubscribe(STARTED, started)
    unsubscribe(FINISHED, finished)
  }
}

/** Milliseconds between two readings of what costs more than a beat. */
const READ_EVERY = 1_000

/** @param interval ms between two beats; @returns ends it */
function beat(table, interval) {
  let last = now()
  let readAt = 0
  const read = at => {
    const loop = performance.eventLoopUtilization()
    table[PLACE.loopActive] = loop.active
    table[PLACE.loopIdle] = loop.idle
    table[PLACE.heapUsed] = v8.getHeapStatistics().used_heap_size
    readAt = at
  }
  const turn = () => {
    const at = now()
    // How much later than it was due: the longest one since somebody has read it.
    table[PLACE.delay] = Math.max(table[PLACE.delay], at - last - interval * 1e3)
    table[PLACE.beatAt] = at
    table[PLACE.beats]++
    last = at
    if (at - readAt >= READ_EVERY * 1e3) read(at)
  }
  turn()
  // The loop turns for the first time once the service has loaded its modules.
  setImmediate(turn).unref()
  const timer = setInterval(turn, interval).unref()
  const observer = new PerformanceObserver(list => {
    for (const { duration } of list.getEntries()) {
      table[PLACE.gcCount]++
      table[PLACE.gcPause] += duration
    }
  })
  observer.observe({ entryTypes: ['gc'] })
  return () => {
    clearInterval(timer)
    observer.disconnect()
  }
}

module.exports = { countRequests, beat }
