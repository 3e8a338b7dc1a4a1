/** How long everything takes when nobody says otherwise. */
import { UsageError } from '../model/errors.ts'
import type { RunOptions } from '../model/options.ts'
import type { Plan } from '../model/plan.ts'
import type { Scenario } from '../model/scenario.ts'

type Schedule = Pick<Plan, 'warmup' | 'timing' | 'rounds'>

/** Milliseconds for each variant: what makes a round longer must not take away rounds. */
const TIME_FOR_A_VARIANT = { full: 40_000, quick: 9_000 }

/**
 * Slices as short as the noise is fast: estimates of a round scatter by 2.4 % with slices of 100 ms, 1.4 % with 25 ms and
 * 0.5 to 0.9 % with 10 ms (docs/statistics.md). Below that a slice has too little in it, a garbage collection or none.
 *
 * Functions that run once per request are optimised in bursts, at about 4,000, 8,000 and 16,000 requests and so on: each
 * is twice as far away as the one before, so most room for measuring is right after a late one. What a service of
 * dearer requests does in its own code is optimised sooner, which is why time on the processor counts as well.
 */
const FULL: Schedule = {
  warmup: { requests: 16_000, processorTime: 1_500, timeout: 6_000 },
  timing: { slice: 10, timed: 500, profiled: 210 },
  rounds: { min: 4, max: 24 },
}

/** A first look in less than about 20 s; too little to gate on. */
const QUICK: Schedule = {
  warmup: { requests: 6_000, processorTime: 750, timeout: 4_000 },
  timing: { slice: 10, timed: 500, profiled: 300 },
  rounds: { min: 2, max: 2 },
}

/**
 * Queues need time to build up and to drain, so the slices of an open loop are long: its tail is what is asked for, and
 * that is compared round by round, not slice by slice.
 */
const PACED = {
  full: { slice: 500, timed: 3_000, profiled: 800 },
  quick: { slice: 150, timed: 900, profiled: 300 },
}

/** A fixed number of rounds is meant as said; an hour is only there so that a run ends. */
const TIME_FOR_FIXED_ROUNDS = 3_600_000

/** @param variants how many are measured; @param paced whether the load has a rate of its own */
export function schedule(
  scenario: Scenario,
  request: RunOptions,
  variants: number,
  paced: boolean,
): Schedule & Pick<Plan, 'maxTime'> {
  const base = request.quick ? QUICK : FULL
  refuseNonsense(request)
  const { rounds } = request
  const { requests, timeout = base.warmup.timeout } = scenario.warmup ?? {}
  return {
    warmup: requests === undefined ? { ...base.warmup, timeout } : { requests, timeout },
    timing: { ...(paced ? PACED[request.quick ? 'quick' : 'full'] : base.timing) },
    rounds: rounds === undefined ? { ...base.rounds } : { min: rounds, max: rounds },
    maxTime: request.maxTime ?? (rounds === undefined ? usualTime(variants, request) : TIME_FOR_FIXED_ROUNDS),
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
    throw new UsageError(`${seed} cannot be a seed.`, { advice: 'Give a whole number, 0 or more.' })
}
