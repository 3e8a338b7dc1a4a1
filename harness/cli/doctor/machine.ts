/** Describes the machine, and what it is doing at the moment: names of programs, never their arguments or settings. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { arch, availableParallelism, cpus, freemem, loadavg, release, totalmem } from 'node:os'
import { setTimeout as wait } from 'node:timers/promises'
import {
  type Busy,
  busiest,
  type CpuTimes,
  type ProcessTimes,
  parseCores,
  parseCpuTimes,
  parseProcessTimes,
  parseQuota,
  timesOf,
  usageBetween,
} from '../../kernel/tables.ts'
import type { World } from '../../model/world.ts'

/** `null` for what the platform does not say. Shares are fractions. */
export interface Machine {
  platform: string
  arch: string
  kernel: string
  cpuModel: string
  /** Processors of the whole machine. */
  cores: number
  /** Numbers of the processors that this process may use. */
  processors: number[]
  /** Sets of processors that share a core. */
  siblings: number[][] | null
  /** Processors' worth of time that a container may use; `null` also when there is no limit. */
  quota: number | null
  pinnable: boolean
  governors: string[]
  /** Load average of one minute, which still counts what has ended. */
  load: number
  /** Shares of all processors' time: spent on any work, and taken by other machines of the host. */
  busy: number | null
  steal: number | null
  busiest: Busy[]
  clock: { source: string | null /** Nanoseconds. */; resolution: number }
  /** Bytes. */
  memory: { total: number; available: number }
  node: string
  v8: string
  /** Whether the kernel counts each thread's time on a processor. */
  schedstat: boolean
  virtual: boolean | null
  /** Whether it runs on a battery; `null` if it has none. */
  onBattery: boolean | null
}

const CPU = '/sys/devices/system/cpu'
const POWER = '/sys/class/power_supply'

/** @param interval milliseconds over which usage is measured */
export async function inspectMachine({ platform, signal }: World, interval = 1_000): Promise<Machine> {
  const before = readUsage()
  await wait(interval, undefined, { signal })
  const after = readUsage()
  const usage = before.times && after.times ? usageBetween(before.times, after.times) : null
  return {
    platform: platform.name,
    arch: arch(),
    kernel: release(),
    cpuModel: cpus()[0]?.model.trim() ?? 'unknown',
    cores: cpus().length || availableParallelism(),
    processors: platform.processors,
    siblings: siblings(platform.processors),
    quota: quota(),
    pinnable: platform.pinnable,
    governors: governors(platform.processors),
    load: loadavg()[0] ?? 0,
    busy: usage?.busy ?? null,
    steal: read('/proc/stat') === null ? null : (usage?.steal ?? null),
    busiest: busiest(before.processes, after.processes, (after.at - before.at) / 1_000),
    clock: {
      source: read('/sys/devices/system/clocksource/clocksource0/current_clocksource'),
      resolution: resolution(),
    },
    memory: { total: totalmem(), available: freemem() },
    node: process.version,
    v8: process.versions.v8,
    schedstat: read('/proc/self/schedstat') !== null,
    virtual: virtual(),
    onBattery: onBattery(),
  }
}

interface Usage {
  at: number
  times: CpuTimes | null
  processes: ProcessTimes[]
}

function readUsage(): Usage {
  const processes = list('/proc')
    .filter(name => /^\d+$/.test(name) && name !== `${process.pid}`)
    .flatMap(pid => parseProcessTimes(read(`/proc/${pid}/stat`) ?? '') ?? [])
  return {
    at: performance.now(),
    times: parseCpuTimes(read('/proc/stat') ?? '') ?? timesOf(cpus()),
    processes,
  }
}

function siblings(processors: number[]): number[][] | null {
  const lists = processors.flatMap(number => read(`${CPU}/cpu${number}/topology/thread_siblings_list`) ?? [])
  return lists.length > 0 ? parseCores(lists) : null
}

/** The quota of the control group that this process sees as its root, which in a container is its own. */
function quota(): number | null {
  const second = read('/sys/fs/cgroup/cpu.max')
  const first = ['quota', 'period'].map(part => read(`/sys/fs/cgroup/cpu/cpu.cfs_${part}_us`) ?? '')
  return parseQuota(second ?? first.join(' '))
}

function governors(processors: number[]): string[] {
  return [
    ...new Set(processors.flatMap(number => read(`${CPU}/cpu${number}/cpufreq/scaling_governor`) ?? [])),
  ]
}

/** The smallest difference between two readings of the clock, in nanoseconds. */
function resolution(): number {
  let least = Number.POSITIVE_INFINITY
  for (let step = 0; step < 1_000; step++) {
    const from = process.hrtime.bigint()
    let to = process.hrtime.bigint()
    while (to === from) to = process.hrtime.bigint()
    least = Math.min(least, Number(to - from))
  }
  return least
}

/** A hypervisor announces itself among the processor's flags (x86). */
function virtual(): boolean | null {
  const flags = /^flags\s*:(.*)$/m.exec(read('/proc/cpuinfo') ?? '')?.[1]
  return flags === undefined ? null : /\bhypervisor\b/.test(flags)
}

function onBattery(): boolean | null {
  const supplies = list(POWER).map(name => (file: string) => read(`${POWER}/${name}/${file}`))
  const batteries = supplies.filter(supply => supply('type') === 'Battery' && supply('scope') !== 'Device')
  return batteries.length > 0 ? batteries.some(supply => supply('status') === 'Discharging') : null
}

const list = (folder: string): string[] => (existsSync(folder) ? readdirSync(folder) : [])

function read(path: string): string | null {
  try {
    return readFileSync(path, 'utf8').trim()
  } catch {
    return null
  }
}
