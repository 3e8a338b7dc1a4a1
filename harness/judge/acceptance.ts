/** What was accepted in review: it is still a regression, but fails nothing until it grows or the entry expires. */
import type { Acceptance } from '../model/plan.ts'
import type { GateVerdict } from '../model/report.ts'
import { percent } from '../words/numbers.ts'

/** @param day the day the run began, `2026-07-31`, so that a record is judged the same on any later day */
export function accept(verdict: GateVerdict, entries: Acceptance[], day: string): GateVerdict {
  if (verdict.status !== 'regressed') return verdict
  const entry = entries.find(({ metric }) => metric === verdict.gate.metric)
  if (!entry) return verdict
  const change = Math.abs(verdict.change?.estimate ?? Number.POSITIVE_INFINITY)
  if (entry.expires < day)
    return add(verdict, `It was accepted until ${entry.expires}, and that day has passed.`)
  if (change > entry.upTo)
    return add(verdict, `Up to ${percent(entry.upTo)} was accepted, but it is more than that now.`)
  return { ...add(verdict, `Accepted until ${entry.expires}: ${entry.reason}`), accepted: entry }
}

const add = (verdict: GateVerdict, sentence: string): GateVerdict => ({
  ...verdict,
  reason: `${verdict.reason} ${sentence}`,
})
