/**
 * Preloaded into every process and thread of a target (`--require`), on Node 20 or newer. Sends counters and profiles over
 * a local socket when it is asked to, and never keeps a process alive. Plain JavaScript, because the target's Node cannot
 * always strip types. CommonJS, because with `--import` Node takes the service itself for an ES module and ignores what
 * the service has hooked into `require` (`-r ts-node/register`).
 */
const inspector = require('node:inspector')
const net = require('node:net')
const { monitorEventLoopDelay, PerformanceObserver, performance } = require('node:perf_hooks')
const v8 = require('node:v8')
const { threadId } = require('node:worker_threads')
const { movePort } = require('./port.cjs')
const { readScripts } = require('./scripts.cjs')

/** Inspector methods that can be called: profiling and sizes, nothing that evaluates code. */
const ALLOWED = new Set([
  'Profiler.enable',
  'Profiler.disable',
  'Profiler.setSamplingInterval',
  'Profiler.start',
  'Profiler.stop',
  'HeapProfiler.enable',
  'HeapProfiler.disable',
  'HeapProfiler.collectGarbage',
  'HeapProfiler.startSampling',
  'HeapProfiler.stopSampling',
  'HeapProfiler.getSamplingProfile',
  'Runtime.getHeapUsage',
])

/** Milliseconds between SIGTERM and SIGKILL when the target must end. */
const GRACE = 1_000

const gc = { count: 0, pause: 0 }
const tally = entries => {
  for (const entry of entries) {
    gc.count++
    gc.pause += entry.duration * 1e6
    pauses?.at.push(entry.startTime - pauses.began)
  }
}

let session
let delays
let pauses
let turns
let waits

/**
 * Counters by the names of their columns (`model/columns.ts`). All are cheap enough for every slice except those with
 * `levels`: V8 walks its heap for the size of compiled code (about 1 ms).
 */
function readCounters(observer, levels) {
  tally(observer.takeRecords())
  const heap = v8.getHeapStatistics()
  const loop = performance.eventLoopUtilization()
  const cpu = process.cpuUsage()
  return {
    allocated: heap.total_allocated_bytes ?? null,
    heapUsed: heap.used_heap_size,
    codeSize: levels ? v8.getHeapCodeStatistics().code_and_metadata_size : null,
    resident: levels ? process.memoryUsage.rss() : null,
    gcCount: gc.count,
    gcPause: gc.pause,
    loopActive: loop.active * 1e6,
    loopIdle: loop.idle * 1e6,
    cpu: (cpu.user + cpu.system) * 1e3,
  }
}

function inspect() {
  if (!session) {
    session = new inspector.Session()
    session.connect()
  }
  return session
}

function post(method, params) {
  if (!ALLOWED.has(method)) throw new Error(`${method} is not among the agent's commands`)
  return new Promise((resolve, reject) => {
    inspect().post(method, params, (error, result) =>
      error ? reject(new Error(`${method}: ${error.message}`)) : resolve(result ?? {}),
    )
  })
}

/** `latest` returns the longest delay since the last call, and the watch goes on. */
function watchLoop(action) {
  if (action === 'on') {
    const [all, latest] = [1, 1].map(resolution => monitorEventLoopDelay({ resolution }))
    delays = { all, latest }
    for (const histogram of [all, latest]) histogram.enable()
    return {}
  }
  if (!delays) return {}
  const { all, latest } = delays
  if (action === 'latest') {
    const { max } = latest
    latest.reset()
    return { max }
  }
  for (const histogram of [all, latest]) histogram.disable()
  delays = undefined
  const figures = { count: all.count, mean: all.mean, max: all.max }
  for (const p of [50, 90, 99]) figures[`p${p}`] = all.percentile(p)
  return figures
}

/** Largest number of stretches that are kept. */
const MOST_STALLS = 100_000

/**
 * Notes when the loop did not turn for longer than a threshold (ms), by a timer that is due every millisecond. `from` and
 * `to` are µs on the clock of the CPU profiler, so that its samples can be found between them. 0 ends the watch.
 */
function watchTurns(threshold) {
  if (threshold > 0) {
    const now = () => Number(process.hrtime.bigint()) / 1e3
    const stalls = { from: [], to: [] }
    let last = now()
    const turn = () => {
      const turned = now()
      if (turned - last > threshold * 1e3 && stalls.from.length < MOST_STALLS) {
        stalls.from.push(last)
        stalls.to.push(turned)
      }
      last = turned
    }
    turns = { stalls, timer: setInterval(turn, 1).unref() }
    return { from: [], to: [] }
  }
  clearInterval(turns?.timer)
  const stalls = turns?.stalls ?? { from: [], to: [] }
  turns = undefined
  return stalls
}

/** Loaded when it is needed for the first time, because most runs do not. */
function watchWaits(share) {
  waits ??= require('./waits/watch.cjs')
  return waits.watchWaits(share)
}

/** Ending the watch returns the pauses: kind, duration in ns, and bytes in use on the heap before and after. */
function watchPauses(on, observer) {
  tally(observer.takeRecords())
  if (on) {
    pauses = { profiler: new v8.GCProfiler(), began: performance.now(), at: [] }
    pauses.profiler.start()
    return {}
  }
  const statistics = pauses?.profiler.stop()?.statistics ?? []
  const at = pauses?.at ?? []
  pauses = undefined
  const used = ({ heapStatistics }) => heapStatistics.usedHeapSize
  return {
    // V8 has two sources. If they disagree on the number of pauses, the time of each is unknown.
    ...(at.length === statistics.length && { at }),
    kind: statistics.map(({ gcType }) => gcType),
    duration: statistics.map(({ cost }) => Math.round(cost * 1e3)),
    before: statistics.map(({ beforeGC }) => used(beforeGC)),
    after: statistics.map(({ afterGC }) => used(afterGC)),
  }
}

async function carryOut(request, observer) {
  if (request.command === 'read') return readCounters(observer, request.levels === true)
  if (request.command === 'post') return post(request.method, request.params)
  if (request.command === 'loopDelay') return watchLoop(request.action)
  if (request.command === 'turns') return watchTurns(request.threshold)
  if (request.command === 'waits') return watchWaits(request.perSecond)
  if (request.command === 'pauses') return watchPauses(request.on === true, observer)
  if (request.command === 'scripts') return readScripts(inspect(), request.urls)
  if (request.command === 'snapshot') return { path: v8.writeHeapSnapshot(request.path) }
  throw new Error(`unknown command ${String(request.command)}`)
}

function connect(path, token) {
  const observer = new PerformanceObserver(list => tally(list.getEntries()))
  observer.observe({ entryTypes: ['gc'] })

  const socket = net.connect(path)
  const send = message => socket.write(`${JSON.stringify(message)}\n`)
  let pending = ''
  let connected = false
  socket.setEncoding('utf8')
  socket.on('connect', () => {
    connected = true
    send({ token, pid: process.pid, threadId, versions: process.versions })
  })
  socket.on('data', async text => {
    pending += text
    const lines = pending.split('\n')
    pending = lines.pop()
    for (const line of lines) {
      const request = JSON.parse(line)
      try {
        send({ id: request.id, result: await carryOut(request, observer) })
      } catch (error) {
        send({ id: request.id, error: error.message })
      }
    }
  })
  // A target must not fail because nobody listens to its agent.
  socket.on('error', () => {})
  socket.on('close', () => {
    endWatches(observer)
    if (connected && onClose === 'end') endTarget()
  })
  socket.unref()
}

/** Ends every watch, so that the target runs as if it had no agent. */
function endWatches(observer) {
  observer.disconnect()
  watchLoop('off')
  watchTurns(0)
  if (waits) watchWaits(0)
  pauses?.profiler.stop()
  pauses = undefined
  session?.disconnect()
  session = undefined
}

/** In the lab a closed socket means that the harness died, and the target must not outlive it. */
function endTarget() {
  process.kill(process.pid, 'SIGTERM')
  setTimeout(() => process.kill(process.pid, 'SIGKILL'), GRACE).unref()
}

const {
  FLAMEGATE_AGENT_SOCKET: path,
  FLAMEGATE_AGENT_TOKEN: token,
  FLAMEGATE_AGENT_ON_CLOSE: onClose,
  FLAMEGATE_AGENT_PORT: fixedPort,
} = process.env
if (path && token) {
  if (fixedPort) movePort(Number(fixedPort), Number(process.env.PORT))
  try {
    // Code that is compiled before a profile starts has no positions of inlined functions, so these would count as part of
    // their callers. The flag adds the positions to V8's tables and does not change machine code.
    v8.setFlagsFromString('--detailed-line-info')
  } catch {
    // A V8 that no longer has the flag does not need it.
  }
  // A connection that is opened before the service has loaded changes how V8 compiles what they share: `util.debuglog` cost a
  // service less than it does without an agent.
  setImmediate(() => connect(path, token)).unref()
}
