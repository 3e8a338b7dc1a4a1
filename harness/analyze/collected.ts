/** What collectors brought back in addition to profiles, and what they cost. */

import type { Change } from '../model/comparison.ts'
import type { Collected, Evidence, Sample } from '../model/evidence.ts'
import type { Overhead, PauseSummary, SnapshotDifference } from '../model/report.ts'
import { centreOf, shownChange } from '../stats/centre.ts'
import { sumOfColumn, typicalRatio } from '../stats/columns.ts'
import { mean, measured, sum } from '../stats/describe.ts'
import { samplesOf, unitsOf } from './samples.ts'

/** CPU per request with each collector and without it, in the same launches. */
export function overheads(evidence: Evidence): Overhead[] {
  const { collectors, plan, samples } = evidence
  const hasRun = (collector: string) => samples.some(({ collected }) => collected[collector])
  return collectors
    .filter(collector => !plan?.ifWaiting?.includes(collector) || hasRun(collector))
    .map(collector => ({ collector, change: overheadOf(evidence, collector) }))
}

/** One log-ratio per round, the mean over its samples; two rounds give an interval. */
function overheadOf(evidence: Evidence, collector: string): Change | null {
  const perRound = unitsOf(evidence).flatMap(unit => {
    const logs = measured(unit.map(sample => logOverhead(sample, collector)))
    return logs.length > 0 ? [mean(logs)] : []
  })
  return shownChange(centreOf(perRound))
}

function logOverhead({ columns, collected }: Sample, collector: string): number | null {
  const slices = collected[collector]?.slices ?? {}
  const [without, during] = [columns, slices].map(table =>
    typicalRatio([{ columns: table }], 'cpu', 'requests'),
  )
  return without && during ? Math.log(during / without) : null
}

/** Garbage collection by kind, over all samples of a subject that were watched; the most frequent kind first. */
export function pauseSummaries(evidence: Evidence): PauseSummary[] {
  return evidence.subjects.flatMap(({ id }) => {
    const watched = samplesOf(evidence, id).flatMap(({ collected }) =>
      Object.values(collected).filter(({ pauses }) => pauses !== undefined),
    )
    const requests = sum(watched.map(({ slices }) => sumOfColumn(slices.requests)))
    const byKind = Map.groupBy(watched.flatMap(pausesOf), ({ kind }) => kind)
    return [...byKind]
      .map(([kind, pauses]) => ({
        variant: id,
        kind,
        perThousand: requests > 0 ? (pauses.length * 1000) / requests : 0,
        duration: mean(pauses.map(({ duration }) => duration)) / 1000,
        longest: pauses.reduce((most, { duration }) => Math.max(most, duration), 0) / 1000,
        before: mean(pauses.map(({ before }) => before)),
        after: mean(pauses.map(({ after }) => after)),
      }))
      .toSorted((a, b) => b.perThousand - a.perThousand)
  })
}

function pausesOf({ pauses }: Collected) {
  const { kind, duration, before, after } = pauses!
  return kind.map((kind, at) => ({ kind, duration: duration[at]!, before: before[at]!, after: after[at]! }))
}

/** Every pair of heap snapshots. The rows that retain most more bytes than before come first: they keep a heap growing. */
export function snapshotDifferences({ samples }: Evidence): SnapshotDifference[] {
  return samples.flatMap(({ subject, collected }) =>
    Object.values(collected).flatMap(({ constructors, slices }) => {
      if (!constructors) return []
      const { name, count, self, retained } = constructors
      const sides = ([before, after]: [number[], number[]], row: number) => ({
        before: before[row]!,
        after: after[row]!,
      })
      const rows = name.map((each, row) => ({
        name: each,
        count: sides(count, row),
        self: sides(self, row),
        retained: sides(retained, row),
      }))
      return {
        variant: subject,
        requests: sumOfColumn(slices.requests),
        before: sum(self[0]),
        after: sum(self[1]),
        rows: rows.toSorted((a, b) => growth(b) - growth(a)),
      }
    }),
  )
}

const growth = ({ retained }: SnapshotDifference['rows'][number]): number => retained.after - retained.before
