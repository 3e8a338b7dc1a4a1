/** The search for the highest rate that passes: up or down until it is between two, then halved on a scale of ratios. */

/** From one trial to the next while only one side is known. */
const STRIDE = 1.3
/** Ratio of the two sides at which the search ends. */
const CLOSE = 1.03
/** A service that passes or fails whatever it is asked is not searched for ever. */
const MOST_TRIALS = 12

export class Bracket {
  /** Highest rate that passed, lowest that failed. */
  #low: number | undefined
  #high: number | undefined
  #rate: number
  #trials = 0

  constructor(first: number) {
    this.#rate = first
  }

  /** What to try next; undefined at the end of the search. */
  get next(): number | undefined {
    return this.#trials < MOST_TRIALS && !this.#isClose ? this.#rate : undefined
  }

  /** Between the two sides; `null` unless both are known. */
  get found(): number | null {
    return this.#low === undefined || this.#high === undefined ? null : Math.sqrt(this.#low * this.#high)
  }

  tell(passed: boolean): void {
    this.#trials++
    if (passed) this.#low = Math.max(this.#low ?? 0, this.#rate)
    else this.#high = Math.min(this.#high ?? Number.POSITIVE_INFINITY, this.#rate)
    this.#rate = this.found ?? (passed ? this.#rate * STRIDE : this.#rate / STRIDE)
  }

  get #isClose(): boolean {
    return this.found !== null && this.#high! / this.#low! < CLOSE
  }
}
