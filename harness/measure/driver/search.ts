/** The capacity of one launch: which rates were tried, and whether its latency stayed under the limit. */
import type { Capacity, Slice } from '../../model/launch.ts'
import { Bracket } from './bracket.ts'
import type { Tally } from './tally.ts'

/** Of what the baseline takes in a closed loop: the first trial. */
const FIRST = 0.7

export class Search {
  readonly #bracket: Bracket
  readonly #percentile: number
  readonly #limit: number
  readonly #trials: Capacity['trials'] = []

  /** @param saturation requests/s of the baseline in a closed loop; @param limit µs */
  constructor(saturation: number, percentile: number, limit: number) {
    this.#bracket = new Bracket(saturation * FIRST)
    this.#percentile = percentile
    this.#limit = limit
  }

  get next(): number | undefined {
    return this.#bracket.next
  }

  /** An error or a dropped arrival is later than any limit. */
  judge(slice: Slice, tally: Tally): void {
    const latency = tally.percentile(this.#percentile)
    const lost = (slice.errors ?? 0) + (slice.unexpected ?? 0) + tally.droppedArrivals
    const failures = tally.failures.filter(({ kind }) => kind === 'unexpected')
    const passed = latency !== null && latency <= this.#limit && lost === 0
    this.#trials.push({
      rate: this.#bracket.next ?? 0,
      latency,
      passed,
      late: tally.late(this.#percentile),
      ...(slice.loaderUtilization !== null && { busy: slice.loaderUtilization }),
      ...(failures.length > 0 && { unexpected: { requests: slice.requests ?? 0, failures } }),
    })
    this.#bracket.tell(passed)
  }

  result(): Capacity {
    return { rate: this.#bracket.found, trials: this.#trials }
  }
}
