/** Latency of each variant over all rounds, from the histograms of its launches. */
import type { LaunchRecord, RunRecord } from '../model/record.ts'
import type { LatencyCurve } from '../model/report.ts'
import { buckets, decodeHistogram, type Histogram, mergeHistograms, percentile } from '../stats/histogram.ts'

const PERCENTILES = [
  0, 5, 10, 20, 30, 40, 50, 60, 70, 75, 80, 85, 90, 92.5, 95, 97.5, 98, 99, 99.25, 99.5, 99.75, 99.9, 99.925,
  99.95, 99.975, 99.99,
]

/**
 * One curve for all requests of a variant, then one for each step of a script that has several; of an open loop also
 * without the correction for waiting to be sent, and for each phase.
 */
export function latencyCurves(run: RunRecord): LatencyCurve[] {
  const { variants, load } = run.plan
  const names = load.steps.map(({ name }) => name)
  return variants.flatMap(({ id }) => {
    const launches = run.rounds.flatMap(round => round.launches.filter(launch => launch.variant === id))
    const paced = launches.some(({ pace }) => pace)
    const measured = curves(launches, names, ({ latency }) => latency)
    const uncorrected = curves(launches, names, ({ uncorrected = [] }) => uncorrected)
    const phases = (load.phases ?? []).flatMap(({ name }, i) =>
      curves(launches, [name], ({ phases = [] }) => phases[i]?.latency ?? []).map(each => ({
        ...each,
        kind: 'corrected' as const,
        phase: name,
      })),
    )
    return [
      ...measured.map(each => ({ ...each, ...(paced && { kind: 'corrected' as const }) })),
      ...uncorrected.map(each => ({ ...each, kind: 'uncorrected' as const })),
      ...phases,
    ]
      .filter(({ count }) => count > 0)
      .map(each => ({ ...each, variant: id }))
  })
}

/** @param encoded the histograms of a launch, one for each step */
function curves(launches: LaunchRecord[], names: string[], encoded: (launch: LaunchRecord) => string[]) {
  const rounds = launches
    .map(encoded)
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

/** Above a percentile there must be a request, or the figure is the maximum under another name. */
const resolves = ({ totalCount }: Histogram, percent: number) => totalCount * (100 - percent) > 99.999
