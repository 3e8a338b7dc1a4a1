/** Whether the functions' changes explain the change of the whole. */
import type { LaunchRecord, SliceField } from '../model/record.ts'
import type { Budget, FrameChange } from '../model/report.ts'
import { mean, measured } from '../stats/describe.ts'
import type { Calls } from './calls.ts'

/** The whole as the timed slices have it, without a profiler: all threads' CPU, or bytes allocated. */
const WHOLE: Record<string, { counter: SliceField; scale: number }> = {
  µs: { counter: 'cpu', scale: 1e-3 },
  bytes: { counter: 'allocated', scale: 1 },
}

/**
 * `rest` is what the rows do not explain: functions too small for a row, other threads (compiler, garbage
 * collection), and chance.
 */
export function budgetOf(calls: Calls, rows: FrameChange[]): Budget {
  const functions = rows.reduce((sum, { before, after }) => sum + after - before, 0)
  const whole = timedChange(calls) ?? sampledChange(calls)
  return {
    variant: calls.variant,
    collector: calls.collector,
    unit: calls.unit,
    functions,
    whole,
    rest: whole - functions,
  }
}

function timedChange({ unit, launches }: Calls): number | null {
  const changes = launches.map(({ before, after }) => {
    const [from, to] = [timedCost(before, unit), timedCost(after, unit)]
    return from === null || to === null ? null : to - from
  })
  return changes.includes(null) ? null : mean(measured(changes))
}

function timedCost({ timed }: LaunchRecord, unit: string): number | null {
  const { counter, scale } = WHOLE[unit]!
  const requests = measured(timed.requests).reduce((sum, count) => sum + count, 0)
  if (timed[counter].includes(null) || requests === 0) return null
  return (measured(timed[counter]).reduce((sum, value) => sum + value, 0) * scale) / requests
}

const sampledChange = ({ before, after }: Calls): number =>
  mean(after.map((column, round) => sum(column) - sum(before[round]!)))

const sum = (values: Float64Array): number => values.reduce((total, value) => total + value, 0)
