/** The kernel's tables of times and of processors, as text → figures. */
import type { CpuInfo } from 'node:os'
import { visible } from '../words/text.ts'
import { parseProcessorList } from './processors.ts'

/** Ticks since boot, of all processors together. */
export interface CpuTimes {
  total: number
  idle: number
  steal: number
}

/** Ticks per second of every clock that the kernel shows to programs (`USER_HZ`, the same on each architecture). */
const TICKS_PER_SECOND = 100

/** First line of `/proc/stat`, as in proc_stat(5): user nice system idle iowait irq softirq steal guest guest_nice. */
export function parseCpuTimes(stat: string): CpuTimes | null {
  const line = /^cpu +(.+)$/m.exec(stat)?.[1]
  if (line === undefined) return null
  // What guests used is in `user` and `nice` already.
  const ticks = line.split(/\s+/).slice(0, 8).map(Number)
  const [, , , idle = 0, waiting = 0, , , steal = 0] = ticks
  return { total: ticks.reduce((sum, value) => sum + value, 0), idle: idle + waiting, steal }
}

/** The same from what Node knows of any platform; nobody tells what the host has taken. */
export function timesOf(processors: CpuInfo[]): CpuTimes {
  const idle = processors.reduce((sum, { times }) => sum + times.idle, 0)
  const total = processors.flatMap(({ times }) => Object.values(times)).reduce((sum, time) => sum + time, 0)
  return { total, idle, steal: 0 }
}

/** Shares (0–1) of the processors' time between two readings; `null` when no tick has passed. */
export function usageBetween(before: CpuTimes, after: CpuTimes): { busy: number; steal: number } | null {
  const total = after.total - before.total
  if (total <= 0) return null
  const share = (ticks: number) => Math.min(1, Math.max(0, ticks / total))
  const steal = share(after.steal - before.steal)
  return { busy: share(total - (after.idle - before.idle)) - steal, steal }
}

/** What one process is called and has used. */
export interface ProcessTimes {
  pid: number
  name: string
  ticks: number
}

/** `/proc/<pid>/stat`, as in proc_pid_stat(5). A name may hold anything, brackets and line breaks too. */
export function parseProcessTimes(stat: string): ProcessTimes | null {
  const [open, close] = [stat.indexOf('('), stat.lastIndexOf(')')]
  if (open < 0 || close < open) return null
  // The state, third in the manual's count, is the first behind the name.
  const fields = stat.slice(close + 2).split(' ')
  const ticks = Number(fields[11]) + Number(fields[12])
  const pid = Number.parseInt(stat, 10)
  if (!Number.isFinite(ticks) || !Number.isFinite(pid)) return null
  return { pid, name: stat.slice(open + 1, close), ticks }
}

/** Processes of one name (harmless to show), and the share of one processor that they used (above 1: of several). */
export interface Busy {
  name: string
  share: number
}

/** The busiest first; processes that were born or have ended in between are not among them. */
export function busiest(
  before: ProcessTimes[],
  after: ProcessTimes[],
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

/** Processors' worth of time that a control group may use; `null` without a limit. */
export function parseQuota(limit: string): number | null {
  // `cpu.max` of version 2 is "<quota> <period>"; version 1 has the two in files of their own, −1 for no limit.
  const [quota, period] = limit.trim().split(/\s+/).map(Number)
  return quota !== undefined && period !== undefined && quota > 0 && period > 0 ? quota / period : null
}

/** Lists of `topology/thread_siblings_list`, one per processor → the sets of processors that share a core. */
export function parseCores(lists: string[]): number[][] {
  const cores = new Map(lists.map(list => [list.trim(), parseProcessorList(list.trim())]))
  return [...cores.values()].sort((a, b) => a[0]! - b[0]!)
}
