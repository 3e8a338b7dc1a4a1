/** The error of a comparison of two sessions of the same code, with and without the yardstick. */
import { comparisonsOf } from '../../harness/analyze/index.ts'
import { evidenceOfRecords } from '../../harness/evidence/index.ts'
import type { Metric } from '../../harness/model/metric.ts'
import type { RunRecord } from '../../harness/model/record.ts'

export interface Session {
  /** Whether another program ran beside it. */
  disturbed: boolean
  run: RunRecord
}

/** Log-ratios; without noise, all would be zero. */
export interface Errors {
  metric: string
  /** Whether exactly one of the two sessions was disturbed. */
  mixed: boolean
  without: number[]
  with: number[]
  /** Fractions by which the margin of a gate is wider with it. */
  allowed: number[]
}

/** Every two sessions, in the order in which they were measured. */
export function errorsOf(sessions: Session[], variant: string, metrics: Metric[]): Errors[] {
  const pairs = sessions.flatMap((before, i) => sessions.slice(i + 1).map(after => ({ before, after })))
  return [false, true].flatMap(mixed => {
    const chosen = pairs.filter(({ before, after }) => (before.disturbed !== after.disturbed) === mixed)
    return metrics.map(metric => {
      const found = chosen.map(({ before, after }) => acrossOf(before.run, after.run, variant, metric))
      return {
        metric: metric.id,
        mixed,
        without: chosen.map(
          ({ before, after }) => acrossOf(without(before.run), without(after.run), variant, metric).error,
        ),
        with: found.map(({ error }) => error),
        allowed: found.map(({ allowance }) => allowance),
      }
    })
  })
}

function acrossOf(before: RunRecord, after: RunRecord, variant: string, metric: Metric) {
  const across = comparisonsOf(evidenceOfRecords(before, after, variant), [metric])[0]?.across
  if (!across?.centre) throw new Error(`${metric.id} cannot be compared; give the sessions more rounds.`)
  return { error: across.centre.estimate, allowance: across.allowance }
}

/** The record as if no yardstick had been measured. */
function without(run: RunRecord): RunRecord {
  const { yardstick: _, ...plan } = run.plan
  return { ...run, plan, rounds: run.rounds.map(({ yardstick: _, ...round }) => round) }
}

export const rootMeanSquare = (values: number[]): number =>
  Math.sqrt(values.reduce((sum, value) => sum + value ** 2, 0) / values.length)

export const largest = (values: number[]): number => Math.max(...values.map(Math.abs))
