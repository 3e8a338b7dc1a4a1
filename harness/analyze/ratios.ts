/** Evidence × metric → the log-ratios that a comparison rests on. */

import type { Sides, Spikes, Unpaired } from '../model/comparison.ts'
import type { Evidence, Sample } from '../model/evidence.ts'
import type { Metric } from '../model/metric.ts'
import { centreOf } from '../stats/centre.ts'
import { isMeasured, measured, median, midmean } from '../stats/describe.ts'
import { differenceOf } from '../stats/welch.ts'
import { samplesOf } from './samples.ts'
import { spikesIn } from './spikes.ts'
import { allowanceFor } from './yardstick.ts'

/** Each side's own values: one per round, or per sample of the side that has more; `null` where nothing was measured. */
export interface Ratios extends Sides<(number | null)[]> {
  /** ln(after / before); over the round's paired slices where the metric has slices. */
  ratios: (number | null)[]
  /** Only for independent samples. */
  across?: Unpaired
  /** Only for samples in pairs. */
  spikes?: Spikes
}

/** @param excluded samples that carry no log-ratio, by the rule of `exclusion.ts` */
export function ratiosOf(
  evidence: Evidence,
  metric: Metric,
  subject: string,
  excluded: ReadonlySet<Sample>,
): Ratios {
  const { pairing, baseline, samples } = evidence
  const rounds = [...new Set(samples.map(({ round }) => round))].toSorted((a, b) => a - b)
  const inRounds = (id: string) => {
    const byRound = new Map(samplesOf(evidence, id).map(sample => [sample.round, sample]))
    return rounds.map(round => byRound.get(round))
  }
  const [before, after] = [inRounds(baseline), inRounds(subject)]
  const usable = (sample: Sample | undefined) => (sample && !excluded.has(sample) ? sample : undefined)
  const tableOf = (measured: (sample: Sample) => Measurement): Ratios => {
    const own = (sample: Sample | undefined) => (sample ? measured(sample) : null)
    return {
      ratios: before.map((was, at) => logRatio(own(usable(was)), own(usable(after[at])))),
      before: before.map(sample => middleOf(own(sample))),
      after: after.map(sample => middleOf(own(sample))),
    }
  }
  const table = tableOf(metric.measure)
  if (pairing !== 'rounds') return { ...table, ...independentRatios(evidence, metric, subject, excluded) }
  if (!metric.whole) return table
  const whole = tableOf(metric.whole)
  const spikes = spikesIn(table.ratios, whole.ratios)
  return { ...(spikes?.counted ? whole : table), spikes }
}

/**
 * Samples of different times: the machine may have changed in between. That does not affect memory and exact values. For
 * times, the ratio of each sample to its yardstick is compared. Without a yardstick that both sides have measured the
 * same way, times are shown but nothing is concluded from them.
 */
function independentRatios(
  evidence: Evidence,
  metric: Metric,
  subject: string,
  excluded: ReadonlySet<Sample>,
): Required<Pick<Ratios, 'ratios' | 'across'>> {
  const { baseline, referenced } = evidence
  const { family, title } = metric
  const corrected = referenced && (family === 'processor' || family === 'waiting')
  const carriesOver = family === 'exact' || family === 'memory'
  const logsOf = (id: string) =>
    samplesOf(evidence, id)
      .filter(sample => !excluded.has(sample))
      .map(sample => logOf(sample, metric, corrected))
  const [before, after] = [logsOf(baseline), logsOf(subject)]
  return {
    // The samples are not paired, so these ratios are only shown.
    ratios: Array.from({ length: Math.max(before.length, after.length) }, (_, at) => {
      const [was, is] = [before[at] ?? null, after[at] ?? null]
      return was === null || is === null ? null : is - was
    }),
    across: {
      allowance: corrected ? allowanceFor(evidence, subject, family) : 0,
      centre: differenceOf(centreOf(measured(before)), centreOf(measured(after))),
      unsure:
        carriesOver || corrected
          ? undefined
          : `${title} was measured at two times, with no yardstick for it.`,
    },
  }
}

/** Logarithm of a sample's own value, relative to its yardstick where times are corrected. */
function logOf(sample: Sample, metric: Metric, corrected: boolean): number | null {
  const own = measure(sample, metric)
  if (corrected) return logRatio(measure(sample.reference, metric), own)
  const value = middleOf(own)
  return value !== null && value > 0 ? Math.log(value) : null
}

type Measurement = ReturnType<Metric['measure']>

const measure = (sample: Sample | undefined, metric: Metric): Measurement =>
  sample ? metric.measure(sample) : null

/**
 * Row i of both samples ran at nearly the same time, so a disturbance hit both. The middle half of the pairs is averaged,
 * which ignores bursts. A median would not do: where pairs come in two kinds, by which side went first or collected
 * garbage, it falls into the gap between them.
 */
function logRatio(before: Measurement, after: Measurement): number | null {
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
function middleOf(measurement: Measurement): number | null {
  if (!Array.isArray(measurement)) return isMeasured(measurement) ? measurement : null
  const values = measured(measurement)
  return values.length > 0 ? median(values) : null
}
