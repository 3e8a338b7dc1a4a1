/** When a launch is given up because too many of its requests are not answered in time. */
import type { Sink } from '../../model/capabilities.ts'

/** Requests that time out one after the other take longer than any round, and what is left tells nothing. */
const FEWEST = 3
const SHARE = 0.05

/** Counts over all slices of a launch. */
export class Patience {
  /** µs. */
  readonly #timeout: number
  #requests = 0
  #timedOut = 0

  /** @param timeout milliseconds until a request counts as timed out */
  constructor(timeout: number) {
    this.#timeout = timeout * 1_000
  }

  /** Hands on what it is told. @param end called at the first request that is one too many, and at each after it */
  watch(sink: Sink, end: (error: Error) => void): Sink {
    return {
      latency: (step, microseconds, uncorrected, at) => {
        this.#requests++
        // No answer is told that late: by then its request has timed out.
        if ((uncorrected ?? microseconds) >= this.#timeout && this.#lose()) end(this.#error())
        sink.latency(step, microseconds, uncorrected, at)
      },
      unsure: microseconds => sink.unsure?.(microseconds),
      failed: (step, kind, reason, sample) => sink.failed(step, kind, reason, sample),
      sent: late => sink.sent?.(late),
      dropped: at => sink.dropped?.(at),
    }
  }

  #lose(): boolean {
    this.#timedOut++
    return this.#timedOut >= FEWEST && this.#timedOut >= SHARE * this.#requests
  }

  #error(): Error {
    const [lost, all, seconds] = [this.#timedOut, this.#requests, this.#timeout / 1e6]
    return new Error(
      `${lost} of ${all} requests were not answered within ${seconds} s (limits.request in the scenario)`,
    )
  }
}
