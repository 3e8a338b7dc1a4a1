/** Divides the time of a run between its rounds. */
import type { Plan } from '../../model/plan.ts'
import type { RunRecord } from '../../model/record.ts'

/** The next round is expected to take as long as the longest of the last N. The first one, whose code is cold, soon drops out. */
const RECENT = 4
/** Milliseconds that a launch needs for a useful round. `quick` also applies to rounds that must happen. */
const LEAST_FOR_A_LAUNCH = { full: 10_000, quick: 2_500 }

/** Whether another round fits. The first one always does, and a round that the comparison needs is shortened. */
export function timeLeft({ rounds }: RunRecord, plan: Plan, spent: number): boolean {
  if (rounds.length === 0) return true
  const longest = Math.max(...rounds.slice(-RECENT).map(({ duration }) => duration))
  const expected = needed(rounds, plan) > 0 ? Math.min(longest / 2, leastFor(plan, 'quick')) : longest
  return spent + expected <= plan.maxTime
}

/** Milliseconds for the next round: an equal part of the remaining time, or all of it when no more rounds are needed. */
export function timeFor({ rounds }: RunRecord, plan: Plan, spent: number): number {
  const parts = needed(rounds, plan)
  return Math.max(leastFor(plan, parts > 0 ? 'quick' : 'full'), (plan.maxTime - spent) / Math.max(1, parts))
}

/** Rounds that are still needed, whatever the time: all of a quick run, two of any other, because one gives no interval. */
const needed = (rounds: RunRecord['rounds'], plan: Plan): number =>
  Math.max(0, (plan.quick ? plan.rounds.max : Math.min(2, plan.rounds.max)) - rounds.length)

const leastFor = ({ variants, yardstick }: Plan, kind: keyof typeof LEAST_FOR_A_LAUNCH): number =>
  (variants.length + (yardstick ? 1 : 0)) * LEAST_FOR_A_LAUNCH[kind]
