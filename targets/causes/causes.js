/**
 * What can be wrong with the shop, one thing at a time. Each part replaces one of the healthy shop; `beside` runs once, when
 * the shop starts.
 */
import { spawn } from 'node:child_process'
import { pbkdf2 } from 'node:crypto'
import { lookup } from 'node:dns/promises'
import { fsyncSync, openSync, unlinkSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { Worker } from 'node:worker_threads'

const derive = promisify(pbkdf2)

/** Adds up numbers for about so many milliseconds. */
function compute(milliseconds) {
  const end = performance.now() + milliseconds
  let sum = 0
  while (performance.now() < end) for (let n = 0; n < 1_000; n++) sum += Math.sqrt(n)
  return sum
}

/** Wakes a worker and sleeps until it answers, so many times. */
function pingPong(shared, times) {
  for (let n = 0; n < times; n++) {
    Atomics.store(shared, 0, 1)
    Atomics.notify(shared, 0)
    Atomics.wait(shared, 0, 1)
  }
}

const startWorker = (name, shared) => {
  const worker = new Worker(new URL('worker.js', import.meta.url), { workerData: { name, shared } })
  worker.unref()
}

/** Lines of the audit log for each order: enough to take a while on a fast disk too. */
const LINES = 48

const shared = new Int32Array(new SharedArrayBuffer(8))
const kept = []
let audit

export const CAUSES = {
  healthy: {},
  computation: { price: order => compute(6) && order.price },
  'long turn': { price: (order, at) => (at % 50 === 0 ? compute(20) && order.price : order.price) },
  churn: {
    render: order => {
      for (let n = 0; n < 60; n++) {
        // What lives for a while has to be copied again and again.
        kept.push(Array.from({ length: 2_000 }, (_, at) => ({ ...order, at, n })))
        if (kept.length > 100) kept.shift()
      }
      return { ...order, rows: kept.length }
    },
  },
  query: { wait: 20 },
  pool: { connections: 2, wait: 16 },
  upstream: { upstream: 20 },
  crypto: {
    check: () => Promise.all(Array.from({ length: 12 }, () => derive('secret', 'salt', 3_000, 32, 'sha256'))),
  },
  lookup: {
    check: () => {
      // Nobody waits for these, but they were there first.
      for (let n = 0; n < 16; n++) derive('secret', 'salt', 3_000, 32, 'sha256')
      return lookup('localhost')
    },
  },
  fsync: {
    beside: () => {
      const file = join(tmpdir(), `audit-${process.pid}.log`)
      audit = openSync(file, 'w')
      // It ends with the process, however that ends.
      unlinkSync(file)
    },
    check: function writeAudit(order) {
      for (let line = 0; line < LINES; line++) {
        writeSync(audit, `${order.id} ${line}\n`)
        fsyncSync(audit)
      }
    },
  },
  lock: {
    beside: () => startWorker('lock', shared),
    check: function takeLock() {
      Atomics.store(shared, 0, 1)
      Atomics.notify(shared, 0)
      Atomics.wait(shared, 0, 1)
    },
  },
  neighbour: {
    beside: () => {
      // It belongs to nobody, so that its work is not the shop's.
      const command = `${process.execPath} ${join(import.meta.dirname, 'neighbour.js')} ${process.pid}`
      for (let n = 0; n < 2; n++)
        spawn('sh', ['-c', `${command} & exit`], { stdio: 'ignore', detached: true })
    },
  },
  storm: {
    beside: () => startWorker('storm', shared),
    check: function askWorker() {
      pingPong(shared, 200)
    },
  },
  console: {
    check: function logOrder(order) {
      // As loggers do that must lose nothing.
      writeSync(1, `${JSON.stringify({ order, details: 'x'.repeat(200_000) })}\n`)
    },
  },
}
