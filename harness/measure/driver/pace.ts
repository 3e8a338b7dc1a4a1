/** From what a load asks for, a rate or a share of what the baseline can take, to the orders of an open loop. */
import type { SliceOrder } from '../../model/capabilities.ts'
import { type Phase, type Rate, type RatedPhase, USUAL_RATE } from '../../model/load.ts'
import type { PlannedLoad } from '../../model/plan.ts'

/** @param capacity requests per second of the baseline in a closed loop */
export const requestsPerSecond = (rate: Rate, capacity: number): number =>
  typeof rate === 'number' ? rate : (Number.parseFloat(rate) / 100) * capacity

/** One rate (requests/s) for a time (ms). */
export const steady = (rate: number, duration: number): Phase[] => [
  { name: 'steady', from: rate, to: rate, duration },
]

/** Arrivals are runs of the script, so a script of three steps has a third as many as requests. */
export function orderFor(
  phases: Phase[],
  {
    capacity,
    length,
    connections,
    first,
  }: { capacity: number; length: number; connections: number; first: number },
): SliceOrder & { phases: RatedPhase[] } {
  const rated = phases.map(({ from, to, duration }) => ({
    from: requestsPerSecond(from, capacity) / length,
    to: requestsPerSecond(to, capacity) / length,
    duration,
  }))
  const mean = rated.reduce((sum, { from, to, duration }) => sum + ((from + to) / 2) * (duration / 1_000), 0)
  // A Poisson process has its ups and downs; six standard deviations are never needed.
  const most = mean + 6 * Math.sqrt(mean) + 1
  return { first, times: Math.ceil(most / connections), phases: rated }
}

/** Requests per second over all phases. */
export function meanRate(phases: Phase[], capacity: number): number {
  const whole = phases.reduce((sum, { duration }) => sum + duration, 0)
  const requests = phases.reduce(
    (sum, { from, to, duration }) =>
      sum + ((requestsPerSecond(from, capacity) + requestsPerSecond(to, capacity)) / 2) * duration,
    0,
  )
  return requests / whole
}

/** A slice (ms) at the load's one rate, or at the mean of its phases. */
export const steadyPhases = (
  { rate = USUAL_RATE, phases }: PlannedLoad,
  capacity: number,
  slice: number,
): Phase[] => steady(phases ? meanRate(phases, capacity) : requestsPerSecond(rate, capacity), slice)
