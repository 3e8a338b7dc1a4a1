/**
 * What the service's thread counts, in memory that it shares with the probe's own thread. The service only adds to numbers: a reader
 * takes a copy and subtracts an earlier one.
 */
const { BUCKETS } = require('./histogram.cjs')

/** Most routes that are told apart, the last of which is all others. */
const ROUTES = 128
const OTHERS = ROUTES - 1

/** Numbers for the whole thread, by their place. Times of the clock are µs of the clock that the profiler has. */
const FIELDS = [
  'beats',
  'beatAt',
  'delay',
  'loopActive',
  'loopIdle',
  'heapUsed',
  'requests',
  'errors',
  // How many requests each one stands for that is counted with its route.
  'weight',
]
const PLACE = Object.fromEntries(FIELDS.map((field, at) => [field, at]))

/** Numbers for each route: the counts of its latencies follow. */
const [REQUESTS, ERRORS, TIME, LATENCIES] = [0, 1, 2, 3]
const PER_ROUTE = LATENCIES + BUCKETS

/** The last slow requests: how many there have been, and when each began and ended, in µs of the clock. */
const SLOW = FIELDS.length + ROUTES * PER_ROUTE
const MOST_SLOW = 256

const LENGTH = SLOW + 1 + 2 * MOST_SLOW

function newTable() {
  const table = new Float64Array(new SharedArrayBuffer(LENGTH * Float64Array.BYTES_PER_ELEMENT))
  table[PLACE.weight] = 1
  return table
}

/** Where the numbers of a route begin. */
const placeOf = route => FIELDS.length + route * PER_ROUTE

function addSlow(table, from, to) {
  const place = SLOW + 1 + 2 * (table[SLOW]++ % MOST_SLOW)
  table[place] = from
  table[place + 1] = to
}

/** Stretches of the last slow requests that ended after a moment of the clock. */
function slowSince(table, moment) {
  const stretches = []
  for (let at = 0; at < Math.min(table[SLOW], MOST_SLOW); at++) {
    const [from, to] = [table[SLOW + 1 + 2 * at], table[SLOW + 2 + 2 * at]]
    if (to > moment) stretches.push({ from, to })
  }
  return stretches
}

/** Microseconds of the monotonic clock, which all threads and the profiler share. */
const now = () => Number(process.hrtime.bigint()) / 1e3

module.exports = {
  newTable,
  placeOf,
  now,
  addSlow,
  slowSince,
  PLACE,
  ROUTES,
  OTHERS,
  REQUESTS,
  ERRORS,
  TIME,
  LATENCIES,
  PER_ROUTE,
}
