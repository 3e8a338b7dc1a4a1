/**
 * The probe's own thread. It profiles the service through the inspector, writes files and answers questions, so that none of this takes
 * the service's time, and it goes on when the service's loop stands still.
 */
const { parentPort, workerData } = require('node:worker_threads')
const { Allocation } = require('./allocation.cjs')
const { Captures } = require('./captures.cjs')
const { Counters } = require('./counters.cjs')
const { answer, listen } = require('./endpoints.cjs')
const { Log } = require('./log.cjs')
const { mainProfiler, parentProfiler } = require('./profilers.cjs')
const { Recorder } = require('./recorder.cjs')
const { Sender } = require('./sender.cjs')
const { Store } = require('./store.cjs')
const { Triggers } = require('./triggers.cjs')
const { Waits } = require('./waits.cjs')

const { options, table, left, interval, isMain } = workerData
const { continuous, endpoints, limits, store, triggers } = options

const log = new Log()
process.on('uncaughtException', error => log.once('failed', `something went wrong: ${error.stack}`))

const counters = new Counters(table, { isMain })
const profiler = isMain ? mainProfiler() : parentProfiler(parentPort)
const recorder = new Recorder({
  profiler,
  counters,
  options,
  store: store && new Store(store, log),
  sender: options.send ? new Sender(options, log) : undefined,
  port: parentPort,
  log,
})
const captures = new Captures({ recorder, limits, counters, log })
const watch = triggers ? new Triggers({ triggers, counters, captures, recorder, interval }) : undefined
const waits = options.waits ? new Waits({ options: options.waits, port: parentPort, recorder }) : undefined
const allocation = options.allocation
  ? new Allocation({ options: options.allocation, recorder, log })
  : undefined
const listener = endpoints ? listen(endpoints, recorder, counters, log) : undefined

const begun = begin()

async function begin() {
  try {
    await recorder.begin()
    watch?.begin()
    waits?.begin()
    allocation?.begin()
  } catch (error) {
    log.once('profiler', `no profile can be taken: ${error.message}`)
  }
}

/** What the service's thread asks for. */
const CARRY_OUT = {
  route: ({ number, name }) => void counters.names.set(number, name),
  profiled: message => profiler.answered(message),
  waited: ({ seen }) => waits.seen(seen),
  async capture({ id, cause }) {
    await begun
    parentPort.postMessage({ id, ...captures.ask(cause) })
  },
  async endpoint({ id, url }) {
    await begun
    parentPort.postMessage({ id, ...(await answer(url, recorder, counters)) })
  },
  leave() {
    profiler.disconnect()
    Atomics.store(left, 0, 1)
    Atomics.notify(left, 0)
  },
  async stop({ id }) {
    watch?.end()
    waits?.end()
    allocation?.end()
    listener?.close()
    await recorder.end()
    parentPort.postMessage({ id })
  },
}

parentPort.on('message', message => CARRY_OUT[message.type]?.(message))

if (continuous)
  setInterval(() => captures.unlessRunning(() => recorder.next({ kind: 'window' })), continuous.window)
