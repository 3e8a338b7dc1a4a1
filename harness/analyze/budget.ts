/** Whether the functions' changes explain the change of the whole. */
import type { Budget, FrameChange } from '../model/report.ts'
import { mean, measured } from '../stats/describe.ts'
import type { CountedCalls } from './calls.ts'

/**
 * `rest` is what the rows do not explain: functions too small for a row, other threads (compiler, garbage
 * collection), and chance.
 */
export function budgetOf(calls: CountedCalls, rows: FrameChange[]): Budget {
  const functions = rows.reduce((sum, { before, after }) => sum + after - before, 0)
  const whole = countedChange(calls) ?? sampledChange(calls)
  return {
    variant: calls.variant,
    collector: calls.collector,
    unit: calls.unit,
    functions,
    whole,
    rest: whole - functions,
  }
}

function countedChange({ whole }: CountedCalls): number | null {
  const changes = whole.map(({ before, after }) =>
    before === null || after === null ? null : after - before,
  )
  return changes.includes(null) ? null : mean(measured(changes))
}

const sampledChange = ({ before, after }: CountedCalls): number =>
  mean(after.map((column, round) => sum(column) - sum(before[round]!)))

const sum = (values: Float64Array): number => values.reduce((total, value) => total + value, 0)
