/** Garbage collection by kind: how often it stopped each variant, for how long, and what it brought. */
import type { Capture, RunRecord } from '../model/record.ts'
import type { PauseSummary } from '../model/report.ts'
import { mean, measured } from '../stats/describe.ts'
import { launchesOf } from './totals.ts'

/** Over all launches of a variant that were watched; the commonest kind first. */
export function pauseSummaries(run: RunRecord): PauseSummary[] {
  return run.plan.variants.flatMap(({ id }) => {
    const captures = launchesOf(run, id).flatMap(launch => Object.values(launch.captures).filter(isWatched))
    const requests = sum(captures.flatMap(({ slices }) => measured(slices.requests)))
    const pauses = captures.flatMap(capture => rowsOf(capture.pauses))
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

type Watched = Capture & Required<Pick<Capture, 'pauses'>>

const isWatched = (capture: Capture): capture is Watched => capture.pauses !== undefined

const rowsOf = ({ kind, duration, before, after }: Watched['pauses']) =>
  kind.map((kind, at) => ({ kind, duration: duration[at]!, before: before[at]!, after: after[at]! }))

const sum = (values: number[]): number => values.reduce((total, value) => total + value, 0)
