/** Record → analysis: everything that is concluded before a gate is held against it. Pure. */
import type { Metric } from '../model/capabilities.ts'
import type { RunRecord } from '../model/record.ts'
import type { Analysis, Comparison } from '../model/report.ts'
import { measured } from '../stats/describe.ts'
import { compare } from './compare.ts'
import { excludedRounds } from './exclusion.ts'
import { findings, loaderSaturated } from './findings.ts'
import { profileChanges } from './flames.ts'
import { latencyCurves } from './latency.ts'
import { overheads } from './overhead.ts'
import { pauseSummaries } from './pauses.ts'
import { type Ratios, ratiosOf } from './ratios.ts'
import { isJoined, withoutCertainty } from './recorded.ts'

export { diffProfiles } from './profile-diff.ts'
export { differences, joinRecords } from './recorded.ts'

export function analyze(run: RunRecord, metrics: Metric[]): Analysis {
  const analysis = {
    comparisons: comparisonsOf(run, metrics),
    ...profileChanges(run),
    latency: latencyCurves(run),
    overheads: overheads(run),
    pauses: pauseSummaries(run),
    findings: findings(run),
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
  const saturated = loaderSaturated(run)
  const tables = plan.variants
    .filter(({ id }) => id !== plan.baseline)
    .flatMap(({ id }) =>
      metrics
        .toSorted((a, b) => a.order - b.order)
        .map(metric => ({ metric, id, table: ratiosOf(rounds, metric, id, plan.baseline, excluded) })),
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

/** The values stay visible; nothing is concluded from them. */
const withoutRatios = (table: Ratios): Ratios => ({ ...table, ratios: table.ratios.map(() => null) })
