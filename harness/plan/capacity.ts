/** The search for a capacity: the same script, sent at rates that the search chooses. */
import { UsageError } from '../model/errors.ts'
import type { Plan } from '../model/plan.ts'
import type { Scenario } from '../model/scenario.ts'

/** The percentile of latency that must stay under the limit. */
const PERCENTILE = 99

/** Milliseconds of one trial: long enough for a queue to build up. */
const TRIAL = 1_000

/** Profiles and other gates belong to one rate; `capacity` has many. */
export function seekingCapacity({ load, ...scenario }: Scenario): Scenario {
  const { rate: _rate, phases: _phases, ...rest } = load
  return { ...scenario, gates: { capacity: '-5%' }, collectors: [], load: { ...rest, engine: 'open' } }
}

/** @param limit ms */
export function planCapacity(limit: number, plan: Plan): Plan {
  if (!(Number.isFinite(limit) && limit > 0))
    throw new UsageError(`${limit} ms is not a valid latency limit.`, { advice: 'Give a time above zero.' })
  return {
    ...plan,
    timing: { ...plan.timing, slice: TRIAL },
    capacity: { percentile: PERCENTILE, limit: limit * 1_000 },
  }
}
