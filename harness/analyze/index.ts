/** Record → analysis: everything that is concluded before a gate is held against it. Pure. */
import type { Metric } from '../model/capabilities.ts'
import type { RunRecord } from '../model/record.ts'
import type { Across, Analysis, Between, Comparison } from '../model/report.ts'
import { measured } from '../stats/describe.ts'
import { ratiosAcross } from './across.ts'
import { spoiltRounds, tilt, unusable, withoutWrongCaptures } from './answers.ts'
import { compare } from './compare.ts'
import { excludedRounds, leftOut } from './exclusion.ts'
import { findings } from './findings.ts'
import { profileChanges } from './flames.ts'
import { latencyCurves } from './latency.ts'
import { leakFindings, leakVerdicts } from './leaks.ts'
import { loaderLimited } from './load-findings.ts'
import { overheads } from './overhead.ts'
import { pauseSummaries } from './pauses.ts'
import { type Ratios, ratiosOf } from './ratios.ts'
import { isJoined, withoutCertainty } from './recorded.ts'
import { snapshotDifferences } from './snapshots.ts'

export { unusable } from './answers.ts'
export { diffProfiles } from './profile-diff.ts'
export { differences, joinRecords } from './recorded.ts'
export { shownPlaces } from './sources.ts'

export function analyze(whole: RunRecord, metrics: Metric[]): Analysis {
  const run = withoutWrongCaptures(whole)
  const between = betweenVariants(run, metrics)
  const leaks = leakVerdicts(run)
  const wrong = unusable(run)
  const analysis: Analysis = {
    comparisons: comparisonsOf(run, metrics),
    ...profileChanges(run),
    latency: latencyCurves(run),
    overheads: overheads(run),
    pauses: pauseSummaries(run),
    leaks,
    snapshots: snapshotDifferences(run),
    ...(between.length > 0 && { between }),
    ...(wrong.length > 0 && { unusable: wrong }),
    leftOut: [...leftOut(run.rounds), ...spoilt(run)],
    findings: [...findings(whole, metrics), ...leakFindings(run, leaks)],
  }
  return isJoined(run) ? withoutCertainty(analysis) : analysis
}

/**
 * Every variant but the baseline, each metric in its order; what no round has measured has no row.
 * Cheap enough for a look after every round.
 */
export function comparisonsOf(whole: RunRecord, metrics: Metric[]): Comparison[] {
  const run = withoutWrongCaptures(whole)
  const { plan, rounds } = run
  const disturbed = excludedRounds(rounds)
  const saturated = loaderLimited(run)
  const answersOf = answersFor(run)
  const tables = plan.variants
    .filter(({ id }) => id !== plan.baseline)
    .flatMap(({ id }) => {
      const excluded = disturbed.union(spoiltRounds(run, [plan.baseline, id]))
      const answers = answersOf(id, excluded)
      return metrics
        .toSorted((a, b) => a.order - b.order)
        .map(metric => ({
          metric,
          id,
          answers: answers(metric),
          table: isJoined(run)
            ? ratiosAcross(run, metric, id, excluded)
            : ratiosOf(rounds, metric, id, plan.baseline, excluded),
        }))
    })
    .filter(({ table }) => measured([...table.before, ...table.after]).length > 0)
  return tables.map(({ metric, id, table, answers }) => {
    const worthless = answers.unusable !== undefined || (saturated && metric.seenByLoader)
    const kept = worthless ? withoutRatios(table) : table
    return compare(metric, id, plan.baseline, { ...kept, ...answers }, tables.length)
  })
}

/** Rounds that are left out for what went wrong; where nothing can be concluded at all, that says more. */
function spoilt(run: RunRecord): NonNullable<Analysis['leftOut']> {
  const wrong = unusable(run).map(({ variant }) => variant)
  const others = run.plan.variants.map(({ id }) => id).filter(id => !wrong.includes(id))
  const rounds = spoiltRounds(run, others).difference(excludedRounds(run.rounds))
  return [...rounds].map(round => ({ round, reason: 'most of what a launch was asked went wrong' }))
}

/**
 * What wrong answers do to a comparison. Those of the variant leave what counts them as it is: that they have become many is a
 * regression in itself.
 */
function answersFor(run: RunRecord) {
  const wrong = new Map(unusable(run).map(({ variant, reason }) => [variant, reason]))
  return (id: string, excluded: ReadonlySet<number>) => {
    const tilted = tilt(run, id, excluded)
    return ({ countsErrors }: Metric): Pick<Comparison, 'unusable' | 'tilt'> => {
      const sides = countsErrors ? [run.plan.baseline] : [run.plan.baseline, id]
      const reasons = sides.flatMap(side => wrong.get(side) ?? [])
      if (reasons.length > 0) return { unusable: reasons.join(' ') }
      return countsErrors || tilted === 0 ? {} : { tilt: tilted }
    }
  }
}

/** Every two variants of which neither is the baseline, the earlier one in its place. */
function betweenVariants(run: RunRecord, metrics: Metric[]): Between[] {
  const others = run.plan.variants.filter(({ id }) => id !== run.plan.baseline)
  return others.flatMap((baseline, i) =>
    others.slice(i + 1).map(variant => {
      const plan = { ...run.plan, baseline: baseline.id, variants: [baseline, variant] }
      const pair = { ...run, plan }
      const comparisons = comparisonsOf(pair, metrics)
      return { variant: variant.id, baseline: baseline.id, comparisons, ...profileChanges(pair) }
    }),
  )
}

/** The values stay visible; nothing is concluded from them. */
const withoutRatios = <T extends Ratios & { across?: Across }>(table: T): T => ({
  ...table,
  ratios: table.ratios.map(() => null),
  ...(table.across && { across: { ...table.across, centre: null } }),
})
