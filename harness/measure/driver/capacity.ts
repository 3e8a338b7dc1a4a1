/** The capacity of every launch of a round: trial after trial, each launch at a rate of its own. */
import type { Capacity, LaunchRecord, Slice } from '../../model/launch.ts'
import type { Context } from './context.ts'
import { columns } from './launch.ts'
import { steady } from './load/pace.ts'
import { LoadResults } from './load/results.ts'

/** No slice counts as timed, because slices that were sent at different rates cannot be compared. */
export async function measureCapacity(
  context: Context,
): Promise<Pick<LaunchRecord, 'timed' | 'histograms' | 'capacity' | 'memory'>[]> {
  const { plan, pace, launches, tools, origin } = context
  const { percentile, limit } = plan.capacity!
  const searches = launches.map(() => new RateBisection((pace.learnt.capacity ?? 0) * FIRST))
  const trials: Capacity['trials'][] = launches.map(() => [])
  while (searches.some(({ next }) => next !== undefined)) {
    let times = 0
    await context.each('capacity', async (launch, i) => {
      const rate = searches[i]!.next
      if (rate === undefined) return
      const spec = pace.paced(steady(rate, plan.timing.slice), context.first)
      const results = new LoadResults(tools.script.steps)
      const slice = await launch.slice(spec, origin, 'counters', results)
      const trial = trialAt(rate, slice, results, percentile, limit)
      trials[i]!.push(trial)
      searches[i]!.add(trial.passed)
      times = Math.max(times, spec.times)
    })
    context.first += times
  }
  return Promise.all(
    launches.map(async (launch, i) => ({
      timed: columns([]),
      histograms: { latency: [] },
      capacity: { rate: searches[i]!.found, trials: trials[i]! },
      memory: await launch.memory(),
    })),
  )
}

/** An error or a dropped arrival counts as later than any limit. */
function trialAt(
  rate: number,
  slice: Slice,
  results: LoadResults,
  percentile: number,
  limit: number,
): Capacity['trials'][number] {
  const latency = results.percentile(percentile)
  const lost = (slice.errors ?? 0) + (slice.unexpected ?? 0) + results.droppedArrivals
  const failures = results.failures.filter(({ kind }) => kind === 'unexpected')
  return {
    rate,
    latency,
    passed: latency !== null && latency <= limit && lost === 0,
    late: results.late(percentile),
    busy: slice.loaderUtilization ?? undefined,
    unexpected: failures.length > 0 ? { requests: slice.requests ?? 0, failures } : undefined,
  }
}

/** The first trial, as a share of what the baseline handles in a closed loop. */
const FIRST = 0.7
/** Ratio of one trial to the next while only one side is known. */
const STRIDE = 1.3
/** Ratio of the two sides at which the search ends. */
const CLOSE = 1.03
/** The limit for a service that passes or fails at every rate. */
const MOST_TRIALS = 12

/** Searches for the highest rate that passes: up or down until it is bracketed, then by halving the ratio of the two sides. */
export class RateBisection {
  /** Highest rate that passed, lowest that failed. */
  #low: number | undefined
  #high: number | undefined
  #rate: number
  #trials = 0

  constructor(first: number) {
    this.#rate = first
  }

  /** The rate to try next; undefined at the end of the search. */
  get next(): number | undefined {
    const isClose = this.found !== null && this.#high! / this.#low! < CLOSE
    return this.#trials < MOST_TRIALS && !isClose ? this.#rate : undefined
  }

  /** The rate between the two sides; `null` unless both are known. */
  get found(): number | null {
    return this.#low === undefined || this.#high === undefined ? null : Math.sqrt(this.#low * this.#high)
  }

  add(passed: boolean): void {
    this.#trials++
    if (passed) this.#low = Math.max(this.#low ?? 0, this.#rate)
    else this.#high = Math.min(this.#high ?? Number.POSITIVE_INFINITY, this.#rate)
    this.#rate = this.found ?? (passed ? this.#rate * STRIDE : this.#rate / STRIDE)
  }
}
