/** Latency of each variant over all rounds, from the histograms of its launches. */
import type { LaunchRecord, RunRecord } from '../model/record.ts'
import type { LatencyCurve } from '../model/report.ts'
import { buckets, decodeHistogram, type Histogram, mergeHistograms, percentile } from '../stats/histogram.ts'

const PERCENTILES = [
  0, 5, 10, 20, 30, 40, 50, 60, 70, 75, 80, 85, 90, 92.5, 95, 97.5, 98, 99, 99.25, 99.5, 99.75, 99.9, 99.925,
  99.95, 99.975, 99.99,
]

/** One curve for all requests of a variant, then one for each step of a script that has several. */
export function latencyCurves(run: RunRecord): LatencyCurve[] {
  const { variants, load } = run.plan
  return variants.flatMap(({ id }) => {
    const launches = run.rounds.flatMap(round => round.launches.filter(launch => launch.variant === id))
    const rounds = launches.filter(hasLatency).map(launch => launch.latency.map(decodeHistogram))
    const steps = load.steps.length > 1 ? load.steps.map(({ name }, step) => ({ name, step })) : []
    const all = curve(id, 'all', rounds.map(mergeHistograms))
    const each = steps.map(({ name, step }) =>
      curve(
        id,
        name,
        rounds.flatMap(round => round[step] ?? []),
      ),
    )
    return [all, ...each].filter(({ count }) => count > 0)
  })
}

const hasLatency = (launch: LaunchRecord) => launch.latency.length > 0

function curve(variant: string, step: string, rounds: Histogram[]): LatencyCurve {
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
  return { variant, step, count: whole.totalCount, histogram: buckets(whole), points }
}

/** Above a percentile there must be a request, or the figure is the maximum under another name. */
const resolves = ({ totalCount }: Histogram, percent: number) => totalCount * (100 - percent) > 99.999
