/** Evidence → analysis: everything that is concluded before any gate is applied. Pure. */

import type { Comparison } from '../model/comparison.ts'
import type { Evidence, Sample } from '../model/evidence.ts'
import type { Metric } from '../model/metric.ts'
import type { Analysis, Between } from '../model/report.ts'
import { measured } from '../stats/describe.ts'
import { spoiltSamples, tilt, unusable, withoutWrongProfiles } from './answers.ts'
import { type Calls, callsOf } from './calls.ts'
import { overheads, pauseSummaries, snapshotDifferences } from './collected.ts'
import { compare, hasRatio } from './compare.ts'
import { culpritsOf } from './culprits.ts'
import { diagnoses } from './diagnosis/index.ts'
import { excludedSamples, leftOut } from './exclusion.ts'
import { findings } from './findings.ts'
import { flameOf } from './flames.ts'
import { budgetOf, functionChanges } from './functions.ts'
import { latencyCurves } from './latency.ts'
import { leakFindings, leakVerdicts } from './leaks.ts'
import { loaderLimited } from './load-findings.ts'
import { ownerChanges } from './owners.ts'
import { type Decode, decodeOnce } from './profiles.ts'
import { type Ratios, ratiosOf } from './ratios.ts'
import { othersOf, unitsOf } from './samples.ts'
import { latencyShifts } from './shifts.ts'
import { spikeFindings } from './spikes.ts'
import { requestTimes } from './times.ts'
import { yardstickFindings } from './yardstick.ts'

export { unusable } from './answers.ts'
export { diffProfiles } from './diff.ts'
export { type Decode, decodeOnce } from './profiles.ts'
export { packagesToRead, placesToRead, type SourcePlace } from './sources.ts'
export { isHopeless, tailAdvice } from './tails.ts'

/** @param decode finds profiles that were decoded before */
export function analyze(whole: Evidence, metrics: Metric[], decode: Decode = decodeOnce()): Analysis {
  const evidence = withoutWrongProfiles(whole)
  const comparisons = comparisonsOf(evidence, metrics)
  const pairs = callsOf(evidence, excludedSamples(evidence), decode, comparisons)
  const between = betweenOthers(evidence, metrics, decode)
  const leaks = leakVerdicts(evidence, decode)
  const wrong = unusable(evidence)
  const times = requestTimes(evidence, excludedSamples(evidence), decode)
  const changes = profileChanges(evidence, pairs)
  return {
    loaderLimited: loaderLimited(evidence),
    comparisons,
    ...changes,
    latency: latencyCurves(evidence),
    shifts: loaderLimited(evidence) ? [] : latencyShifts(evidence, excludedSamples(evidence)),
    times,
    diagnosis: diagnoses(evidence, { times, leaks, frames: changes.frames }, decode),
    overheads: overheads(evidence),
    pauses: pauseSummaries(evidence),
    leaks,
    snapshots: snapshotDifferences(evidence),
    between: between.length > 0 ? between : undefined,
    unusable: wrong.length > 0 ? wrong : undefined,
    leftOut: [...leftOut(evidence), ...spoilt(evidence)],
    findings: [
      ...findings(whole, metrics),
      ...yardstickFindings(evidence),
      ...spikeFindings(evidence, comparisons),
      ...leakFindings(evidence, leaks),
    ],
  }
}

function profileChanges(
  { plan }: Evidence,
  pairs: Calls[],
): Pick<Analysis, 'frames' | 'flames' | 'budgets' | 'culprits' | 'owners'> {
  const seed = plan?.seed ?? 1
  const seen = pairs.map(calls => ({
    calls,
    rows: functionChanges(calls, seed),
    owners: ownerChanges(calls, seed),
  }))
  return {
    frames: seen.flatMap(({ rows }) => rows),
    flames: seen.map(({ calls, owners }) => flameOf(calls, owners)),
    owners: seen.flatMap(({ owners }) => owners),
    culprits: pairs.flatMap(calls => culpritsOf(calls)),
    // Without rows there is nothing that could add up.
    budgets: seen.filter(({ rows }) => rows.length > 0).map(({ calls, rows }) => budgetOf(calls, rows)),
  }
}

/** Every other subject against the baseline, by metric. A metric without values has no row. Runs after every round. */
export function comparisonsOf(whole: Evidence, metrics: Metric[]): Comparison[] {
  const evidence = withoutWrongProfiles(whole)
  const { baseline } = evidence
  const disturbed = excludedSamples(evidence)
  const saturated = loaderLimited(evidence)
  const answersOf = answersFor(evidence)
  const tables = othersOf(evidence)
    .flatMap(({ id }) => {
      const excluded = disturbed.union(spoiltSamples(evidence, [baseline, id]))
      const answers = answersOf(id, excluded)
      return metrics
        .toSorted((a, b) => a.order - b.order)
        .map(metric => ({
          metric,
          id,
          answers: answers(metric),
          table: ratiosOf(evidence, metric, id, excluded),
        }))
    })
    .filter(({ table }) => measured([...table.before, ...table.after]).length > 0)
  return tables.map(({ metric, id, table, answers }) => {
    const worthless =
      answers.unusable !== undefined ||
      (saturated && (metric.needs ?? []).includes('loader')) ||
      !hasRatio(metric, table)
    const kept = worthless ? withoutRatios(table) : table
    return compare(metric, id, baseline, { ...kept, ...answers }, tables.length)
  })
}

/** Rounds that are left out because requests went wrong. Variants about which nothing can be concluded do not count. */
function spoilt(evidence: Evidence): NonNullable<Analysis['leftOut']> {
  const wrong = unusable(evidence).map(({ variant }) => variant)
  const others = evidence.subjects.map(({ id }) => id).filter(id => !wrong.includes(id))
  const samples = spoiltSamples(evidence, others).difference(excludedSamples(evidence))
  return unitsOf({ ...evidence, samples: [...samples] }).map(unit => ({
    round: unit[0]!.round,
    reason: 'most requests to one launch went wrong',
  }))
}

/**
 * What wrong answers do to a comparison. Metrics that count errors still hold when the subject alone has many: that is a
 * regression in itself.
 */
function answersFor(evidence: Evidence) {
  const wrong = new Map(unusable(evidence).map(({ variant, reason }) => [variant, reason]))
  return (id: string, excluded: ReadonlySet<Sample>) => {
    const tilted = tilt(evidence, id, excluded)
    return ({ countsErrors }: Metric): Pick<Comparison, 'unusable' | 'tilt'> => {
      const sides = countsErrors ? [evidence.baseline] : [evidence.baseline, id]
      const reasons = sides.flatMap(side => wrong.get(side) ?? [])
      if (reasons.length > 0) return { unusable: reasons.join(' ') }
      return countsErrors || tilted === 0 ? {} : { tilt: tilted }
    }
  }
}

/** Every pair of subjects without the baseline; the earlier one takes its place. */
function betweenOthers(evidence: Evidence, metrics: Metric[], decode: Decode): Between[] {
  const others = othersOf(evidence)
  const excluded = excludedSamples(evidence)
  return others.flatMap((baseline, i) =>
    others.slice(i + 1).map(variant => {
      const pair = { ...evidence, baseline: baseline.id, subjects: [baseline, variant] }
      const comparisons = comparisonsOf(pair, metrics)
      return {
        variant: variant.id,
        baseline: baseline.id,
        comparisons,
        ...profileChanges(pair, callsOf(pair, excluded, decode, comparisons)),
      }
    }),
  )
}

/** The values stay visible, but nothing is concluded from them. */
const withoutRatios = (table: Ratios): Ratios => ({
  ...table,
  ratios: table.ratios.map(() => null),
  across: table.across && { ...table.across, centre: null },
})
