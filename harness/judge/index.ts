/** Analysis × gates → verdict. Pure. */

import type { Comparison, Status } from '../model/comparison.ts'
import type { Evidence } from '../model/evidence.ts'
import type { Acceptance, Plan } from '../model/plan.ts'
import type { RunRecord } from '../model/record.ts'
import type { Analysis, GateVerdict, Verdict } from '../model/report.ts'
import { percent } from '../words/numbers.ts'
import { gravest } from '../words/verdicts.ts'
import { judgeGate } from './gate.ts'
import { hypothesesOf } from './hypotheses.ts'
import { EXPLAINING_ROUNDS, spendingFor } from './levels.ts'

/** A look at a run, after any of its rounds: what the verdict depends on in addition to the comparisons. */
export interface Look {
  plan: Pick<Plan, 'gates' | 'rounds' | 'quick'>
  subjects: Evidence['subjects']
  baseline: string
  /** Rounds that have been measured. */
  rounds: number
  /** No further round will come: the plan's rounds or its time are used up. */
  last: boolean
  /** Milliseconds that a round takes. */
  roundTime: number
}

/** Whether a run can end. A regression that shows at once is still measured until it can be explained. */
export const isExplained = (rounds: number, { decided, status, unusable }: Verdict): boolean =>
  decided && (status !== 'regressed' || unusable !== undefined || rounds >= EXPLAINING_ROUNDS)

export function judge(
  analysis: Pick<Analysis, 'comparisons' | 'unusable'>,
  evidence: Evidence,
  run: RunRecord,
): Verdict {
  const verdict = judgeComparisons(analysis.comparisons, lookAt(run, evidence), analysis.unusable)
  const { accepted = [] } = run.plan
  const day = run.startedAt.slice(0, 10)
  return { ...verdict, gates: verdict.gates.map(gate => accept(gate, accepted, day)) }
}

function lookAt({ plan, rounds, ending, duration }: RunRecord, evidence: Evidence): Look {
  const { subjects, baseline } = evidence
  return {
    plan: { ...plan, quick: evidence.plan?.quick ?? plan.quick },
    subjects,
    baseline,
    rounds: rounds.length,
    // An interrupted run gets no last look, because the person who watches it could choose the moment.
    last: ending === 'complete' || rounds.length >= plan.rounds.max,
    roundTime: duration / Math.max(1, rounds.length),
  }
}

export function judgeComparisons(
  comparisons: Comparison[],
  look: Look,
  unusable: NonNullable<Analysis['unusable']> = [],
): Verdict {
  const { plan, subjects, baseline, rounds, last, roundTime } = look
  const reasonOf = (ids: string[]) =>
    unusable
      .filter(({ variant }) => ids.includes(variant))
      .map(({ reason }) => reason)
      .join(' ') || undefined
  const prepared = subjects
    .filter(({ id }) => id !== baseline)
    .flatMap(({ id }) => {
      const reason = reasonOf([baseline, id])
      return plan.gates.map(gate => hypothesesOf(gate, id, find(comparisons, gate.metric, id), reason))
    })
  const spending = spendingFor(prepared, last, rounds)
  const judged = prepared.map((one, i) => judgeGate(one, spending[i]!, { roundTime, last }))
  const gates = plan.quick ? judged.map(withhold) : judged
  const reason = reasonOf(subjects.map(({ id }) => id))
  // More rounds would not make the answers right.
  if (reason !== undefined)
    return { status: gravest(['not comparable', overall(gates)]), decided: true, gates, unusable: reason }
  if (plan.quick) return { status: 'inconclusive', decided: false, gates }
  const open = gates.some(({ status }) => status === 'inconclusive')
  return { status: overall(gates), decided: last || (rounds >= plan.rounds.min && !open), gates }
}

/**
 * The table of metrics has its own rule, so it could contradict a gate. The gate's word wins, except where the gate also
 * has a limit: then its word is about more than the change.
 */
export function withGateWords(
  analysis: Analysis,
  { gates }: Verdict,
  { quick }: Pick<Plan, 'quick'>,
): Analysis {
  const wordOf = ({ metric, variant, verdict }: Comparison): Status =>
    gates.find(one => one.gate.metric === metric && one.variant === variant && one.gate.max === undefined)
      ?.status ?? verdict
  if (quick) return analysis
  return { ...analysis, comparisons: analysis.comparisons.map(one => ({ ...one, verdict: wordOf(one) })) }
}

const find = (comparisons: Comparison[], metric: string, variant: string) =>
  comparisons.find(one => one.metric === metric && one.variant === variant)

const withhold = (gate: GateVerdict): GateVerdict => ({
  ...gate,
  status: 'inconclusive',
  reason: `A quick run never gates. ${gate.reason}`,
})

/** Without a gate that can fail the run there is nothing to pass. */
function overall(gates: GateVerdict[]): Status {
  return gravest(gates.filter(({ gate }) => gate.level === 'error').map(({ status }) => status))
}

/**
 * What was accepted in review is still a regression, but fails nothing until it grows or the entry expires.
 *
 * @param day the day the run began, `2026-07-31`, so that a record is judged the same on any later day
 */
export function accept(verdict: GateVerdict, entries: Acceptance[], day: string): GateVerdict {
  if (verdict.status !== 'regressed') return verdict
  const entry = entries.find(({ metric }) => metric === verdict.gate.metric)
  if (!entry) return verdict
  const add = (sentence: string) => ({ ...verdict, reason: `${verdict.reason} ${sentence}` })
  const change = Math.abs(verdict.change?.estimate ?? Number.POSITIVE_INFINITY)
  if (entry.expires < day) return add(`It was accepted until ${entry.expires}, and that day has passed.`)
  if (change > entry.upTo)
    return add(`Up to ${percent(entry.upTo)} was accepted, but it is more than that now.`)
  return { ...add(`Accepted until ${entry.expires}: ${entry.reason}`), accepted: entry }
}
