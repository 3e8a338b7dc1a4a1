/** What the gate can carry: slices without any work, by workers that answer at once. */
import { execa } from 'execa'
import { Gate } from '../../harness/loaders/gate/gate.ts'
import type { Asked } from '../../harness/loaders/gate/messages.ts'
import { mortal } from '../../harness/measure/harness/command.ts'
import { median } from '../../harness/stats/describe.ts'
import { value } from '../../harness/words/numbers.ts'
import { atMost, type Context, ROOT, type Target } from '../experiment.ts'
import { printTable, tableOf } from '../print.ts'

const WORKERS = [1, 100, 1_000]

/** Requests of a worker in a slice: the usual slice of a request of 1 ms. */
const REQUESTS = 100

const SECONDS = 20
const QUICK_SECONDS = 3

/** Milliseconds of the gate's processor for an order and its outcome, and MiB by which it may grow. */
const MOST_CPU = 0.5
const MOST_GROWTH = 256

interface Carried {
  workers: number
  /** Slices, and orders with their outcomes, per second. */
  slices: number
  orders: number
  /** Milliseconds of a typical slice. */
  slice: number
  /** Milliseconds of the gate's processor for each order. */
  cpu: number
  /** MiB. */
  growth: number
}

export async function* coordinator({ quick, signal }: Context): AsyncGenerator<Target> {
  const carried: Carried[] = []
  for (const workers of WORKERS)
    if (!signal.aborted) carried.push(await carry(workers, quick ? QUICK_SECONDS : SECONDS))
  printTable(
    tableOf('What the gate carries', carried, {
      workers: ({ workers }) => String(workers),
      'slices/s': ({ slices }) => slices.toFixed(1),
      'orders/s': ({ orders }) => orders.toFixed(0),
      'a slice': ({ slice }) => value(slice, 'ms'),
      'CPU of an order': ({ cpu }) => value(cpu, 'ms'),
      memory: ({ growth }) => `+${growth.toFixed(0)} MiB`,
    }),
  )
  const text = (x: number) => value(x, 'ms')
  for (const { workers, cpu, growth } of carried) {
    yield atMost(`${workers} workers: processor time of an order`, cpu, MOST_CPU, text)
    yield atMost(`${workers} workers: memory`, growth, MOST_GROWTH, x => `${x.toFixed(0)} MiB`)
  }
}

async function carry(workers: number, seconds: number): Promise<Carried> {
  const before = process.memoryUsage.rss()
  const gate = await Gate.open(workers, { host: '127.0.0.1', port: 0 })
  const [program, ...args] = mortal([
    process.execPath,
    'validate/engines/simulated-workers.js',
    gate.url,
    String(workers),
  ])
  const simulated = execa(program!, args, { cwd: ROOT, reject: false, stdio: 'inherit' })
  try {
    await gate.joined(60_000)
    const requests: Asked[] = Array.from({ length: REQUESTS }, (_, i) => ({
      method: 'GET',
      path: `/orders/${i}`,
      headers: { accept: 'application/json' },
    }))
    const times: number[] = []
    const cpu = process.cpuUsage()
    const began = performance.now()
    while (performance.now() - began < seconds * 1_000) {
      const start = performance.now()
      await Promise.all(
        Array.from({ length: workers }, (_, lane) =>
          gate.run(lane, { base: 'http://127.0.0.1:1', timeout: 10_000, requests }),
        ),
      )
      times.push(performance.now() - start)
    }
    const took = (performance.now() - began) / 1_000
    const { user, system } = process.cpuUsage(cpu)
    const orders = times.length * workers
    return {
      workers,
      slices: times.length / took,
      orders: orders / took,
      slice: median(times),
      cpu: (user + system) / 1_000 / orders,
      growth: (process.memoryUsage.rss() - before) / 2 ** 20,
    }
  } finally {
    await gate.close()
    await simulated
  }
}
