/** What the values of profiles mean, and which counters have the true total. */
import type { Family } from '../model/columns.ts'
import type { Collected, Sample } from '../model/evidence.ts'
import type { Slices } from '../model/launch.ts'
import { overall, sumOfColumn } from '../stats/columns.ts'

export interface ValueType {
  unit: string
  family: Family
  /** From the profile's values to the unit. */
  scale: number
  /** What a value is counted for. Live objects belong to no request, so they are counted after a full collection. */
  per: 'per request' | 'after a full collection'
  /** An empty profile means that the event never happened. For other types it means that the profiler saw nothing. */
  rare?: boolean
  /** What the sampled threads spent, in the unit: samples are shares of it. `null` where no counter says so. */
  spent?(sample: Sample, collected: Collected): number | null
  /** What the launch spent over all threads. The functions are a part of it. */
  whole?(sample: Sample): number | null
  /** The metric of the whole, whose figures the functions' figures add up to. */
  metric?: string
  /** What changes are fractions of, in the unit. Default: the baseline's whole, or else what its functions cost. */
  base?(collected: Collected): number
  /** µs per request that garbage collection stopped the program for, where the values are what caused it. */
  collecting?(sample: Sample): number | null
}

/** By the type of the profile's last value. */
export const VALUE_TYPES: Record<string, ValueType> = {
  cpu: {
    unit: 'µs',
    family: 'processor',
    scale: 1e-3,
    per: 'per request',
    spent: ({ columns }, { slices, figures }) => sampledCpu(columns, figures) ?? sampledCpu(slices, figures),
    whole: sample => spentOn(sample.columns, 'cpu', 1e-3),
    metric: 'cpu.perRequest',
  },
  alloc_space: {
    unit: 'bytes',
    family: 'memory',
    scale: 1,
    per: 'per request',
    // The agent's counters are not read around profiled slices; the timed ones say the same of a request.
    spent: sample => spentOn(sample.columns, 'allocated'),
    whole: sample => spentOn(sample.columns, 'allocated'),
    metric: 'memory.allocated',
    collecting: sample => spentOn(sample.columns, 'gcPause', 1e-3),
  },
  stall: {
    unit: 'µs',
    family: 'waiting',
    scale: 1e-3,
    per: 'per request',
    rare: true,
    // Samples carry the time that requests waited for them, all requests together, so no counter is needed.
    // A service without a stall has no cost that a stall could be a part of, so the time of its requests is used.
    base: timeOfRequests,
  },
  wait: {
    unit: 'µs',
    family: 'waiting',
    scale: 1e-3,
    per: 'per request',
    rare: true,
    // Requests carry their own times, and those that were followed stand for all.
    base: timeOfRequests,
  },
  off_cpu: {
    unit: 'µs',
    family: 'waiting',
    scale: 1e-3,
    per: 'per request',
    rare: true,
    // Not a part of the cost of a request: threads stop at the same time, and for nobody in particular.
    base: ({ slices }) => sumOfColumn(slices.wall) / 1e3 / sumOfColumn(slices.requests),
  },
  system_cpu: {
    unit: 'µs',
    family: 'processor',
    scale: 1e-3,
    per: 'per request',
    spent: ({ columns }) => spentOn(columns, 'cpu', 1e-3),
    whole: sample => spentOn(sample.columns, 'cpu', 1e-3),
    metric: 'cpu.perRequest',
  },
  state: {
    unit: 'µs',
    family: 'waiting',
    scale: 1e-3,
    per: 'per request',
  },
  inuse_space: {
    unit: 'bytes',
    family: 'memory',
    scale: 1,
    per: 'after a full collection',
    // The profile has a stack for bytes that were not sampled, so it adds up.
  },
}

/** How units of profiles are shown. Values in any other unit are counts. */
const UNITS: Record<string, { unit: string; scale: number }> = {
  nanoseconds: { unit: 'µs', scale: 1e-3 },
  microseconds: { unit: 'µs', scale: 1 },
  milliseconds: { unit: 'ms', scale: 1 },
  seconds: { unit: 's', scale: 1 },
  bytes: { unit: 'bytes', scale: 1 },
}

export const shownUnit = (unit: string) => UNITS[unit] ?? { unit: 'count', scale: 1 }

/** An unknown type, for example from the collector of a plugin, uses the sum of its samples. */
export function valueTypeOf({ type, unit }: { type: string; unit: string }): ValueType {
  const shown = shownUnit(unit)
  const family = unit === 'bytes' ? 'memory' : unit.endsWith('seconds') ? 'waiting' : 'runtime'
  return VALUE_TYPES[type] ?? { ...shown, family, per: 'per request' }
}

/** A counter per request; `null` also where it did not move. */
const spentOn = (columns: Slices, name: string, scale = 1): number | null =>
  overall({ columns }, name, scale) || null

/** µs that a request took, as the collector noted it from the load. */
function timeOfRequests({ slices, figures }: Collected): number {
  return ((figures.waited ?? 0) * 1e3) / sumOfColumn(slices.requests)
}

/**
 * CPU of the threads that were sampled: main threads, unless worker threads have profiles too. The timed slices say what
 * they cost without a profiler.
 */
function sampledCpu(slices: Slices, figures: Collected['figures']): number | null {
  if (!((figures.threads ?? 1) > (figures.processes ?? 1))) return spentOn(slices, 'mainCpu', 1e-3)
  const [all, compiler] = [spentOn(slices, 'cpu', 1e-3), spentOn(slices, 'compilerCpu', 1e-3)]
  return all && all - (compiler ?? 0)
}
