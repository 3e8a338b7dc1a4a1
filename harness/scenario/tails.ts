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

/** Share of a run in which a launch is timed, and how many of its requests in a round should be slower than a gated percentile. */
const TIMED = 0.3
const SLOWER = 10

export const gatesTail = (plan: Pick<Plan, 'gates'>): boolean => rarest(plan) >= RARE

/** At a high rate, many rounds have enough slow requests too. */
export function roundsThatWait(plan: Pick<Plan, 'gates' | 'load' | 'maxTime'>): number {
  if (!gatesTail(plan)) return ROUNDS.many
  const { rate } = plan.load
  if (typeof rate !== 'number') return ROUNDS.long
  const slower = rate * (plan.maxTime / 1_000) * TIMED * (1 - rarest(plan) / 100)
  return Math.min(ROUNDS.many, Math.max(ROUNDS.long, Math.floor(slower / SLOWER)))
}

const rarest = ({ gates }: Pick<Plan, 'gates'>): number =>
  Math.max(0, ...gates.map(({ metric }) => TAILS[metric] ?? 0))
