/** Record → analysis: everything that is concluded before a gate is held against it. Pure. */
import type { Metric } from '../model/capabilities.ts'
import type { RunRecord } from '../model/record.ts'
import type { Across, Analysis, Between, Comparison } from '../model/report.ts'
import { measured } from '../stats/describe.ts'
import { ratiosAcross } from './across.ts'
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

export { diffProfiles } from './profile-diff.ts'
export { differences, joinRecords } from './recorded.ts'
export { shownPlaces } from './sources.ts'

export function analyze(run: RunRecord, metrics: Metric[]): Analysis {
  const between = betweenVariants(run, metrics)
  const leaks = leakVerdicts(run)
  const analysis: Analysis = {
    comparisons: comparisonsOf(run, metrics),
    ...profileChanges(run),
    latency: latencyCurves(run),
    overheads: overheads(run),
    pauses: pauseSummaries(run),
    leaks,
    snapshots: snapshotDifferences(run),
    ...(between.length > 0 && { between }),
    leftOut: leftOut(run.rounds),
    findings: [...findings(run, metrics), ...leakFindings(run, leaks)],
  }
  return isJoined(run) ? withoutCertainty(analysis) : analysis
}

/**
 * Every variant but the baseline, each metric in its order; what no round has measured has no row.
 * Cheap enough for a look after every round.
 */
export function comparisonsOf(run: RunRecord, metrics: Metric[]): Comparison[] {
  const { plan, rounds } = run
  const excluded = excludedRounds(rounds)
  const saturated = loaderLimited(run)
  const tables = plan.variants
    .filter(({ id }) => id !== plan.baseline)
    .flatMap(({ id }) =>
      metrics
        .toSorted((a, b) => a.order - b.order)
        .map(metric => ({
          metric,
          id,
          table: isJoined(run)
            ? ratiosAcross(run, metric, id, excluded)
            : ratiosOf(rounds, metric, id, plan.baseline, excluded),
        })),
    )
    .filter(({ table }) => measured([...table.before, ...table.after]).length > 0)
  return tables.map(({ metric, id, table }) =>
    compare(
      metric,
      id,
      plan.baseline,
      saturated && metric.seenByLoader ? withoutRatios(table) : table,
      tables.length,
    ),
  )
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
