/**
 * Chooses the rate of an open loop whose scenario sets none: one that service and load generator both handle comfortably.
 * A request of the open loop costs the generator more than one of the closed loop, and how much more depends on the machine
 * and on what else runs there. So rates are tried, from a low one upwards, before anything is timed.
 */

/** Share of what the slowest variant handles in a closed loop. Closer to saturation, a little more work makes the tail much longer. */
const OF_SERVICE = 0.7
/**
 * The same for a service that mostly waits. What limits it is a pool, a queue or the connections of the load, and from half of
 * that on, latency is time in the queue.
 */
const OF_WAITING_SERVICE = 0.4
/** Share of the time that the generator can be busy. An arrival in that time is sent late. */
const OF_GENERATOR = 0.3
/** The highest requests per second that were validated to be sent on time (docs/load.md). More would not add precision. */
const HIGHEST = 8_000
/**
 * The first rate to try, and the lowest one to choose because of the generator. A lower rate means too few requests, and if
 * not even these are sent on time, another process uses the processor.
 */
const LOWEST = 1_000
/** Largest step from one trial to the next: a trial says little about a much higher rate. */
const STRIDE = 4
/** A rate this close to the one that was tried needs no trial of its own. */
const NEAR = 1.1
/** µs by which one request in ten can be sent late. */
const LATE = 1_000
/** Late trials in a row until the rate is lowered. A single one can be due to another process. */
const STRIKES = 2
const MOST_TRIALS = 12
/** Share of wrong answers from which on a service counts as refusing a rate, and how often the rate is halved for that. */
const REFUSED = 0.02
const MOST_HALVINGS = 5

/** How the load generator did at a rate. */
export interface Trial {
  /** Nanoseconds that it was busy for each request. */
  cost: number
  /** µs by which one request in ten was sent late, or later. */
  late: number
  /** Share of the requests that got no answer or a wrong one. */
  refused: number
}

export class RateSearch {
  #wanted: number
  #lowest: number
  #ceiling: number
  #rate: number
  /** The highest rate at which requests were sent on time. */
  #borne: number
  #strikes = 0
  #trials = 0
  #halvings = 0
  #done = false

  /** @param capacity requests per second of the slowest variant in a closed loop; @param waits whether the service mostly waits */
  constructor(capacity: number, waits = false) {
    this.#wanted = (waits ? OF_WAITING_SERVICE : OF_SERVICE) * capacity
    this.#lowest = Math.min(LOWEST, this.#wanted)
    this.#ceiling = Math.min(HIGHEST, this.#wanted)
    this.#rate = this.#lowest
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

  /** The side that limits this rate. */
  get limit(): 'service' | 'generator' {
    return this.found * NEAR < this.#wanted ? 'generator' : 'service'
  }

  add({ cost, late, refused }: Trial): void {
    // In the first trial the generator's code is cold.
    if (this.#trials++ === 0) return
    if (refused > REFUSED) this.#halve()
    else if (late > LATE) this.#lower()
    else this.#raise((OF_GENERATOR * 1e9) / Math.max(cost, 1))
  }

  /** The service has a limit of its own, below what it handles in a closed loop. Answers that stay wrong have another reason. */
  #halve(): void {
    const isUseless = ++this.#halvings > MOST_HALVINGS
    this.#wanted = isUseless ? this.#wanted * 2 ** MOST_HALVINGS : this.#rate / 2
    this.#done = isUseless
    this.#lowest = Math.min(LOWEST, this.#wanted)
    this.#ceiling = Math.min(HIGHEST, this.#wanted)
    this.#rate = Math.min(this.#ceiling, isUseless ? this.#ceiling : this.#rate / 2)
    this.#borne = Math.min(this.#borne, this.#rate)
  }

  #lower(): void {
    if (++this.#strikes < STRIKES) return
    this.#strikes = 0
    this.#done = this.#rate <= this.#lowest
    this.#ceiling = Math.max(this.#lowest, this.#rate / 2)
    this.#rate = this.#ceiling
  }

  /** @param bearable requests per second that the generator could send comfortably, judging by this trial */
  #raise(bearable: number): void {
    this.#strikes = 0
    this.#borne = Math.max(this.#borne, this.#rate)
    const goal = Math.max(this.#lowest, Math.min(this.#ceiling, bearable))
    this.#done = goal <= this.#rate * NEAR
    this.#rate = Math.min(goal, this.#done ? this.#rate : this.#rate * STRIDE)
  }
}
