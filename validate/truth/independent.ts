/**
 * Measures a pair without Flamegate: fresh processes of both versions in turn, plain autocannon, and the time on the
 * processor as the kernel counts it for every thread.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, readFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { shoot } from '../autocannon.ts'

/** A version to measure: its service, and the manifest of the folder that the version is installed in. */
export interface Side {
  service: string
  modules: string
}

export interface Limits {
  /** Of the whole measurement; a pair of processes that has begun is finished. */
  seconds?: number
  /** As long as the interval is too wide to judge by; default `seconds`. */
  longest?: number
  /** Of load before the counting begins, and of the counting, for each process. */
  warmup?: number
  counted?: number
}

export interface Independent {
  /** After through before, of CPU per request, with its 95 % interval. */
  ratio: number
  low: number
  high: number
  /** Of each pair of processes. */
  ratios: number[]
}

/** Milliseconds until a service must answer, and between two polls. */
const TIMEOUT = 10_000
const ASK_EVERY = 20

/** Least number of pairs of processes: an interval from two says nothing. */
const FEWEST = 3

/** Half of an interval that is narrow enough to judge by: a share of the change, or of the cost where that is more. */
const OF_CHANGE = 0.25
const OF_COST = 0.01

/** Student's t for a two-sided interval of 95 %, by degrees of freedom from 1 on. */
const STUDENT = [
  12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.16, 2.145, 2.131,
  2.12, 2.11, 2.101, 2.093, 2.086, 2.08, 2.074, 2.069, 2.064, 2.06, 2.056, 2.052, 2.048, 2.045, 2.042,
]
/** Beyond the table; slightly conservative, as the limit is 1.96. */
const STUDENT_BEYOND = 2.042

/** The order within pairs alternates (before, after, after, before, …), so that a drift cancels. */
export async function measureIndependently(
  before: Side,
  after: Side,
  { seconds = 30, longest = seconds, warmup = 4, counted = 2 }: Limits = {},
  signal?: AbortSignal,
): Promise<Independent> {
  const began = performance.now()
  const isOver = (limit: number) => performance.now() - began >= limit * 1_000
  const cost = (side: Side) => costOf(side, warmup, counted, signal)
  const logs: number[] = []
  const isEnough = () => logs.length >= FEWEST && isOver(isNarrow(summaryOf(logs)) ? seconds : longest)
  while (!isEnough()) {
    const isTurned = logs.length % 2 === 1
    const first = await cost(isTurned ? after : before)
    const second = await cost(isTurned ? before : after)
    logs.push(Math.log(isTurned ? first / second : second / first))
  }
  return summaryOf(logs)
}

/** Its width decides when to stop, never which side of zero it is on: that would favour chance. */
export const isNarrow = ({ ratio, low, high }: Independent): boolean =>
  (high - low) / 2 <= Math.max(OF_COST, OF_CHANGE * Math.abs(ratio - 1))

/** @param logs log ratios of two pairs at least */
export function summaryOf(logs: number[]): Independent {
  const mean = logs.reduce((sum, log) => sum + log, 0) / logs.length
  const variance = logs.reduce((sum, log) => sum + (log - mean) ** 2, 0) / (logs.length - 1)
  const half = (STUDENT[logs.length - 2] ?? STUDENT_BEYOND) * Math.sqrt(variance / logs.length)
  return {
    ratio: Math.exp(mean),
    low: Math.exp(mean - half),
    high: Math.exp(mean + half),
    ratios: logs.map(log => Math.exp(log)),
  }
}

/** Nanoseconds of CPU per request of one fresh process. */
async function costOf(
  { service, modules }: Side,
  warmup: number,
  counted: number,
  signal?: AbortSignal,
): Promise<number> {
  signal?.throwIfAborted()
  const port = await freePort()
  const child = spawn(process.execPath, [join(import.meta.dirname, 'services', `${service}.js`)], {
    env: { ...process.env, PORT: String(port), FLAMEGATE_MODULES: modules },
    stdio: 'ignore',
  })
  const ended = once(child, 'exit')
  try {
    const url = `http://127.0.0.1:${port}`
    await answered(url, child)
    await awake(shoot({ url, path: '/', seconds: warmup }, () => {}, signal))
    let answers = 0
    const began = timeOf(child.pid!)
    await awake(shoot({ url, path: '/', seconds: counted }, () => answers++, signal))
    const time = timeOf(child.pid!) - began
    signal?.throwIfAborted()
    if (child.exitCode !== null || child.signalCode !== null)
      throw new Error(`The service ${service} ended under load.`)
    if (answers === 0) throw new Error(`The service ${service} gave no answer.`)
    return time / answers
  } finally {
    child.kill('SIGKILL')
    await ended
  }
}

/**
 * Keeps the event loop of this process turning until the work is done. A client that waits has to be woken for each answer, and
 * the kernel charges that to the server: nothing where the client is busy, but over 20 µs per answer on a virtual machine
 * where the server is slow enough for it to sleep. That would be added to one side of the pair only.
 */
async function awake(work: Promise<void>): Promise<void> {
  let isOver = false
  const turn = () => {
    if (!isOver) setImmediate(turn)
  }
  turn()
  await work.finally(() => {
    isOver = true
  })
}

/** Nanoseconds that all threads of a process and of its children have run. */
function timeOf(pid: number): number {
  const folder = `/proc/${pid}/task`
  return readdirSync(folder).reduce((sum, thread) => {
    const children = readText(`${folder}/${thread}/children`).split(' ').filter(Boolean).map(Number)
    const own = Number(readText(`${folder}/${thread}/schedstat`).split(' ')[0])
    return children.reduce((total, child) => total + timeOf(child), sum + own)
  }, 0)
}

/** Empty when the thread has ended, or when the kernel does not offer the file. */
function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8').trim()
  } catch {
    return ''
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as { port: number }
  server.close()
  await once(server, 'close')
  return port
}

async function answered(url: string, child: ChildProcess): Promise<void> {
  const deadline = performance.now() + TIMEOUT
  while (performance.now() < deadline) {
    if (child.exitCode !== null || child.signalCode !== null)
      throw new Error('The service ended before it answered.')
    const response = await fetch(url).catch(() => null)
    await response?.text()
    if (response?.ok) return
    await wait(ASK_EVERY)
  }
  throw new Error(`The service did not answer within ${TIMEOUT} ms.`)
}
