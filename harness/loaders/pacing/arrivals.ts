/** When the open loop sends: the times depend on the rate and the seed only, never on a response. */
import type { RatedPhase } from '../../model/load.ts'
import { seededRandom } from '../../stats/random.ts'

/** `count` is the largest number of arrivals. */
type Arrivals = { phases: RatedPhase[]; count: number; kind: 'poisson' | 'constant'; seed: number }

/**
 * Milliseconds from the beginning, ascending. A Poisson process of changing rate is one of rate 1 on a stretched clock:
 * its k-th arrival is where the area under the rate reaches the sum of k exponential gaps.
 *
 * Source: E. Çinlar, Introduction to Stochastic Processes (1975), chapter 4 (time change of a Poisson process).
 */
export function arrivalTimes({ phases, count, kind, seed }: Arrivals): Float64Array {
  const random = seededRandom(seed)
  const gap = kind === 'constant' ? () => 1 : () => -Math.log(1 - random())
  const times: number[] = []
  let begin = 0
  let area = kind === 'constant' ? 0 : gap()
  for (const phase of phases) {
    const whole = ((phase.from + phase.to) / 2) * (phase.duration / 1_000)
    while (area < whole && times.length < count) {
      times.push(begin + timeAt(area, phase) * 1_000)
      area += gap()
    }
    area -= whole
    begin += phase.duration
  }
  return Float64Array.from(times)
}

/** Seconds into a phase at which the area under its rate is `area`: the root of slope/2 · t² + from · t = area. */
function timeAt(area: number, { from, to, duration }: RatedPhase): number {
  const slope = duration === Number.POSITIVE_INFINITY ? 0 : (to - from) / (duration / 1_000)
  return area === 0 ? 0 : (2 * area) / (from + Math.sqrt(from * from + 2 * slope * area))
}
