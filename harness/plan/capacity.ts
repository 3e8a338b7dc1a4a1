/** A scenario whose capacity is looked for: the same script, sent at rates that the search chooses. */
import { UsageError } from '../model/errors.ts'
import type { Plan } from '../model/plan.ts'
import type { Scenario } from '../model/scenario.ts'

/** The tail that has to stay under the limit. */
const PERCENTILE = 99

/** Milliseconds of one trial: long enough for a queue to build up. */
const TRIAL = 1_000

/** Profiles and other gates belong to one rate; `capacity` has many. */
export function seekingCapacity({ load, ...scenario }: Scenario): Scenario {
  const { rate: _rate, phases: _phases, ...rest } = load
  return { ...scenario, gates: { capacity: '-5%' }, collectors: [], load: { ...rest, engine: 'open' } }
}

/** @param limit ms; @throws UsageError when it is none */
export function planCapacity(limit: number, plan: Plan): Plan {
  if (!(Number.isFinite(limit) && limit > 0))
    throw new UsageError(`${limit} ms cannot be a limit of latency.`, { advice: 'Give a time above zero.' })
  return {
    ...plan,
    timing: { ...plan.timing, slice: TRIAL },
    capacity: { percentile: PERCENTILE, limit: limit * 1_000 },
  }
}
