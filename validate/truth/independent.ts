/**
 * Measures a pair without Flamegate: fresh processes of both versions, loaded in turn, and the time on the processor as
 * the kernel counts it for every thread.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, readFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { Client } from './client.ts'

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

/** Milliseconds of a slice: the machine stays as it is for about so long. */
const SLICE = 50

/** Least number of pairs of processes: an interval from two says nothing. */
const FEWEST = 3

/** Half of an interval that is narrow enough to judge by: a share of the change, or of the cost where that is more. */
const OF_CHANGE = 0.125
const OF_COST = 0.01

/** Student's t for a two-sided interval of 95 %, by degrees of freedom from 1 on. */
const STUDENT = [
  12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.16, 2.145, 2.131,
  2.12, 2.11, 2.101, 2.093, 2.086, 2.08, 2.074, 2.069, 2.064, 2.06, 2.056, 2.052, 2.048, 2.045, 2.042,
]
/** Beyond the table; slightly conservative, as the limit is 1.96. */
const STUDENT_BEYOND = 2.042

/** The order within pairs alternates, so that being first cancels. */
export async function measureIndependently(
  before: Side,
  after: Side,
  { seconds = 30, longest = seconds, warmup = 4, counted = 1 }: Limits = {},
  signal?: AbortSignal,
): Promise<Independent> {
  const began = performance.now()
  const isOver = (limit: number) => performance.now() - began >= limit * 1_000
  const logs: number[] = []
  const isEnough = () => logs.length >= FEWEST && isOver(isNarrow(summaryOf(logs)) ? seconds : longest)
  while (!isEnough()) {
    const isTurned = logs.length % 2 === 1
    const [first, second] = isTurned ? [after, before] : [before, after]
    const log = Math.log(await ratioOf(first, second, { warmup, counted }, signal))
    logs.push(isTurned ? -log : log)
  }
  return summaryOf(logs)
}

/** Middle of the sorted values, the mean of two where their number is even. */
function median(values: number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const half = sorted.length / 2
  return (sorted[Math.ceil(half) - 1]! + sorted[Math.floor(half)]!) / 2
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

/**
 * CPU per request of the second side through that of the first: fresh processes of both, loaded in turn in short slices, in the
 * order A B B A, so that what the machine does in the meantime cancels. The median over such fours.
 */
async function ratioOf(
  first: Side,
  second: Side,
  { warmup, counted }: Required<Pick<Limits, 'warmup' | 'counted'>>,
  signal?: AbortSignal,
): Promise<number> {
  const processes: Process[] = []
  try {
    for (const side of [first, second]) processes.push(await started(side, signal))
    for (const each of processes) await costOf(each, warmup * 1_000, signal)
    const cost = (at: 0 | 1) => costOf(processes[at]!, SLICE, signal)
    const ratios: number[] = []
    const began = performance.now()
    while (performance.now() - began < counted * 2_000) {
      const [a, b, c, d] = [await cost(0), await cost(1), await cost(1), await cost(0)]
      ratios.push((b + c) / (a + d))
    }
    return median(ratios)
  } finally {
    await Promise.all(processes.map(stopped))
  }
}

interface Process {
  child: ChildProcess
  ended: Promise<unknown>
  client: Client
}

async function started({ service, modules }: Side, signal?: AbortSignal): Promise<Process> {
  signal?.throwIfAborted()
  const port = await freePort()
  const child = spawn(process.execPath, [join(import.meta.dirname, 'services', `${service}.js`)], {
    env: { ...process.env, PORT: String(port), FLAMEGATE_MODULES: modules },
    stdio: 'ignore',
  })
  const own = { child, ended: once(child, 'exit') }
  try {
    await answered(`http://127.0.0.1:${port}`, child)
    return { ...own, client: await Client.open(port) }
  } catch (error) {
    await stopped(own)
    throw error
  }
}

async function stopped({ child, ended, client }: Omit<Process, 'client'> & Partial<Process>): Promise<void> {
  client?.close()
  child.kill('SIGKILL')
  await ended
}

/** Nanoseconds that the process runs per request, under load for some milliseconds. */
async function costOf(
  { child, client }: Process,
  milliseconds: number,
  signal?: AbortSignal,
): Promise<number> {
  signal?.throwIfAborted()
  const began = timeOf(child.pid!)
  const answers = await client.burst(milliseconds)
  return (timeOf(child.pid!) - began) / answers
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
