/** The numbers of a stretch of time: those that the service's thread counts, and those of the kernel. */
const fs = require('node:fs')
const { lowest, quantile } = require('../histogram.cjs')
const {
  ERRORS,
  LATENCIES,
  now,
  OTHERS,
  PER_ROUTE,
  PLACE,
  placeOf,
  REQUESTS,
  ROUTES,
  slowSince,
  TIME,
} = require('../table.cjs')

class Counters {
  /** Names of routes, by their number. */
  names = new Map([[OTHERS, 'others']])
  #table
  #schedstat

  /** @param isMain whether the table is that of the main thread, whose counters the kernel has under the process's id */
  constructor(table, { isMain }) {
    this.#table = table
    this.#schedstat = isMain ? `/proc/self/task/${process.pid}/schedstat` : undefined
  }

  /** Whether the service's loop has turned: until then, it loads its modules. */
  get hasTurned() {
    return this.#table[PLACE.beats] > 1
  }

  /** Microseconds of the clock at which the service's loop last turned. */
  get beatAt() {
    return this.#table[PLACE.beatAt]
  }

  /** A copy to compare with later. */
  read() {
    const { user, system } = process.cpuUsage()
    return { at: now(), table: this.#table.slice(), cpu: (user + system) * 1e3, ...this.#scheduled() }
  }

  /** Since the process began, under the names of the lab's columns: ns of processor time and of waiting for it, and bytes. */
  current() {
    const { user, system } = process.cpuUsage()
    const { mainCpu, runQueueWait } = this.#scheduled()
    return {
      cpu: (user + system) * 1e3,
      ...(mainCpu !== undefined && { mainCpu, mainRunDelay: runQueueWait }),
      resident: process.memoryUsage.rss(),
    }
  }

  /** Nanoseconds that the main thread has run, and has waited for a processor. */
  #scheduled() {
    if (this.#schedstat === undefined) return {}
    try {
      const [ran, waited] = fs.readFileSync(this.#schedstat, 'latin1').split(' ').map(Number)
      return { mainCpu: ran, runQueueWait: waited }
    } catch {
      this.#schedstat = undefined
      return {}
    }
  }

  /** Stretches of the clock in which there were slow requests. */
  slowSince(moment) {
    return slowSince(this.#table, moment)
  }

  /** The longest delay of the loop since it was taken last, in ms. */
  takeDelay() {
    const delay = this.#table[PLACE.delay]
    this.#table[PLACE.delay] = 0
    return delay / 1e3
  }

  /** What happened since an earlier copy, until a later one or now. Times are in ms, latencies in µs, processor time in ns. */
  since(before, after = this.read()) {
    const difference = field => after.table[PLACE[field]] - before.table[PLACE[field]]
    const whole = new Float64Array(PER_ROUTE)
    const routes = []
    for (let route = 0; route < ROUTES; route++) {
      const own = routeSince(before.table, after.table, route)
      if (own === undefined) continue
      for (let at = 0; at < PER_ROUTE; at++) whole[at] += own[at]
      routes.push({ route: this.names.get(route) ?? `route ${route}`, ...summary(own) })
    }
    return {
      duration: (after.at - before.at) / 1e3,
      ...summary(whole),
      requests: difference('requests'),
      errors: difference('errors'),
      weight: after.table[PLACE.weight],
      latency: countsOf(whole).flatMap((count, bucket) =>
        count > 0 ? [[lowest(bucket), Math.round(count)]] : [],
      ),
      cpu: after.cpu - before.cpu,
      ...(after.mainCpu !== undefined && {
        mainCpu: after.mainCpu - before.mainCpu,
        runQueueWait: after.runQueueWait - before.runQueueWait,
      }),
      loop: { active: difference('loopActive'), idle: difference('loopIdle') },
      heapUsed: after.table[PLACE.heapUsed],
      resident: process.memoryUsage.rss(),
      routes: routes.toSorted((a, b) => b.requests - a.requests),
    }
  }
}

/** Undefined where the route has not been asked for. */
function routeSince(before, after, route) {
  const place = placeOf(route)
  if (after[place + REQUESTS] === before[place + REQUESTS]) return undefined
  const own = after.slice(place, place + PER_ROUTE)
  for (let at = 0; at < PER_ROUTE; at++) own[at] -= before[place + at]
  return own
}

const countsOf = numbers => [...numbers.slice(LATENCIES)]

function summary(numbers) {
  const counts = countsOf(numbers)
  return {
    requests: Math.round(numbers[REQUESTS]),
    errors: Math.round(numbers[ERRORS]),
    time: numbers[TIME],
    p50: quantile(counts, 0.5),
    p99: quantile(counts, 0.99),
  }
}

module.exports = { Counters }
