/** How the time that a round has is shared out between its parts: one that has begun ends in time, whatever the service takes. */
import type { Collector } from '../../model/capabilities.ts'
import type { Plan } from '../../model/plan.ts'
import { LEAST_SLICES, timeOf } from './capture.ts'
import { durationOf, phasesOf } from './pace.ts'

/** Paired slices in a round at least, however slow the service is, as long as there is time. */
export const MIN_SLICES = 6
/** Milliseconds of a trial at a rate that is not timed, and how many there usually are before one is chosen. */
export const TRIAL = 150
const USUAL_TRIALS = 5

/** Shares of the time that the later parts can keep for themselves; the rest is the warm-up's. */
const MOST: Needs = { change: 0.2, timed: 0.3, profiled: 0.3 }

/** When the parts of a round have to end, in ms from the beginning of its warm-up. */
export interface Deadlines {
  warmUp: number
  change: number
  timed: number
  profiled: number
}

/** Milliseconds: changing from the closed loop to the open one, the timed slices, the profiled ones. */
export interface Needs {
  change: number
  timed: number
  profiled: number
}

/** @param time that the round has, in ms */
export function deadlinesOf(time: number, needs: Needs): Deadlines {
  const timed = time - Math.min(needs.profiled, MOST.profiled * time)
  const change = timed - Math.min(needs.timed, MOST.timed * time)
  const warmUp = change - Math.min(needs.change, MOST.change * time)
  return { warmUp, change, timed, profiled: time }
}

/**
 * What the later parts are planned to take.
 *
 * @param groups collectors that share their slices; @param launches in a row; @param knowsRate whether an open loop has
 * its rate already
 */
export function needsOf(plan: Plan, groups: Collector[][], launches: number, knowsRate: boolean): Needs {
  const { timing, load } = plan
  const phases = phasesOf(plan)
  const timed = phases ? durationOf(phases) : Math.max(timing.timed, MIN_SLICES * timing.slice)
  const change = load.arrivals ? 2 * timing.slice + (knowsRate ? 0 : USUAL_TRIALS * TRIAL) : 0
  const profiled = groups.map(group => Math.max(timeOf(group, timing), LEAST_SLICES * timing.slice))
  return {
    change: change * launches,
    timed: timed * launches,
    profiled: profiled.reduce((sum, time) => sum + time, 0) * launches,
  }
}
