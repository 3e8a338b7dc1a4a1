/** Latency of each variant over all rounds, from the histograms of its launches. */
import type { Evidence, Sample } from '../model/evidence.ts'
import type { LatencyCurve } from '../model/report.ts'
import { buckets, decodeHistogram, type Histogram, mergeHistograms, percentile } from '../stats/histogram.ts'
import { samplesOf } from './samples.ts'

const PERCENTILES = [
  0, 5, 10, 20, 30, 40, 50, 60, 70, 75, 80, 85, 90, 92.5, 95, 97.5, 98, 99, 99.25, 99.5, 99.75, 99.9, 99.925,
  99.95, 99.975, 99.99,
]

/** One curve for all requests, and for each of several steps. An open loop adds uncorrected ones, and its phases. */
export function latencyCurves(evidence: Evidence): LatencyCurve[] {
  const { subjects, steps } = evidence
  return subjects.flatMap(({ id }) => {
    const samples = samplesOf(evidence, id)
    const paced = samples.some(({ pace }) => pace)
    const measured = curves(samples, steps, ({ histograms }) => histograms.latency)
    const uncorrected = curves(samples, steps, ({ histograms }) => histograms.uncorrected)
    const named = samples.find(({ phases }) => phases)?.phases ?? []
    const phases = named.flatMap(({ name }, i) =>
      curves(samples, [name], ({ phases }) => phases?.[i]?.latency).map(each => ({
        ...each,
        kind: 'corrected' as const,
        phase: name,
      })),
    )
    return [
      ...measured.map(each => ({ ...each, kind: paced ? ('corrected' as const) : undefined })),
      ...uncorrected.map(each => ({ ...each, kind: 'uncorrected' as const })),
      ...phases,
    ]
      .filter(({ count }) => count > 0)
      .map(each => ({ ...each, variant: id }))
  })
}

/** @param encoded the histograms of a sample, one for each step */
function curves(samples: Sample[], names: string[], encoded: (sample: Sample) => string[] | undefined) {
  const rounds = samples
    .map(sample => encoded(sample) ?? [])
    .filter(({ length }) => length > 0)
    .map(steps => steps.map(decodeHistogram))
  const each = names.map((name, step) => ({ name, rounds: rounds.flatMap(round => round[step] ?? []) }))
  return [
    curve('all', rounds.map(mergeHistograms)),
    ...(each.length > 1 ? each.map(({ name, rounds }) => curve(name, rounds)) : []),
  ]
}

function curve(step: string, rounds: Histogram[]): Omit<LatencyCurve, 'variant'> {
  const answered = rounds.filter(({ totalCount }) => totalCount > 0)
  const whole = mergeHistograms(answered)
  const points = PERCENTILES.filter(percent => resolves(whole, percent)).map(percent => {
    const over = answered.map(round => percentile(round, percent)!)
    return {
      percentile: percent,
      value: percentile(whole, percent)!,
      low: Math.min(...over),
      high: Math.max(...over),
    }
  })
  return { step, count: whole.totalCount, histogram: buckets(whole), points }
}

/** At least one request must be above a percentile, or the value is just the maximum. */
const resolves = ({ totalCount }: Histogram, percent: number) => totalCount * (100 - percent) > 99.999
