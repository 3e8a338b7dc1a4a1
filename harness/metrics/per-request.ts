import type { ColumnName } from '../model/columns.ts'
import type { Sample } from '../model/evidence.ts'
import { sumOfColumn } from '../stats/columns.ts'
import { sum } from '../stats/describe.ts'

type Name = ColumnName | (string & {})

/** A counter per request in each row; `null` in rows without either, and as a whole where there is no such counter. */
export function perRequest({ columns }: Sample, name: Name, scale = 1): (number | null)[] | null {
  const { [name]: counter, requests = [] } = columns
  return (
    counter?.map((value, row) => {
      const answered = requests[row] ?? 0
      return value === null || answered === 0 ? null : (value * scale) / answered
    }) ?? null
  )
}

/** The sum of a counter over the rows that have it, because agents answer only now and then. `null` when no row has it. */
export function total({ columns }: Sample, name: Name): number | null {
  const values = (columns[name] ?? []).filter(value => value !== null)
  return values.length === 0 ? null : sum(values)
}

/** A counter per request, over all rows that have the counter. */
export function overall(sample: Sample, name: Name, scale = 1): number | null {
  const value = total(sample, name)
  const { [name]: counter = [], requests = [] } = sample.columns
  const answered = sumOfColumn(requests.filter((_, row) => counter[row] !== null))
  return value === null || answered === 0 ? null : (value * scale) / answered
}
