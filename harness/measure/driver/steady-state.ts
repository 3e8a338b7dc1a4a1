/**
 * Decides when a launch is warm. One that computes is warm when its just-in-time compiler has done its work. One that mostly
 * waits is warm for its latency long before that.
 */
import type { Slice } from '../../model/launch.ts'
import type { Plan } from '../../model/plan.ts'
import { mean, median, sum } from '../../stats/describe.ts'
import { share, signedPercent } from '../../words/numbers.ts'

/** Last slices in which the compiler must have been quiet: three to four thousand quick requests. */
const RECENT = 4
/** Slices without which there is no trend to see. */
const LEAST = 16
/** Share of all requests so far over which there must be no trend, because steps come further and further apart. */
const TREND_SHARE = 0.5
/** Largest difference between the halves of that stretch, as a fraction of CPU per request. */
const MAX_TREND = 0.03
/** Largest share of CPU that the compiler's threads can still take. */
const MAX_COMPILER = 0.02
/** Largest growth of compiled code over the recent slices, as a fraction. */
const MAX_GROWTH = 0.005
/**
 * A service whose main thread uses less than this share of the time mostly waits, unless it lacks a processor. Where only latency is gated,
 * it may use more.
 */
const MOSTLY_WAITING = 0.25
const MOSTLY_WAITING_FOR_LATENCY = 0.7
/** For a normal distribution: standard deviation over median absolute deviation, and standard error of the median over that of the mean. */
const [NORMAL_MAD, MEDIAN_ERROR] = [1.4826, Math.sqrt(Math.PI / 2)]
/** Nanoseconds and slices without which nobody knows whether it does, and without which its latency has no trend. */
const LEAST_KNOWN = { time: 2e8, slices: 2 }
const LEAST_WAITING = { time: 5e8, slices: 6 }
/** Largest part of the latency that can still come and go with the compiler's work, as a fraction. */
const MAX_EFFECT = 0.01

export interface Steadiness {
  settled: boolean
  /** Why it is not settled, as text. */
  reason?: string
  /** The launch mostly waits, so its latency can be steady before its CPU per request is. */
  waits: boolean
  latencySettled: boolean
}

/**
 * A launch is steady when over the last slices the compiler's threads use next to nothing and compiled code does not grow,
 * and over the last half of the requests the main thread's CPU per request has no trend. A trend that all launches share
 * while none compiles comes from the machine and cancels in their ratio, so each is compared with the others. Counters that
 * the platform lacks are not required.
 *
 * @param launches the slices of each launch of a round so far, taken in turn
 * @param warmup what a launch must have done before it can be steady, and whether only its latency is gated
 * @param rate of the measurement, in requests per second, if the scenario sets it
 */
export function evidence(
  launches: Slice[][],
  warmup: Omit<Plan['warmup'], 'timeout'>,
  rate?: number,
): Steadiness[] {
  const { requests: least, processorTime = Number.POSITIVE_INFINITY, latencyOnly } = warmup
  const stretches = launches.map(slices => lastShare(slices, total(slices, 'requests') * TREND_SHARE))
  const ownTrends = (value: (slice: Slice) => number) =>
    withoutShared(stretches.map(part => trend(part, value)))
  const [processor, latency] = [ownTrends(cpuPerRequest), ownTrends(wallPerRequest)]
  return launches.map((slices, i) => {
    const requests = total(slices, 'requests')
    const isEnough = requests >= least || sum(slices.map(cpuOf)) >= processorTime * 1e6
    const missing = isEnough
      ? compiling(slices, processor[i]!)
      : `${requests} of at least ${least} requests were answered`
    return {
      settled: missing === undefined,
      ...(missing !== undefined && { reason: missing }),
      ...waiting(
        slices,
        { processor: processor[i]!, latency: latency[i]!, error: trendError(stretches[i]!, wallPerRequest) },
        { latencyOnly, rate },
      ),
    }
  })
}

/** What shows that the compiler has not done its work; `undefined` when nothing does. */
function compiling(slices: Slice[], trend: number): string | undefined {
  if (slices.length < LEAST) return `only ${slices.length} slices were taken`
  if (!(Math.abs(trend) <= MAX_TREND)) return `its CPU per request still changes (by ${signedPercent(trend)})`
  const recent = slices.slice(-RECENT)
  const compiler = total(recent, 'compilerCpu') / total(recent, 'cpu')
  if (compiler > MAX_COMPILER) return `the compiler's threads still take ${share(compiler)} of the CPU`
  const sizes = recent.flatMap(({ codeSize }) => codeSize ?? [])
  const growth = sizes.length < 2 ? 0 : sizes.at(-1)! / sizes[0]! - 1
  return growth > MAX_GROWTH ? `compiled code still grows (by ${signedPercent(growth)})` : undefined
}

/**
 * The latency of a service that mostly waits is steady when it has no trend, and when what the compiler can still change is
 * a small part of it. Few slices can seem to have a trend, which their scatter excuses, but not one that is twice as large.
 */
function waiting(
  slices: Slice[],
  trends: { processor: number; latency: number; error: number },
  { latencyOnly, rate }: { latencyOnly?: boolean; rate?: number },
) {
  const recent = lastHalf(slices)
  const wall = sum(recent.map(slice => slice.wall ?? 0))
  const used = utilisation(slices, rate)
  const whole = sum(slices.map(slice => slice.wall ?? 0))
  const reaches = ({ time, slices: least }: typeof LEAST_KNOWN) => whole >= time && slices.length >= least
  const isIdle = latencyOnly
    ? used <= MOSTLY_WAITING_FOR_LATENCY
    : utilisation(slices, rate, ['runDelay']) <= MOSTLY_WAITING
  const waits = reaches(LEAST_KNOWN) && isIdle
  const isLong = reaches(LEAST_WAITING)
  // Faster code shortens a request's work, and compiling it delays that work. Neither touches the rest of the latency.
  const effect = used * Math.max(Math.abs(trends.processor), total(recent, 'compilerCpu') / wall)
  const most = MAX_TREND + Math.min(MAX_TREND, trends.error)
  const latencySettled = waits && isLong && Math.abs(trends.latency) <= most && effect <= MAX_EFFECT
  return { waits, latencySettled }
}

/**
 * Share of a processor that the main thread uses, by the last half of the slices: in their closed loop, or at a lower rate.
 *
 * @param added columns with more time to count where it was read, in ns: what its needs use, or what it was ready to use
 */
export function utilisation(slices: Slice[], rate = Number.POSITIVE_INFINITY, added: string[] = []): number {
  const recent = lastHalf(slices)
  const used = sum(recent.map(slice => cpuOf(slice) + sum(added.map(column => slice[column] ?? 0))))
  const atRate = (rate * used) / Math.max(1, total(recent, 'requests')) / 1e9
  return Math.min(used / sum(recent.map(slice => slice.wall ?? 0)), atRate)
}

const lastHalf = (slices: Slice[]) => slices.slice(slices.length >> 1)

/** Each launch's trend less that of the others, which comes from the machine. */
const withoutShared = (trends: number[]): number[] =>
  trends.map((own, i) => {
    const others = trends.filter((_, other) => other !== i)
    return own - (others.length > 0 ? mean(others) : 0)
  })

/** Change from the first half to the second, as a fraction. By medians, so that one slow slice does not make a trend. */
function trend(stretch: Slice[], value: (slice: Slice) => number): number {
  const half = stretch.length >> 1
  if (half === 0) return Number.NaN
  const [early, late] = [stretch.slice(0, half), stretch.slice(-half)].map(part => median(part.map(value)))
  return late! / early! - 1
}

/** Standard error of a trend, as a fraction: by how far slices lie from the median of their half. */
function trendError(stretch: Slice[], value: (slice: Slice) => number): number {
  const half = stretch.length >> 1
  if (half === 0) return 0
  const residuals = [stretch.slice(0, half), stretch.slice(-half)].flatMap(part => {
    const values = part.map(value)
    const centre = median(values)
    return values.map(one => Math.abs(one / centre - 1))
  })
  return (MEDIAN_ERROR * NORMAL_MAD * median(residuals) * Math.SQRT2) / Math.sqrt(half)
}

/** CPU of the main thread, else of the process, else wall time: the first that is known. */
const cpuOf = ({ mainCpu, cpu, wall }: Slice): number => mainCpu ?? cpu ?? wall ?? 0

const cpuPerRequest = (slice: Slice): number => cpuOf(slice) / Math.max(1, slice.requests ?? 0)

/** In a closed loop, the latency through the number of connections. */
const wallPerRequest = ({ wall, requests }: Slice): number => (wall ?? 0) / Math.max(1, requests ?? 0)

const total = (slices: Slice[], field: 'requests' | 'cpu' | 'compilerCpu'): number =>
  sum(slices.map(slice => slice[field] ?? 0))

/** The last slices that have this many requests together. */
function lastShare(slices: Slice[], requests: number): Slice[] {
  let from = slices.length
  for (let left = requests; left > 0 && from > 0; left -= slices[from]!.requests ?? 0) from--
  return slices.slice(from)
}
