/**
 * Two measurements at different times: the machine may have changed in between. That does not affect memory and exact
 * values. For times, the ratio of each sample to its yardstick is compared, and both sides' variances count. Without a
 * yardstick that both have measured the same way, times are shown but nothing is concluded from them.
 */
import { finding } from '../findings/index.ts'
import type { Evidence, Sample } from '../model/evidence.ts'
import type { Finding } from '../model/finding.ts'
import type { Metric } from '../model/metric.ts'
import type { Across } from '../model/report.ts'
import { centreOf } from '../stats/centre.ts'
import { typicalRatio } from '../stats/columns.ts'
import { measured } from '../stats/describe.ts'
import { differenceOf } from '../stats/welch.ts'
import { magnitude } from '../words/numbers.ts'
import { samplesOf } from './pairs.ts'
import { logRatio, measureSample, middleOf, type Ratios, ratiosOf } from './ratios.ts'

/**
 * Fractions by which a gate's margin is wider: what the yardstick does not cancel between two sessions, as
 * `npm run validate:yardstick` measures it (docs/baselines.md). Waiting depends on more than the speed of the machine. A
 * machine that slows down does not slow everything down equally, so a share of the yardstick's own change is added.
 */
export const ALLOWANCE = { processorTime: 0.03, otherTime: 0.25, ofShift: 1 / 3 }

/** @param shift how much the machine has changed: the log-ratio of the yardstick's CPU time per request */
export function allowances(shift: number): { processorTime: number; otherTime: number } {
  const left = ALLOWANCE.ofShift * Math.abs(shift)
  const processorTime = ALLOWANCE.processorTime + left
  return { processorTime, otherTime: Math.max(ALLOWANCE.otherTime, processorTime) }
}

/** From the typical slice of all yardsticks on both sides; 0 where there is none on one side. */
function shiftOf(evidence: Evidence, variant: string): number {
  const [was, is] = [evidence.baseline, variant].map(id => {
    const references = samplesOf(evidence, id).flatMap(({ reference }) => reference ?? [])
    return typicalRatio(references, 'cpu', 'requests')
  })
  return was && is ? Math.log(is / was) : 0
}

export const carriesOver = ({ family }: Pick<Metric, 'family'>): boolean =>
  family === 'exact' || family === 'memory'

/** @param excluded samples that do not count, by the rule of `exclusion.ts` */
export function ratiosAcross(
  evidence: Evidence,
  metric: Metric,
  variant: string,
  excluded: ReadonlySet<Sample>,
): Ratios & { across: Across } {
  const isTime = metric.family === 'processor' || metric.family === 'waiting'
  const corrected = isTime && evidence.referenced
  const known = ratiosOf(evidence, metric, variant, excluded)
  const [before, after] = [evidence.baseline, variant].map(id =>
    samplesOf(evidence, id)
      .filter(sample => !excluded.has(sample))
      .map(sample => logOf(sample, metric, corrected)),
  ) as [(number | null)[], (number | null)[]]
  const { processorTime, otherTime } = allowances(shiftOf(evidence, variant))
  return {
    ...known,
    // The samples are not paired, so these ratios are only shown.
    ratios: Array.from({ length: Math.max(before.length, after.length) }, (_, at) => {
      const [was, is] = [before[at] ?? null, after[at] ?? null]
      return was === null || is === null ? null : is - was
    }),
    across: {
      allowance: !corrected ? 0 : metric.family === 'processor' ? processorTime : otherTime,
      centre: differenceOf(centreOf(measured(before)), centreOf(measured(after))),
      ...(!carriesOver(metric) &&
        !corrected && { unsure: `${metric.title} was measured at two times, with no yardstick for it.` }),
    },
  }
}

/** Logarithm of a sample's own value, relative to its yardstick where times are corrected. */
function logOf(sample: Sample, metric: Metric, corrected: boolean): number | null {
  const own = measureSample(sample, metric)
  if (corrected) return logRatio(measureSample(sample.reference, metric), own)
  const value = middleOf(own)
  return value !== null && value > 0 ? Math.log(value) : null
}

/** What the yardstick says about the machine, and how much wider margins are because of it. */
export function yardstickFindings(evidence: Evidence): Finding[] {
  if (!evidence.referenced) return []
  return evidence.subjects
    .filter(({ id }) => id !== evidence.baseline)
    .map(({ id }) => {
      const shift = shiftOf(evidence, id)
      const { processorTime, otherTime } = allowances(shift)
      const wider = `a gate's margin is wider by ${magnitude(processorTime)} on CPU time and by ${magnitude(otherTime)} on any other`
      if (shift === 0)
        return finding('yardstick', `Times are compared as ratios to the yardstick, and ${wider}.`)
      const change = magnitude(Math.expm1(shift))
      return finding(
        'yardstick',
        `The yardstick took ${change} ${shift > 0 ? 'more' : 'less'} CPU time here than there. Times are compared as ratios to it, and ${wider}.`,
      )
    })
}
