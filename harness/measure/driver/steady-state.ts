/** Decides when a launch is warm, by evidence that its just-in-time compiler has done its work. */
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

export type Steadiness = { settled: true } | { settled: false; reason: string }

/**
 * A launch is steady when over the last slices the compiler's threads use next to nothing and compiled code does not grow,
 * and over the last half of the requests the main thread's CPU per request has no trend. A trend that all launches share
 * while none compiles comes from the machine and cancels in their ratio, so each is compared with the others. Counters that
 * the platform lacks are not required.
 *
 * @param launches the slices of each launch of a round so far, taken in turn
 * @param least what a launch must have done before it can be steady
 */
export function evidence(
  launches: Slice[][],
  { requests: least, processorTime = Number.POSITIVE_INFINITY }: Omit<Plan['warmup'], 'timeout'>,
): Steadiness[] {
  const trends = launches.map(slices => trend(lastShare(slices, total(slices, 'requests') * TREND_SHARE)))
  return launches.map((slices, i) => {
    const requests = total(slices, 'requests')
    if (requests < least && sum(slices.map(cpuOf)) < processorTime * 1e6)
      return unsettled(`${requests} of at least ${least} requests were answered`)
    if (slices.length < LEAST) return unsettled(`only ${slices.length} slices were taken`)
    const others = trends.filter((_, other) => other !== i)
    const own = trends[i]! - (others.length > 0 ? mean(others) : 0)
    if (!(Math.abs(own) <= MAX_TREND))
      return unsettled(`its CPU per request still changes (by ${signedPercent(own)})`)
    return compiling(slices.slice(-RECENT))
  })
}

function compiling(recent: Slice[]): Steadiness {
  const compiler = total(recent, 'compilerCpu') / total(recent, 'cpu')
  if (compiler > MAX_COMPILER)
    return unsettled(`the compiler's threads still take ${share(compiler)} of the CPU`)
  const sizes = recent.flatMap(({ codeSize }) => codeSize ?? [])
  const growth = sizes.length < 2 ? 0 : sizes.at(-1)! / sizes[0]! - 1
  if (growth > MAX_GROWTH) return unsettled(`compiled code still grows (by ${signedPercent(growth)})`)
  return { settled: true }
}

/** Change from the first half to the second, as a fraction. By medians, so that one slow slice does not make a trend. */
function trend(stretch: Slice[]): number {
  const half = stretch.length >> 1
  if (half === 0) return Number.NaN
  const [early, late] = [stretch.slice(0, half), stretch.slice(-half)].map(part =>
    median(part.map(cpuPerRequest)),
  )
  return late! / early! - 1
}

const unsettled = (reason: string): Steadiness => ({ settled: false, reason })

/** CPU of the main thread, else of the process, else wall time: the first that is known. */
const cpuOf = ({ mainCpu, cpu, wall }: Slice): number => mainCpu ?? cpu ?? wall ?? 0

const cpuPerRequest = (slice: Slice): number => cpuOf(slice) / Math.max(1, slice.requests ?? 0)

const total = (slices: Slice[], field: 'requests' | 'cpu' | 'compilerCpu'): number =>
  sum(slices.map(slice => slice[field] ?? 0))

/** The last slices that have this many requests together. */
function lastShare(slices: Slice[], requests: number): Slice[] {
  let from = slices.length
  for (let left = requests; left > 0 && from > 0; left -= slices[from]!.requests ?? 0) from--
  return slices.slice(from)
}
