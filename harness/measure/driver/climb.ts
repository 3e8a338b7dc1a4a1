/**
 * The rate of an open loop whose scenario names none: what the service and the load generator both bear with room. What
 * the generator bears is found by trials that are not timed, from a low rate upwards: a request of the open loop costs it
 * more than one of the closed loop, and how much more depends on the machine and on what else runs there.
 */

/** Share of what the slowest variant takes in a closed loop. Nearer to saturation a little more work is a much longer tail. */
const OF_SERVICE = 0.7
/** Share of its time that the generator may be busy. An arrival that meets it busy is sent late. */
const OF_GENERATOR = 0.3
/** Requests per second up to which sending in time was validated (docs/load.md); more would make nothing surer. */
const HIGHEST = 8_000
/** To begin with. */
const FIRST = 1_000
/** No lower rate is chosen for the generator's sake: too few requests would be left to measure. */
const LOWEST = 500
/** From one trial to the next at most: what a trial says of a much higher rate is not sure. */
const STRIDE = 4
/** A rate this near to the one that was tried needs no trial of its own. */
const NEAR = 1.1
/** µs by which one request in ten may be sent late. */
const LATE = 1_000
/** Trials at one rate in which requests were sent late, after which it is lowered. Fewer may be another process. */
const STRIKES = 2
const MOST_TRIALS = 12

/** What a trial at a rate has shown of the load generator. */
export interface Trial {
  /** Nanoseconds that it was busy for each request. */
  cost: number
  /** µs by which one request in ten was sent late, or later. */
  late: number
}

export class Climb {
  readonly #wanted: number
  readonly #lowest: number
  #ceiling: number
  #rate: number
  /** The highest rate at which requests were sent in time. */
  #borne: number
  #strikes = 0
  #trials = 0
  #done = false

  /** @param capacity requests per second of the slowest variant in a closed loop */
  constructor(capacity: number) {
    this.#wanted = OF_SERVICE * capacity
    this.#lowest = Math.min(LOWEST, this.#wanted)
    this.#ceiling = Math.min(HIGHEST, this.#wanted)
    this.#rate = Math.min(FIRST, this.#wanted)
    this.#borne = this.#lowest
  }

  /** The rate to try next; undefined at the end of the search. */
  get next(): number | undefined {
    return this.#done || this.#trials >= MOST_TRIALS ? undefined : this.#rate
  }

  /** The rate to use, by the trials so far. */
  get found(): number {
    return this.#done ? this.#rate : Math.min(this.#borne, this.#ceiling)
  }

  /** Whose limit that rate is. */
  get limit(): 'service' | 'generator' {
    return this.found * NEAR < this.#wanted ? 'generator' : 'service'
  }

  tell({ cost, late }: Trial): void {
    // In the first trial the generator's code is cold, which says nothing of what it bears.
    if (this.#trials++ === 0) return
    if (late > LATE) this.#lower()
    else this.#raise((OF_GENERATOR * 1e9) / Math.max(cost, 1))
  }

  #lower(): void {
    if (++this.#strikes < STRIKES) return
    this.#strikes = 0
    this.#done = this.#rate <= this.#lowest
    this.#ceiling = Math.max(this.#lowest, this.#rate / 2)
    this.#rate = this.#ceiling
  }

  /** @param bearable requests per second, as far as this trial tells */
  #raise(bearable: number): void {
    this.#strikes = 0
    this.#borne = Math.max(this.#borne, this.#rate)
    const goal = Math.max(this.#lowest, Math.min(this.#ceiling, bearable))
    this.#done = goal <= this.#rate * NEAR
    this.#rate = Math.min(goal, this.#done ? this.#rate : this.#rate * STRIDE)
  }
}
