/** What a plan decides when nobody else does: how long everything takes, where it runs, and the yardstick. */
import { join } from 'node:path'
import { UsageError } from '../model/errors.ts'
import type { RunOptions } from '../model/options.ts'
import type { Pinning, Plan, PlannedYardstick } from '../model/plan.ts'
import type { Scenario } from '../model/scenario.ts'
import type { Platform, World } from '../model/world.ts'

interface Usual extends Pick<Plan, 'warmup' | 'timing' | 'rounds'> {
  /**
   * The slices of an open loop are long, because queues need time to build up and to drain. Its tail is compared round by
   * round, not slice by slice.
   */
  paced: Plan['timing']
  /** Workers of another engine take some milliseconds to fetch and to report a slice, and some count in whole ones. */
  ordered: Plan['timing']
  /** Milliseconds for each variant: longer rounds must not mean fewer rounds. */
  time: number
}

/**
 * Slices are as short as the noise is fast: the estimates of a round scatter by 2.4 % with slices of 100 ms, by 1.4 % with
 * 25 ms and by 0.5 to 0.9 % with 10 ms (docs/statistics.md). A shorter slice contains one garbage collection or none.
 *
 * V8 optimises functions that run once per request in bursts: at about 4,000, 8,000, 16,000 requests and so on. Measuring
 * right after a late burst leaves the most time before the next one. A service with more expensive requests has its code
 * optimised sooner, so time on the processor counts as well.
 */
const FULL: Usual = {
  warmup: { requests: 16_000, processorTime: 1_500, timeout: 6_000 },
  timing: { slice: 10, timed: 500, profiled: 210 },
  paced: { slice: 500, timed: 3_000, profiled: 800 },
  ordered: { slice: 50, timed: 1_500, profiled: 400 },
  rounds: { min: 4, max: 24 },
  time: 40_000,
}

/** A first look within about 20 s: too little to gate on. */
const QUICK: Usual = {
  warmup: { requests: 6_000, processorTime: 750, timeout: 4_000 },
  timing: { slice: 10, timed: 500, profiled: 300 },
  paced: { slice: 150, timed: 900, profiled: 300 },
  ordered: { slice: 50, timed: 1_000, profiled: 300 },
  rounds: { min: 2, max: 2 },
  time: 9_000,
}

/** Someone who fixes the number of rounds gets all of them; the hour only makes sure that a run ends. */
const TIME_FOR_FIXED_ROUNDS = 3_600_000

/** @param timing which of the usual ones fits the load */
export function schedule(
  scenario: Scenario,
  options: RunOptions,
  variants: number,
  timing: 'timing' | 'paced' | 'ordered',
): Pick<Plan, 'warmup' | 'timing' | 'rounds' | 'maxTime'> {
  const base = options.quick ? QUICK : FULL
  refuseNonsense(options)
  const { rounds } = options
  const { requests, timeout = base.warmup.timeout } = scenario.warmup ?? {}
  return {
    warmup: requests === undefined ? { ...base.warmup, timeout } : { requests, timeout },
    timing: { ...base[timing] },
    rounds: rounds === undefined ? { ...base.rounds } : { min: rounds, max: rounds },
    maxTime: options.maxTime ?? (rounds === undefined ? variants * base.time : TIME_FOR_FIXED_ROUNDS),
  }
}

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

/**
 * The last processors are for the load generator, the others for the target; `undefined` when processes cannot be pinned.
 * A load generator is one busy thread and a few idle ones, so a quarter of the processors is enough, two at most.
 */
export function planPinning({ processors, pinnable }: Platform): Pinning | undefined {
  if (!pinnable || processors.length < 2) return undefined
  const forLoader = Math.min(2, Math.max(1, Math.floor(processors.length / 4)))
  return { target: processors.slice(0, -forLoader), loader: processors.slice(-forLoader) }
}

/** Runs are comparable only when both have measured the same version. */
const YARDSTICK_VERSION = 1

/** The yardstick is always started and loaded in the same way, whatever the scenario. */
export function planYardstick({ platform: { execPath } }: World): PlannedYardstick {
  return {
    version: YARDSTICK_VERSION,
    variant: {
      id: 'yardstick',
      label: 'yardstick',
      command: [execPath, 'service.js'],
      directory: join(import.meta.dirname, '../yardstick'),
      environment: {},
      node: execPath,
    },
    load: {
      engine: 'closed',
      steps: [{ name: 'GET /', method: 'GET', path: '/' }],
      connections: 10,
      pipelining: 1,
    },
  }
}
