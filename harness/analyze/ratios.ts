/** Record × metric → what the inference stands on: one log-ratio per round. */
import type { Metric } from '../model/capabilities.ts'
import type { LaunchRecord, RoundRecord } from '../model/record.ts'
import { isMeasured, measured, median, midmean } from '../stats/describe.ts'

/** One entry per round; `null` where there was nothing to measure. */
export interface Ratios {
  /** ln(after / before); over the round's paired slices where the metric has slices. */
  ratios: (number | null)[]
  /** Each side's own value. */
  before: (number | null)[]
  after: (number | null)[]
}

/**
 * @param excluded indexes (`RoundRecord.index`) of rounds that carry no log-ratio, by the rule of `exclusion.ts`
 */
export function ratiosOf(
  rounds: RoundRecord[],
  metric: Metric,
  variant: string,
  baseline: string,
  excluded: ReadonlySet<number>,
): Ratios {
  const pairs = rounds.map(round => {
    const [before, after] = [baseline, variant].map(id => measureLaunch(launchOf(round, id), metric))
    return {
      ratio: excluded.has(round.index) ? null : logRatio(before!, after!),
      before: middleOf(before!),
      after: middleOf(after!),
    }
  })
  return {
    ratios: pairs.map(({ ratio }) => ratio),
    before: pairs.map(({ before }) => before),
    after: pairs.map(({ after }) => after),
  }
}

type Measurement = ReturnType<Metric['measure']>

const launchOf = (round: RoundRecord, variant: string) =>
  round.launches.find(launch => launch.variant === variant)

export const measureLaunch = (launch: LaunchRecord | undefined, metric: Metric): Measurement =>
  launch ? metric.measure(launch) : null

/**
 * Row i of both launches ran next to each other, so that what disturbed one has disturbed the other. The middle half
 * of the pairs is averaged: bursts do not count, and neither does it matter where pairs come in two kinds, by who went
 * first or who collected garbage. A median falls into the gap between such kinds.
 */
export function logRatio(before: Measurement, after: Measurement): number | null {
  if (!Array.isArray(before) || !Array.isArray(after)) return logOfQuotient(middleOf(before), middleOf(after))
  const rows = Math.min(before.length, after.length)
  const pairs = Array.from({ length: rows }, (_, row) => logOfQuotient(before[row]!, after[row]!))
  return midmean(measured(pairs))
}

/** `null` where there is no ratio: a value that is missing, zero, negative or not finite. */
function logOfQuotient(before: number | null, after: number | null): number | null {
  if (!isMeasured(before) || !isMeasured(after) || before <= 0 || after <= 0) return null
  return Math.log(after) - Math.log(before)
}

/** A launch's own value: the median of its slices where the metric has slices. */
export function middleOf(measurement: Measurement): number | null {
  if (!Array.isArray(measurement)) return isMeasured(measurement) ? measurement : null
  const values = measured(measurement)
  return values.length > 0 ? median(values) : null
}
