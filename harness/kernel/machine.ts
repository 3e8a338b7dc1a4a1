/** Settings and properties of the machine. `null` where the platform does not say. */
import { arch, cpus, loadavg, platform, release } from 'node:os'
import { namesIn, readText } from './proc.ts'
import { descendants } from './processes.ts'

const CPU = '/sys/devices/system/cpu'
const POWER = '/sys/class/power_supply'

/** Names of the machine and the software. `load` is the load average of one minute. */
export const describeMachine = () => ({
  platform: platform(),
  arch: arch(),
  kernel: release(),
  cpuModel: cpus()[0]?.model.trim() ?? 'unknown',
  load: loadavg()[0] ?? 0,
  node: process.version,
  v8: process.versions.v8,
})

/** Sets of processors that share a core. */
export function coresOf(processors: number[]): number[][] | null {
  const lists = processors.map(number => readText(`${CPU}/cpu${number}/topology/thread_siblings_list`))
  const known = lists.filter(list => list !== '')
  return known.length > 0 ? parseCores(known) : null
}

/** Names of the frequency governors, each once. */
export function governorsOf(processors: number[]): string[] {
  const names = processors.map(number => readText(`${CPU}/cpu${number}/cpufreq/scaling_governor`))
  return [...new Set(names.filter(name => name !== ''))]
}

/** The quota of the control group that this process sees as its root. In a container, that is its own. */
export function processorQuota(): number | null {
  const first = ['quota', 'period'].map(part => readText(`/sys/fs/cgroup/cpu/cpu.cfs_${part}_us`))
  return parseQuota(readText('/sys/fs/cgroup/cpu.max') || first.join(' '))
}

/** Processors' worth of time that a control group can use; `null` without a limit. */
export function parseQuota(limit: string): number | null {
  // `cpu.max` of version 2 is "<quota> <period>". Version 1 has a file for each, and −1 for no limit.
  const [quota, period] = limit.trim().split(/\s+/).map(Number)
  return quota !== undefined && period !== undefined && quota > 0 && period > 0 ? quota / period : null
}

export const clockSource = (): string | null =>
  readText('/sys/devices/system/clocksource/clocksource0/current_clocksource') || null

/** Resources whose pressure the kernel tells: time in which some thread of the machine could not go on for lack of one. */
const PRESSURES = { cpu: 'cpuPressure', io: 'ioPressure', memory: 'memoryPressure' } as const

/**
 * Nanoseconds since boot by the names of their columns (`model/columns.ts`); without those that the kernel does not tell.
 *
 * @see https://docs.kernel.org/accounting/psi.html
 */
export const pressure = (): Record<string, number> =>
  Object.fromEntries(
    Object.entries(PRESSURES).flatMap(([resource, column]) => {
      const stalled = parsePressure(readText(`/proc/pressure/${resource}`))
      return stalled === null ? [] : [[column, stalled]]
    }),
  )

/** Nanoseconds in which some threads were stalled. */
export function parsePressure(text: string): number | null {
  const microseconds = /^some .*\btotal=(\d+)$/m.exec(text)?.[1]
  return microseconds === undefined ? null : Number(microseconds) * 1e3
}

/** Whether this is a virtual machine: on x86, a hypervisor shows among the processor's flags. */
export function isVirtual(): boolean | null {
  const flags = /^flags\s*:(.*)$/m.exec(readText('/proc/cpuinfo'))?.[1]
  return flags === undefined ? null : /\bhypervisor\b/.test(flags)
}

/** Whether it runs on battery; `null` without one. */
export function isOnBattery(): boolean | null {
  const supplies = namesIn(POWER).map(name => (file: string) => readText(`${POWER}/${name}/${file}`))
  const batteries = supplies.filter(supply => supply('type') === 'Battery' && supply('scope') !== 'Device')
  return batteries.length > 0 ? batteries.some(supply => supply('status') === 'Discharging') : null
}

/** Processors that both this process and the target's tree can use; absent where there are none, or that is unknown. */
export function sharedProcessors(root: number): { sharedProcessors?: number[] } {
  const own = new Set(allowedProcessors(process.pid))
  const shared = new Set(descendants(root).flatMap(allowedProcessors)).intersection(own)
  return shared.size > 0 ? { sharedProcessors: [...shared] } : {}
}

/** Numbers of the processors that a process's main thread can use (proc_pid_status(5)); none where they are unknown. */
export function allowedProcessors(pid: number): number[] {
  const list = /^Cpus_allowed_list:\s*(\S+)$/m.exec(readText(`/proc/${pid}/status`))?.[1]
  return list ? parseProcessorList(list) : []
}

/** `0-2,5` → [0, 1, 2, 5] */
export function parseProcessorList(list: string): number[] {
  return list.split(',').flatMap(range => {
    const [first, last] = range.split('-').map(Number)
    return Array.from({ length: (last ?? first!) - first! + 1 }, (_, index) => first! + index)
  })
}

/** The `topology/thread_siblings_list` of each processor → sets of processors that share a core. */
export function parseCores(lists: string[]): number[][] {
  return [...new Set(lists)].map(parseProcessorList).sort((a, b) => a[0]! - b[0]!)
}
