/** Gives up a launch when too many of its requests are not answered in time. */
import type { Sink } from '../../../model/capabilities.ts'

/** Fewest timeouts, and their share of all requests since the first of them. One after the other, they outlast any round. */
const FEWEST = 2
const SHARE = 0.05

/**
 * Counts over all slices of a launch, from the first request that times out.
 *
 * @param limit milliseconds until a request counts as timed out
 * @returns passes on every report to the sink, and calls `end` when too many have timed out, and for each later one
 */
export function patience(limit: number): (sink: Sink, end: (error: Error) => void) => Sink {
  let all = 0
  let lost = 0
  return (sink, end) => ({
    latency(step, microseconds, openLoop, ago) {
      // By then, the request has timed out.
      const isLost = (openLoop?.uncorrected ?? microseconds) >= limit * 1_000
      if (isLost) lost++
      if (lost > 0) all++
      if (isLost && lost >= FEWEST && lost >= SHARE * all) end(tooMany(all, lost, limit / 1_000))
      sink.latency(step, microseconds, openLoop, ago)
    },
    failed: (step, kind, reason, sample) => sink.failed(step, kind, reason, sample),
    sent: late => sink.sent?.(late),
    dropped: (at, inFlight) => sink.dropped?.(at, inFlight),
    renewed: (connections, requests) => sink.renewed?.(connections, requests),
  })
}

const tooMany = (all: number, lost: number, seconds: number): Error =>
  new Error(
    `of ${all} requests in a row, ${lost} were not answered within ${seconds} s (the limit is \`limits.request\` of the scenario)`,
  )
