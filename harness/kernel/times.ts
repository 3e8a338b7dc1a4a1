/** How the processors of the machine spend their time. */
import { availableParallelism, type CpuInfo, cpus } from 'node:os'
import { visible } from '../words/text.ts'
import { readText } from './proc.ts'
import { livingProcesses, type ProcessState } from './processes.ts'

/** Clock ticks per second (`USER_HZ`): 100 on every platform that Node runs on. */
const TICKS_PER_SECOND = 100

/** Clock ticks since boot. */
export interface CpuTimes {
  total: number
  idle: number
  /** Time that the host of a virtual machine took from it. */
  steal: number
}

/**
 * `/proc/stat`, as in proc_stat(5): user nice system idle iowait irq softirq steal guest guest_nice.
 *
 * @param processors default: all of them
 * @returns null when one of them is not listed
 */
export function parseCpuTimes(stat: string, processors?: number[]): CpuTimes | null {
  const wanted = processors?.map(number => `cpu${number}`) ?? ['cpu']
  const lines = stat
    .split('\n')
    .map(line => line.split(/\s+/))
    .filter(([name = '']) => wanted.includes(name))
  if (lines.length < wanted.length) return null
  const times: CpuTimes = { total: 0, idle: 0, steal: 0 }
  for (const [, ...fields] of lines) {
    // `user` and `nice` include the time of guests.
    const ticks = fields.slice(0, 8).map(Number)
    const [, , , idle = 0, waiting = 0, , , steal = 0] = ticks
    times.total += ticks.reduce((sum, value) => sum + value, 0)
    times.idle += idle + waiting
    times.steal += steal
  }
  return times
}

/** The same from Node, on any platform. Node does not know stolen time. */
export function timesOf(processors: CpuInfo[]): CpuTimes {
  const idle = processors.reduce((sum, { times }) => sum + times.idle, 0)
  const total = processors.flatMap(({ times }) => Object.values(times)).reduce((sum, time) => sum + time, 0)
  return { total, idle, steal: 0 }
}

const readTimes = (processors?: number[]): CpuTimes | null =>
  parseCpuTimes(readText('/proc/stat'), processors)

/** Nanoseconds that the host of a virtual machine took from these processors since boot; null where unknown. */
export function stolen(processors?: number[]): number | null {
  const times = readTimes(processors)
  return times && (times.steal / TICKS_PER_SECOND) * 1e9
}

/** @returns a function that returns the share of the processors' time that the host has taken since */
export function watchSteal(processors?: number[]): () => number | null {
  const [before, began] = [stolen(processors), performance.now()]
  return () => {
    const after = stolen(processors)
    const passed = (performance.now() - began) * 1e6 * (processors?.length ?? availableParallelism())
    return before === null || after === null ? null : (after - before) / passed
  }
}

/** Shares (0–1) of the processors' time between two readings; `null` when no tick has passed. */
export function usageBetween(before: CpuTimes, after: CpuTimes): { busy: number; steal: number } | null {
  const total = after.total - before.total
  if (total <= 0) return null
  const share = (ticks: number) => Math.min(1, Math.max(0, ticks / total))
  const steal = share(after.steal - before.steal)
  return { busy: share(total - (after.idle - before.idle)) - steal, steal }
}

/** Processes of one name, made harmless to show, and the share of one processor that they used. Several can exceed 1. */
export interface Busy {
  name: string
  share: number
}

export interface Usage {
  busy: number | null
  steal: number | null
  busiest: Busy[]
}

/** @returns a function that returns how the machine's processors were used since, and by which other processes */
export function watchUsage(): () => Usage {
  const read = () => ({
    at: performance.now(),
    times: readTimes() ?? timesOf(cpus()),
    processes: livingProcesses().filter(({ pid }) => pid !== process.pid),
  })
  const before = read()
  return () => {
    const after = read()
    const usage = usageBetween(before.times, after.times)
    return {
      busy: usage?.busy ?? null,
      steal: readTimes() && (usage?.steal ?? null),
      busiest: busiest(before.processes, after.processes, (after.at - before.at) / 1_000),
    }
  }
}

type Ticks = Pick<ProcessState, 'pid' | 'name' | 'ticks'>

/** The busiest first, without processes that started or ended in between. */
export function busiest(
  before: Ticks[],
  after: Ticks[],
  seconds: number,
  { most = 5, least = 0.01 } = {},
): Busy[] {
  const known = new Map(before.map(({ pid, ticks }) => [pid, ticks]))
  const used = new Map<string, number>()
  for (const { pid, name, ticks } of after)
    used.set(name, (used.get(name) ?? 0) + ticks - (known.get(pid) ?? ticks))
  return [...used]
    .map(([name, ticks]) => ({ name: visible(name), share: ticks / TICKS_PER_SECOND / seconds }))
    .filter(({ share }) => share >= least)
    .sort((a, b) => b.share - a.share)
    .slice(0, most)
}
