/** How long everything takes by default. */
import { UsageError } from '../model/errors.ts'
import type { RunOptions } from '../model/options.ts'
import type { Plan } from '../model/plan.ts'
import type { Scenario } from '../model/scenario.ts'

type Schedule = Pick<Plan, 'warmup' | 'timing' | 'rounds'>

/** Milliseconds for each variant: longer rounds must not mean fewer rounds. */
const TIME_FOR_A_VARIANT = { full: 40_000, quick: 9_000 }

/**
 * Slices are as short as the noise is fast: the estimates of a round scatter by 2.4 % with slices of 100 ms, by 1.4 % with
 * 25 ms and by 0.5 to 0.9 % with 10 ms (docs/statistics.md). A shorter slice contains one garbage collection or none.
 *
 * V8 optimises functions that run once per request in bursts: at about 4,000, 8,000, 16,000 requests and so on. Measuring
 * right after a late burst leaves the most time before the next one. A service with more expensive requests has its code
 * optimised sooner, so time on the processor counts as well.
 */
const FULL: Schedule = {
  warmup: { requests: 16_000, processorTime: 1_500, timeout: 6_000 },
  timing: { slice: 10, timed: 500, profiled: 210 },
  rounds: { min: 4, max: 24 },
}

/** A first look within about 20 s: too little to gate on. */
const QUICK: Schedule = {
  warmup: { requests: 6_000, processorTime: 750, timeout: 4_000 },
  timing: { slice: 10, timed: 500, profiled: 300 },
  rounds: { min: 2, max: 2 },
}

/**
 * Queues need time to build up and to drain, so the slices of an open loop are long. Its tail is compared round by round,
 * not slice by slice.
 */
const PACED = {
  full: { slice: 500, timed: 3_000, profiled: 800 },
  quick: { slice: 150, timed: 900, profiled: 300 },
}

/** Someone who fixes the number of rounds gets all of them; the hour only makes sure that a run ends. */
const TIME_FOR_FIXED_ROUNDS = 3_600_000

/** @param paced whether the load has a rate of its own */
export function schedule(
  scenario: Scenario,
  options: RunOptions,
  variants: number,
  paced: boolean,
): Schedule & Pick<Plan, 'maxTime'> {
  const base = options.quick ? QUICK : FULL
  refuseNonsense(options)
  const { rounds } = options
  const { requests, timeout = base.warmup.timeout } = scenario.warmup ?? {}
  return {
    warmup: requests === undefined ? { ...base.warmup, timeout } : { requests, timeout },
    timing: { ...(paced ? PACED[options.quick ? 'quick' : 'full'] : base.timing) },
    rounds: rounds === undefined ? { ...base.rounds } : { min: rounds, max: rounds },
    maxTime: options.maxTime ?? (rounds === undefined ? usualTime(variants, options) : TIME_FOR_FIXED_ROUNDS),
  }
}

const usualTime = (variants: number, { quick }: RunOptions): number =>
  variants * (quick ? TIME_FOR_A_VARIANT.quick : TIME_FOR_A_VARIANT.full)

function refuseNonsense({ rounds, maxTime, seed }: RunOptions): void {
  if (rounds !== undefined && !(Number.isSafeInteger(rounds) && rounds >= 1))
    throw new UsageError(`${rounds} rounds cannot be measured.`, {
      advice: 'Ask for 1 or more; a gate needs 5 to call a regression.',
    })
  if (maxTime !== undefined && !(Number.isFinite(maxTime) && maxTime > 0))
    throw new UsageError(`Nothing can be measured in ${maxTime} ms.`, { advice: 'Give a time above zero.' })
  if (seed !== undefined && !(Number.isSafeInteger(seed) && seed >= 0))
    throw new UsageError(`${seed} is not a valid seed.`, { advice: 'Give a whole number, 0 or more.' })
}
