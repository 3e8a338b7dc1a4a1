/** Evidence × metric → one log-ratio per round, which the inference by rounds uses. */
import type { Evidence, Sample } from '../model/evidence.ts'
import type { Metric } from '../model/metric.ts'
import { isMeasured, measured, median, midmean } from '../stats/describe.ts'
import { samplesOf } from './pairs.ts'

/** One entry per round, or per sample of the side that has more; `null` where nothing was measured. */
export interface Ratios {
  /** ln(after / before); over the round's paired slices where the metric has slices. */
  ratios: (number | null)[]
  /** Each side's own value. */
  before: (number | null)[]
  after: (number | null)[]
}

/** @param excluded samples that carry no log-ratio, by the rule of `exclusion.ts` */
export function ratiosOf(
  evidence: Evidence,
  metric: Metric,
  variant: string,
  excluded: ReadonlySet<Sample>,
): Ratios {
  const rounds = [...new Set(evidence.samples.map(({ round }) => round))].toSorted((a, b) => a - b)
  const [before, after] = [evidence.baseline, variant].map(id => {
    const byRound = new Map(samplesOf(evidence, id).map(sample => [sample.round, sample]))
    return rounds.map(round => byRound.get(round))
  }) as [(Sample | undefined)[], (Sample | undefined)[]]
  const usable = (sample: Sample | undefined) => (sample && !excluded.has(sample) ? sample : undefined)
  return {
    ratios: before.map((was, at) =>
      logRatio(measureSample(usable(was), metric), measureSample(usable(after[at]), metric)),
    ),
    before: before.map(sample => middleOf(measureSample(sample, metric))),
    after: after.map(sample => middleOf(measureSample(sample, metric))),
  }
}

type Measurement = ReturnType<Metric['measure']>

export const measureSample = (sample: Sample | undefined, metric: Metric): Measurement =>
  sample ? metric.measure(sample) : null

/**
 * Row i of both samples ran at nearly the same time, so a disturbance hit both. The middle half of the pairs is averaged,
 * which ignores bursts. A median would not do: where pairs come in two kinds, by which side went first or collected
 * garbage, it falls into the gap between them.
 */
export function logRatio(before: Measurement, after: Measurement): number | null {
  if (!Array.isArray(before) || !Array.isArray(after)) return logOfQuotient(middleOf(before), middleOf(after))
  const rows = Math.min(before.length, after.length)
  const pairs = Array.from({ length: rows }, (_, row) => logOfQuotient(before[row]!, after[row]!))
  return midmean(measured(pairs))
}

/** `null` where a value is missing, zero, negative or not finite. */
function logOfQuotient(before: number | null, after: number | null): number | null {
  if (!isMeasured(before) || !isMeasured(after) || before <= 0 || after <= 0) return null
  return Math.log(after) - Math.log(before)
}

/** A sample's own value: the median of its slices where the metric has slices. */
export function middleOf(measurement: Measurement): number | null {
  if (!Array.isArray(measurement)) return isMeasured(measurement) ? measurement : null
  const values = measured(measurement)
  return values.length > 0 ? median(values) : null
}
