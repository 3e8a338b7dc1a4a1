/** Counts the requests of this thread's servers, whatever the framework, and says every now and then that its loop turns. */
const { subscribe, unsubscribe } = require('node:diagnostics_channel')
const { performance } = require('node:perf_hooks')
const v8 = require('node:v8')
const { bucketOf } = require('./histogram.cjs')
const { routeNumbers, ROUTE } = require('./routes.cjs')
const { addSlow, ERRORS, LATENCIES, PLACE, placeOf, now, REQUESTS, TIME } = require('./table.cjs')

const STARTED = 'http.server.request.start'
const FINISHED = 'http.server.response.finish'
/** The same of HTTP/2. Node announces them from one of its 24th versions on. */
const STREAM_STARTED = 'http2.server.stream.start'
const STREAM_CLOSED = 'http2.server.stream.close'

const { requests: ALL_REQUESTS, errors: ALL_ERRORS, weight: WEIGHT } = PLACE

/** From this status on, an answer is an error. */
const ERROR = 500

/** On a request, or a stream of HTTP/2: when it began. A map beside the requests would cost more. */
const BEGAN = Symbol('flamegate.began')
/** On a stream: the headers that it began with. */
const ASKED = Symbol('flamegate.asked')

/** Requests in a second that are timed and told apart by their routes. Of more, only some are, and each stands for several. */
const TIMED_PER_SECOND = 1_000

/**
 * Every request pays for this twice. So there is nothing in it that could be done later or elsewhere, and nobody pays while no window
 * is open.
 *
 * @param slow ms from which on a request is slow, if that matters
 * @param added called with number and name of each new route
 * @returns counts between `begin` and `end` (as often as it was begun), or until it is stopped
 */
function requestCounts(table, slow, added) {
  let users = 0
  let isOver = false
  // Of 32 bits: chosen by chance (xorshift), because the steps of a client take turns.
  let random = 1
  let limit = 2 ** 32
  const slowFrom = slow ? slow * 1e3 : Number.POSITIVE_INFINITY
  const numberOf = routeNumbers(added)
  const isTimed = () => {
    random ^= random << 13
    random ^= random >>> 17
    random ^= random << 5
    return random >>> 0 < limit
  }
  const started = ({ request }) => {
    if (isTimed()) request[BEGAN] = performance.now()
  }
  const streamStarted = ({ stream, headers }) => {
    if (!isTimed()) return
    stream[BEGAN] = performance.now()
    stream[ASKED] = headers
  }
  const finished = ({ request, response }) => {
    const isError = response.statusCode >= ERROR
    count(isError)
    const began = request[BEGAN]
    if (began !== undefined) time(began, request, isError)
  }
  const streamClosed = ({ stream }) => {
    const status = stream.sentHeaders?.[':status']
    // As with HTTP/1.1, only what was answered to its end counts.
    if (status === undefined || stream.rstCode !== 0) return
    count(status >= ERROR)
    const began = stream[BEGAN]
    if (began !== undefined) time(began, requestOf(stream), status >= ERROR)
  }
  const count = isError => {
    table[ALL_REQUESTS]++
    if (isError) table[ALL_ERRORS]++
  }
  const time = (began, request, isError) => {
    const us = (performance.now() - began) * 1e3
    const weight = table[WEIGHT]
    const place = placeOf(numberOf(request))
    table[place + REQUESTS] += weight
    if (isError) table[place + ERRORS] += weight
    table[place + TIME] += weight * us
    table[place + LATENCIES + bucketOf(us)] += weight
    if (us >= slowFrom) {
      const at = now()
      addSlow(table, at - us, at)
    }
  }
  const pause = () => {
    unsubscribe(STARTED, started)
    unsubscribe(FINISHED, finished)
    unsubscribe(STREAM_STARTED, streamStarted)
    unsubscribe(STREAM_CLOSED, streamClosed)
  }
  let before = 0
  return {
    begin() {
      if (isOver || ++users > 1) return
      subscribe(STARTED, started)
      subscribe(FINISHED, finished)
      subscribe(STREAM_STARTED, streamStarted)
      subscribe(STREAM_CLOSED, streamClosed)
    },
    end() {
      if (--users === 0) pause()
    },
    /** Keeps the work within limits. @param time ms since it was called last */
    adapt(time) {
      const perSecond = ((table[ALL_REQUESTS] - before) * 1e3) / Math.max(1, time)
      before = table[ALL_REQUESTS]
      table[WEIGHT] = Math.max(1, perSecond / TIMED_PER_SECOND)
      limit = 2 ** 32 / table[WEIGHT]
    },
    stop() {
      isOver = true
      pause()
    },
  }
}

/** What tells the route of a stream, as a request has it. */
const requestOf = stream => ({
  method: stream[ASKED][':method'],
  url: stream[ASKED][':path'],
  [ROUTE]: stream[ROUTE],
})

/** Milliseconds between two readings of what costs more than a beat. */
const READ_EVERY = 1_000

/** @param interval ms between two beats; @param beaten called with the ms since the last one; @returns ends it */
function beat(table, interval, beaten) {
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
    beaten((at - last) / 1e3)
    last = at
    if (at - readAt >= READ_EVERY * 1e3) read(at)
  }
  turn()
  // The loop turns for the first time once the service has loaded its modules.
  setImmediate(turn).unref()
  const timer = setInterval(turn, interval).unref()
  return () => clearInterval(timer)
}

module.exports = { requestCounts, beat }
