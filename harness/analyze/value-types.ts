/** What the values of a sample's profiles mean, and which counters say how much there really was. */
import type { Family } from '../model/columns.ts'
import type { Collected, Sample } from '../model/evidence.ts'
import { perRequest, sumOfColumn } from '../stats/columns.ts'

export interface ValueType {
  unit: string
  family: Family
  /** From the profile's values to the unit. */
  scale: number
  /** What is alive at one moment belongs to no request. */
  per: 'per request' | 'after a full collection'
  /** Without samples the event did not happen; of other types nothing was seen then. */
  rare?: boolean
  /** What the launch spent while it was sampled, in the unit: samples are shares of it. `null` where nothing says so. */
  spent(sample: Sample, collected: Collected): number | null
  /** The same without a profiler and over all threads: what the functions' changes are compared with. */
  whole(sample: Sample): number | null
  /** What changes are fractions of, where that is not all that the baseline's functions cost; in the unit. */
  of?(collected: Collected): number
  /** µs per request that garbage collection stopped the program for, where the values are what made it necessary. */
  collecting?(sample: Sample): number | null
}

/** By type of the profile's last value. */
const VALUE_TYPES: Record<string, ValueType> = {
  cpu: {
    unit: 'µs',
    family: 'processor',
    scale: 1e-3,
    per: 'per request',
    spent: (_, collected) => sampledCpu(collected),
    whole: sample => perRequest(sample.columns, 'cpu', 1e-3),
  },
  alloc_space: {
    unit: 'bytes',
    family: 'memory',
    scale: 1,
    per: 'per request',
    // Agents are not read around a profiled slice, and what a request allocates does not depend on the time.
    spent: sample => perRequest(sample.columns, 'allocated'),
    whole: sample => perRequest(sample.columns, 'allocated'),
    collecting: sample => perRequest(sample.columns, 'gcPause', 1e-3),
  },
  stall: {
    unit: 'µs',
    family: 'waiting',
    scale: 1e-3,
    per: 'per request',
    rare: true,
    // Samples carry the time that was waited for them, all requests together.
    spent: () => null,
    whole: () => null,
    // A service without a stall has nothing that a stall could be a part of, but its requests take their time.
    of: ({ slices, figures }) => ((figures.waited ?? 0) * 1e3) / sumOfColumn(slices.requests),
  },
  inuse_space: {
    unit: 'bytes',
    family: 'memory',
    scale: 1,
    per: 'after a full collection',
    // The profile has a stack for what no sample stands for, so it adds up.
    spent: () => null,
    whole: () => null,
  },
}

/** How units of profiles are shown. What has none of these is counted. */
const UNITS: Record<string, { unit: string; scale: number }> = {
  nanoseconds: { unit: 'µs', scale: 1e-3 },
  microseconds: { unit: 'µs', scale: 1 },
  milliseconds: { unit: 'ms', scale: 1 },
  seconds: { unit: 's', scale: 1 },
  bytes: { unit: 'bytes', scale: 1 },
}

export const shownUnit = (unit: string) => UNITS[unit] ?? { unit: 'count', scale: 1 }

/** A type that is not known here, such as that of somebody else's collector, counts what its samples add up to. */
export function valueTypeOf({ type, unit }: { type: string; unit: string }): ValueType {
  const shown = shownUnit(unit)
  const family = unit === 'bytes' ? 'memory' : unit.endsWith('seconds') ? 'waiting' : 'runtime'
  return VALUE_TYPES[type] ?? { ...shown, family, per: 'per request', spent: () => null, whole: () => null }
}

/** CPU of the threads that were sampled: main threads, unless worker threads have profiles too. */
function sampledCpu({ slices, figures }: Collected): number | null {
  if (!((figures.threads ?? 1) > (figures.processes ?? 1))) return perRequest(slices, 'mainCpu', 1e-3)
  const [all, compiler] = [perRequest(slices, 'cpu', 1e-3), perRequest(slices, 'compilerCpu', 1e-3)]
  return all && all - (compiler ?? 0)
}
