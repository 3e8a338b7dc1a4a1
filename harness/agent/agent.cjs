/**
 * Preloaded into every process and thread of a target (`--require`), Node 20 or newer. Answers over a local socket with
 * counters and profiles, is silent otherwise, and keeps nothing alive. Plain JavaScript, because the target's Node cannot
 * always strip types. CommonJS, because with `--import` Node first takes the service itself for an ES module and ignores
 * what the service has hooked into `require` (`-r ts-node/register`).
 */
const inspector = require('node:inspector')
const net = require('node:net')
const { monitorEventLoopDelay, PerformanceObserver, performance } = require('node:perf_hooks')
const v8 = require('node:v8')
const { threadId } = require('node:worker_threads')
const { readScripts } = require('./scripts.cjs')

/** What may be asked of the inspector: profiling and sizes, nothing that evaluates code. */
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

/** Milliseconds between SIGTERM and SIGKILL for a host that must end. */
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

/**
 * By the names of their columns (`model/columns.ts`); another counter is another line. All are cheap enough for every slice
 * except those with `levels`: V8 walks its heap for the size of compiled code (about 1 ms).
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

/** `on` or `off`; `latest` gives the longest delay since the last time, and the watch goes on. */
function watchLoop(step) {
  if (step === 'on') {
    delays = {
      all: monitorEventLoopDelay({ resolution: 1 }),
      latest: monitorEventLoopDelay({ resolution: 1 }),
    }
    for (const histogram of Object.values(delays)) histogram.enable()
    return {}
  }
  if (!delays) return {}
  const { all, latest } = delays
  if (step === 'latest') {
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

/** Stretches that are kept at most. */
const MOST_STALLS = 100_000

/**
 * When the loop did not turn for longer than a threshold (ms): a timer that is due every millisecond shows when it did.
 * From and to are µs on the clock of the CPU profiler, so that its samples can be found between them.
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

/** Ending it gives the pauses since: kind, duration in ns, and bytes in use on the heap before and after. */
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
    // Two sources in V8: if they disagree on how many there were, nobody knows when each was.
    ...(at.length === statistics.length && { at }),
    kind: statistics.map(({ gcType }) => gcType),
    duration: statistics.map(({ cost }) => Math.round(cost * 1e3)),
    before: statistics.map(({ beforeGC }) => used(beforeGC)),
    after: statistics.map(({ afterGC }) => used(afterGC)),
  }
}

async function answer(request, observer) {
  if (request.command === 'read') return readCounters(observer, request.levels === true)
  if (request.command === 'post') return post(request.method, request.params)
  if (request.command === 'loopDelay') return watchLoop(request.step)
  if (request.command === 'turns') return watchTurns(request.threshold)
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
        send({ id: request.id, result: await answer(request, observer) })
      } catch (error) {
        send({ id: request.id, error: error.message })
      }
    }
  })
  // A target must not fail because nobody listens to its agent.
  socket.on('error', () => {})
  socket.on('close', () => {
    fallSilent(observer)
    if (connected && onClose === 'end') endHost()
  })
  socket.unref()
}

/** Nobody asks any more: what was started is ended, so that the host runs as if it had no agent. */
function fallSilent(observer) {
  observer.disconnect()
  watchLoop('off')
  watchTurns(0)
  pauses?.profiler.stop()
  pauses = undefined
  session?.disconnect()
  session = undefined
}

/** In the lab a closed socket means that the harness died, and the target must not outlive it. */
function endHost() {
  process.kill(process.pid, 'SIGTERM')
  setTimeout(() => process.kill(process.pid, 'SIGKILL'), GRACE).unref()
}

const {
  FLAMEGATE_AGENT_SOCKET: path,
  FLAMEGATE_AGENT_TOKEN: token,
  FLAMEGATE_AGENT_ON_CLOSE: onClose,
} = process.env
if (path && token) {
  try {
    // Otherwise functions that the optimiser inlines would count as part of their callers: code that is compiled before a
    // profile starts has no positions of what was inlined. The flag changes tables, not machine code.
    v8.setFlagsFromString('--detailed-line-info')
  } catch {
    // A V8 that no longer has the flag does not need it.
  }
  connect(path, token)
}
