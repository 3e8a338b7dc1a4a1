/** What the values of a run's profiles mean, and which counters say how much there really was. */
import type { Capture, LaunchRecord, SliceField, Slices } from '../model/record.ts'

export interface Kind {
  unit: string
  /** From the profile's values to the unit. */
  scale: number
  /** What is alive at one moment belongs to no request. */
  per: 'per request' | 'after a full collection'
  /** What the launch spent while it was sampled, in the unit: samples are shares of it. `null` where nothing says so. */
  spent(launch: LaunchRecord, capture: Capture): number | null
  /** The same without a profiler and over all threads: what the functions' changes are set beside. */
  whole(launch: LaunchRecord, capture: Capture): number | null
  /** What changes are fractions of, where that is not all that the baseline's functions cost; in the unit. */
  of?(capture: Capture): number
  /** µs per request that garbage collection stopped the program for, where the values are what made it necessary. */
  collecting?(launch: LaunchRecord): number | null
}

/** By type of the profile's last value. */
export const KINDS: ReadonlyMap<string, Kind> = new Map<string, Kind>([
  [
    'cpu',
    {
      unit: 'µs',
      scale: 1e-3,
      per: 'per request',
      spent: (_, capture) => programCpu(capture),
      whole: ({ timed }) => perRequest(timed, 'cpu', 1e-3),
    },
  ],
  [
    'alloc_space',
    {
      unit: 'bytes',
      scale: 1,
      per: 'per request',
      // Agents are not read around a profiled slice, and what a request allocates does not depend on the time.
      spent: ({ timed }) => perRequest(timed, 'allocated'),
      whole: ({ timed }) => perRequest(timed, 'allocated'),
      collecting: ({ timed }) => perRequest(timed, 'gcPause', 1e-3),
    },
  ],
  [
    'stall',
    {
      unit: 'µs',
      scale: 1e-3,
      per: 'per request',
      // Samples carry the time that was waited for them, all requests together.
      spent: () => null,
      whole: () => null,
      // A service without a stall has nothing that a stall could be a part of, but its requests take their time.
      of: ({ slices, figures }) => ((figures.waited ?? 0) * 1e3) / total(slices.requests),
    },
  ],
  [
    'inuse_space',
    {
      unit: 'bytes',
      scale: 1,
      per: 'after a full collection',
      // The profile has a stack for what no sample stands for, so it adds up by itself.
      spent: () => null,
      whole: () => null,
    },
  ],
])

/** CPU of the threads that were sampled: main threads, unless worker threads have profiles too. */
function programCpu({ slices, figures }: Capture): number | null {
  if (!((figures.threads ?? 1) > (figures.processes ?? 1))) return perRequest(slices, 'mainCpu', 1e-3)
  const [all, compiler] = [perRequest(slices, 'cpu', 1e-3), perRequest(slices, 'compilerCpu', 1e-3)]
  return all && all - (compiler ?? 0)
}

/** A counter over the slices that have it by the requests in them; `null` when none has, or when it did not move. */
function perRequest({ requests, ...counters }: Slices, field: Exclude<SliceField, 'requests'>, scale = 1) {
  const counter = counters[field]
  const spent = total(counter)
  const answered = total(requests.filter((_, row) => counter[row] !== null))
  return spent && answered ? (spent * scale) / answered : null
}

const total = (values: (number | null)[]): number =>
  values.reduce<number>((sum, value) => sum + (value ?? 0), 0)
