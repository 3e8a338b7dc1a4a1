/** Pairs of heap snapshots → how the objects of each constructor changed between them. */
import type { Evidence } from '../model/evidence.ts'
import type { SnapshotDifference } from '../model/report.ts'
import { sumOfColumn } from '../stats/columns.ts'
import { sum } from '../stats/describe.ts'

/** Every pair that was taken. The rows that retain most more bytes than before come first: they keep a heap growing. */
export function snapshotDifferences({ samples }: Evidence): SnapshotDifference[] {
  return samples.flatMap(({ subject, collected }) =>
    Object.values(collected).flatMap(({ constructors, slices }) => {
      if (!constructors) return []
      const { name, ...columns } = constructors
      const at = (pair: [number[], number[]], row: number) => ({
        before: pair[0][row]!,
        after: pair[1][row]!,
      })
      const rows = name.map((each, row) => ({
        name: each,
        count: at(columns.count, row),
        self: at(columns.self, row),
        retained: at(columns.retained, row),
      }))
      return {
        variant: subject,
        requests: sumOfColumn(slices.requests),
        before: sum(columns.self[0]),
        after: sum(columns.self[1]),
        rows: rows.toSorted((a, b) => growth(b) - growth(a)),
      }
    }),
  )
}

const growth = ({ retained }: SnapshotDifference['rows'][number]): number => retained.after - retained.before
