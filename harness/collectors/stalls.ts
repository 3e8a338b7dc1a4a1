/**
 * A flame graph of the tail latency: what ran while the event loop did not turn, weighted by the requests that waited.
 * A CPU sample in such a stretch counts its time once for every request in flight, as seen by the load generator. Divided
 * by the number of requests, that is how long a request waited for each function on average.
 */
import { readCpuProfile } from '../formats/index.ts'
import type { AgentCollector, Stretches } from '../model/capabilities.ts'
import type { Profile } from '../model/profile.ts'
import { sum } from '../stats/describe.ts'
import { startSampling, stopSampling } from './cpu.ts'

/** Milliseconds without a turn of the loop that count as a stall. A loop that keeps up turns about every millisecond. */
const THRESHOLD = 5

const stalls: AgentCollector = {
  name: 'stalls',
  scope: 'agent',
  order: 15,
  share: 0.5,
  sums: ['stalls', 'stalled'],
  async start(agent) {
    await startSampling(agent)
    await agent.turns(THRESHOLD)
  },
  /** The number of `stalls`; in ms their sum (`stalled`), the `threshold`, and the sum of all requests' times (`waited`). */
  async stop(agent, requests) {
    const stretches = await agent.turns(0)
    const { raw } = await stopSampling(agent)
    const { profile } = readCpuProfile(raw)
    return {
      profile: stallProfile(profile, (raw as { startTime: number }).startTime, stretches, requests),
      figures: {
        threshold: THRESHOLD,
        stalls: stretches.from.length,
        stalled: lengthOf(stretches) / 1e3,
        waited: lengthOf(requests) / 1e3,
      },
    }
  },
}

/**
 * The samples of a CPU profile that fall into a stall, each with the time that all requests together waited for it.
 *
 * @param start of the profile, in µs on the clock of the stretches
 */
export function stallProfile(
  profile: Profile,
  start: number,
  stalls: Stretches,
  requests: Stretches,
): Profile {
  const { stack, values, time } = profile.samples
  const began = upTo(requests.from)
  const ended = upTo(requests.to)
  const kept: { stack: number; waited: number }[] = []
  const stalled = { before: upTo(stalls.from), after: upTo(stalls.to) }
  for (let at = 0; at < stack.length; at++) {
    const now = start + time![at]! * 1e3
    if (stalled.before(now) === stalled.after(now)) continue
    const waiting = began(now) - ended(now)
    if (waiting > 0) kept.push({ stack: stack[at]!, waited: values.at(-1)![at]! * waiting })
  }
  return {
    ...profile,
    valueTypes: [
      { type: 'samples', unit: 'count' },
      { type: 'stall', unit: 'nanoseconds' },
    ],
    samples: {
      stack: Int32Array.from(kept, ({ stack }) => stack),
      values: [new Float64Array(kept.length).fill(1), Float64Array.from(kept, ({ waited }) => waited)],
      labels: new Map(),
    },
  }
}

/** How many of the moments are not later than a given one. */
function upTo(moments: number[]): (now: number) => number {
  const sorted = Float64Array.from(moments).sort()
  return now => {
    let [low, high] = [0, sorted.length]
    while (low < high) {
      const middle = (low + high) >> 1
      if (sorted[middle]! <= now) low = middle + 1
      else high = middle
    }
    return low
  }
}

const lengthOf = ({ from, to }: Stretches): number => sum(to.map((end, at) => end - from[at]!))

export default stalls
