/**
 * What a service carries in production: it counts requests, and a thread of its own keeps a profiler running, writes a window every minute, and
 * more when something is wrong. Plain JavaScript without dependencies, for Node 20 or newer. Nothing that goes wrong here may reach the
 * service.
 */
const { join } = require('node:path')
const { isMainThread, Worker } = require('node:worker_threads')
const adapters = require('./adapters.cjs')
const { interceptTriggers } = require('./intercept.cjs')
const { readOptions } = require('./options.cjs')
const { ownProfiler } = require('./own-profiler.cjs')
const { newTable } = require('./table.cjs')
const { TokenGate } = require('./token.cjs')
const { beat, requestCounts } = require('./traffic.cjs')

/** Milliseconds between two beats: often enough to notice a delay, and never so often that an idle service costs anything. */
const beatFor = ({ loopDelay }) => Math.min(250, Math.max(25, (loopDelay ?? 500) / 2))

/**
 * MiB of the heap of the probe’s thread: a window of a large program takes a few. What is young may not take much, because V8 would keep
 * the memory.
 */
const HEAP = { maxOldGenerationSizeMb: 128, maxYoungGenerationSizeMb: 3 }

/** Milliseconds that a process which ends waits for the probe’s thread to let go of it: it takes one. */
const LEAVE_WITHIN = 200

/** What is answered when the probe has stopped. */
const OVER = { refused: 'the probe has stopped' }

let running

/**
 * Starts the probe of this thread.
 *
 * @throws TypeError when an option is wrong; Error when it runs already
 */
function probe(given) {
  const options = readOptions(given)
  if (running) throw new Error('flamegate/probe: it runs in this thread already. Start it once.')
  running = start(options)
  return running
}

function start(options) {
  const table = newTable()
  const left = new Int32Array(new SharedArrayBuffer(4))
  const interval = beatFor(options.triggers || {})
  const worker = new Worker(join(__dirname, 'worker', 'main.cjs'), {
    workerData: { options, table, left, interval, isMain: isMainThread },
    // It inherits what the service was started with, and would preload that again.
    execArgv: [],
    env: {},
    resourceLimits: HEAP,
  })
  const asked = new Map()
  let asks = 0
  let isOver = false
  const ask = message =>
    new Promise(resolve => {
      // A thread that has ended never answers, so nobody must wait for it.
      if (isOver) return resolve(OVER)
      asked.set(++asks, resolve)
      worker.postMessage({ ...message, id: asks })
    })
  const profiler = isMainThread ? undefined : ownProfiler(message => worker.postMessage(message))
  const { p99, errors } = options.triggers || {}
  const counts = requestCounts(table, p99, (number, name) =>
    worker.postMessage({ type: 'route', number, name }),
  )
  if (options.continuous || p99 || errors) counts.begin()
  const following = follower(seen => worker.postMessage({ type: 'waited', seen }))
  worker.on('message', message => {
    if (message.type === 'profiler') return profiler?.carryOut(message)
    if (message.type === 'waits') return following.follow(message.perSecond)
    if (message.type === 'counts') return message.needed ? counts.begin() : counts.end()
    asked.get(message.id)?.(message)
    asked.delete(message.id)
  })
  worker.on('error', error => process.stderr.write(`flamegate/probe: it has stopped: ${error.message}\n`))
  worker.on('exit', () => {
    isOver = true
    for (const part of parts.splice(0)) part()
    for (const resolve of asked.values()) resolve(OVER)
    asked.clear()
  })
  const capture = async cause => {
    const { name, refused, retryAfter } = await ask({ type: 'capture', cause })
    return name === undefined ? { refused, retryAfter } : { name }
  }
  const parts = [
    beat(table, interval, time => counts.adapt(time)),
    () => counts.stop(),
    () => profiler?.end(),
    () => following.end(),
  ]
  if (isMainThread) {
    // Node would say on standard error that it waits for a debugger.
    const leave = () => {
      worker.postMessage({ type: 'leave' })
      Atomics.wait(left, 0, 0, LEAVE_WITHIN)
    }
    process.on('exit', leave)
    parts.push(() => process.off('exit', leave))
  }
  if (options.secret !== undefined)
    parts.push(
      interceptTriggers({ gate: new TokenGate(options.secret), capture, forwarded: options.forwarded }),
    )
  if (isMainThread && options.triggers?.signal) {
    const { signal } = options.triggers
    const onSignal = () => void capture({ reason: 'signal' })
    process.on(signal, onSignal)
    parts.push(() => process.off(signal, onSignal))
  }
  // Last, because listening keeps a thread alive.
  worker.unref()
  return {
    ...adapters,
    /** @returns the capture's name, or why there is none, with the ms after which there may be one */
    capture: (details = {}) => capture({ ...details, reason: 'code' }),
    /** Answers `/debug/pprof/` like Go’s; to be mounted behind the service’s own authentication. */
    endpoints: () => async (request, response) => {
      const url = request.originalUrl ?? request.url
      const {
        status = 503,
        headers = {},
        body = 'the probe has stopped\n',
      } = await ask({ type: 'endpoint', url })
      response.writeHead(status, headers).end(body)
    },
    async stop() {
      for (const part of parts.splice(0)) part()
      running = undefined
      await ask({ type: 'stop' })
      await worker.terminate()
    },
  }
}

/** Follows requests as the lab's agent does. @param send for what was seen */
function follower(send) {
  let watch
  const end = () => {
    const seen = watch?.stop()
    watch = undefined
    return seen
  }
  return {
    /** @param perSecond 0 ends it */
    follow(perSecond) {
      // Loaded when it is needed: it is larger than all the rest of the probe.
      const { Watch } = require('../agent/waits/watch.cjs')
      if (perSecond > 0) watch ??= new Watch(perSecond)
      else if (watch) send(end())
    },
    end,
  }
}

module.exports = { probe }
