/** Gates on the slowest requests: few of a launch's requests say something about them, so they change how a run is divided. */
import type { Plan } from '../model/plan.ts'

/** By metric, the percentile. */
export const TAILS: Record<string, number> = { 'latency.p90': 90, 'latency.p99': 99, 'latency.p999': 99.9 }

/** From this percentile on, a launch must answer many requests, so rounds must be longer. */
const RARE = 99

/**
 * Rounds that a run of services that wait is divided into. Launches differ more than their slices do, so many are better than long
 * ones. A tail needs long ones, and a gate needs five to call a regression.
 */
const ROUNDS = { many: 9, long: 6 }

export const gatesTail = ({ gates }: Pick<Plan, 'gates'>): boolean =>
  gates.some(({ metric }) => (TAILS[metric] ?? 0) >= RARE)

export const roundsThatWait = (plan: Pick<Plan, 'gates'>): number =>
  gatesTail(plan) ? ROUNDS.long : ROUNDS.many
