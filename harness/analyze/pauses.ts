/** Garbage collection by kind: how often it stopped each variant, for how long, and what it freed. */
import type { Collected, Evidence } from '../model/evidence.ts'
import type { PauseSummary } from '../model/report.ts'
import { sumOfColumn } from '../stats/columns.ts'
import { mean, sum } from '../stats/describe.ts'
import { samplesOf } from './pairs.ts'

/** Over all samples of a subject that were watched, the most frequent kind first. */
export function pauseSummaries(evidence: Evidence): PauseSummary[] {
  return evidence.subjects.flatMap(({ id }) => {
    const watched = samplesOf(evidence, id).flatMap(({ collected }) =>
      Object.values(collected).filter(isWatched),
    )
    const requests = sum(watched.map(({ slices }) => sumOfColumn(slices.requests)))
    const pauses = watched.flatMap(each => rowsOf(each.pauses))
    const byKind = Map.groupBy(pauses, ({ kind }) => kind)
    return [...byKind]
      .map(([kind, rows]) => ({
        variant: id,
        kind,
        perThousand: requests > 0 ? (rows.length * 1000) / requests : 0,
        duration: mean(rows.map(({ duration }) => duration)) / 1000,
        longest: rows.reduce((most, { duration }) => Math.max(most, duration), 0) / 1000,
        before: mean(rows.map(({ before }) => before)),
        after: mean(rows.map(({ after }) => after)),
      }))
      .toSorted((a, b) => b.perThousand - a.perThousand)
  })
}

type Watched = Collected & Required<Pick<Collected, 'pauses'>>

const isWatched = (collected: Collected): collected is Watched => collected.pauses !== undefined

const rowsOf = ({ kind, duration, before, after }: Watched['pauses']) =>
  kind.map((kind, at) => ({ kind, duration: duration[at]!, before: before[at]!, after: after[at]! }))
