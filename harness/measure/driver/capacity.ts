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
  const searches = launches.map(() => new CapacitySearch(pace.learnt.capacity ?? 0, percentile, limit))
  while (searches.some(({ next }) => next !== undefined)) {
    let times = 0
    await context.each('capacity', async (launch, i) => {
      const search = searches[i]!
      const rate = search.next
      if (rate === undefined) return
      const spec = pace.paced(steady(rate, plan.timing.slice), context.first)
      const results = new LoadResults(tools.script.steps)
      search.judge(await launch.slice(spec, origin, 'counters', results), results)
      times = Math.max(times, spec.times)
    })
    context.first += times
  }
  return Promise.all(
    launches.map(async (launch, i) => ({
      timed: columns([]),
      histograms: { latency: [] },
      capacity: searches[i]!.result(),
      memory: await launch.memory(),
    })),
  )
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

class CapacitySearch extends RateBisection {
  readonly #percentile: number
  readonly #limit: number
  readonly #trials: Capacity['trials'] = []

  /** @param saturation requests/s of the baseline in a closed loop; @param limit µs */
  constructor(saturation: number, percentile: number, limit: number) {
    super(saturation * FIRST)
    this.#percentile = percentile
    this.#limit = limit
  }

  /** An error or a dropped arrival counts as later than any limit. */
  judge(slice: Slice, results: LoadResults): void {
    const latency = results.percentile(this.#percentile)
    const lost = (slice.errors ?? 0) + (slice.unexpected ?? 0) + results.droppedArrivals
    const failures = results.failures.filter(({ kind }) => kind === 'unexpected')
    const passed = latency !== null && latency <= this.#limit && lost === 0
    this.#trials.push({
      rate: this.next ?? 0,
      latency,
      passed,
      late: results.late(this.#percentile),
      busy: slice.loaderUtilization ?? undefined,
      unexpected: failures.length > 0 ? { requests: slice.requests ?? 0, failures } : undefined,
    })
    this.add(passed)
  }

  result(): Capacity {
    return { rate: this.found, trials: this.#trials }
  }
}
