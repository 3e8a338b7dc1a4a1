/** Gives up a launch when too many of its requests are not answered in time. */
import type { Sink } from '../../../model/capabilities.ts'

/** Fewest timeouts, and their share of all requests since the first of them. One after the other, they outlast any round. */
const FEWEST = 2
const SHARE = 0.05

/** Counts over all slices of a launch, from the first request that times out. */
export class Patience {
  /** µs. */
  readonly #timeout: number
  #requests = 0
  #timedOut = 0

  /** @param timeout milliseconds until a request counts as timed out */
  constructor(timeout: number) {
    this.#timeout = timeout * 1_000
  }

  /** Passes on every report. @param end called when the limit is reached, and for each later timeout */
  watch(sink: Sink, end: (error: Error) => void): Sink {
    return {
      latency: (step, microseconds, uncorrected, at) => {
        // By then, the request has timed out.
        const lost = (uncorrected ?? microseconds) >= this.#timeout
        if (lost) this.#timedOut++
        if (this.#timedOut > 0) this.#requests++
        if (lost && this.#isOver) end(this.#error())
        sink.latency(step, microseconds, uncorrected, at)
      },
      unsure: microseconds => sink.unsure?.(microseconds),
      failed: (step, kind, reason, sample) => sink.failed(step, kind, reason, sample),
      sent: late => sink.sent?.(late),
      dropped: (at, inFlight) => sink.dropped?.(at, inFlight),
      renewed: (connections, requests) => sink.renewed?.(connections, requests),
    }
  }

  get #isOver(): boolean {
    return this.#timedOut >= FEWEST && this.#timedOut >= SHARE * this.#requests
  }

  #error(): Error {
    const [lost, all, seconds] = [this.#timedOut, this.#requests, this.#timeout / 1e6]
    return new Error(
      `of ${all} requests in a row, ${lost} were not answered within ${seconds} s (the limit is \`limits.request\` of the scenario)`,
    )
  }
}
