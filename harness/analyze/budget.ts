/** Whether the functions' changes explain the change of the whole. */
import type { Budget, FrameChange } from '../model/report.ts'
import { mean, measured, sum } from '../stats/describe.ts'
import type { Calls } from './calls.ts'

/**
 * `rest` is the part that the rows do not explain: functions too small for a row, other threads (compiler, garbage
 * collection), and chance.
 */
export function budgetOf(calls: Calls, rows: FrameChange[]): Budget {
  const functions = sum(rows.map(({ before, after }) => after - before))
  const [before, after] = [calls.whole.before, calls.whole.after].map(measured)
  const counted = before!.length === calls.before.length && after!.length === calls.after.length
  const whole = counted
    ? mean(after!) - mean(before!)
    : mean(calls.after.map(sum)) - mean(calls.before.map(sum))
  return {
    variant: calls.variant,
    collector: calls.collector,
    unit: calls.unit,
    functions,
    whole,
    rest: whole - functions,
  }
}
