/** Sums and typical values of columns, such as the columns of slices. */
import type { ColumnName } from '../model/columns.ts'
import { measured, median, sum } from './describe.ts'

type Column = (number | null)[]

/** Columns of equal length; `null` where a row has no value. */
interface Table {
  columns: Record<string, Column>
}

/** A collector can have its own columns. */
type Name = ColumnName | (string & {})

export const sumOf = (tables: Table[], name: Name): number =>
  sum(tables.map(({ columns }) => sumOfColumn(columns[name])))

export const sumOfColumn = (column: Column = []): number =>
  column.reduce<number>((sum, value) => sum + (value ?? 0), 0)

/** The sum over the rows that have a value, because agents answer only now and then. `null` when no row has one. */
export function total({ columns }: Table, name: Name): number | null {
  const column = columns[name] ?? []
  return column.every(value => value === null) ? null : sumOfColumn(column)
}

/** A counter per request in each row; `null` in rows without either, and as a whole where there is no such counter. */
export function perRequest({ columns }: Table, name: Name, scale = 1): Column | null {
  const { [name]: counter, requests = [] } = columns
  return (
    counter?.map((value, row) => {
      const answered = requests[row] ?? 0
      return value === null || answered === 0 ? null : (value * scale) / answered
    }) ?? null
  )
}

/** A counter per request, over all rows that have the counter. */
export function overall(table: Table, name: Name, scale = 1): number | null {
  const value = total(table, name)
  const { [name]: counter = [], requests = [] } = table.columns
  const answered = sumOfColumn(requests.filter((_, row) => counter[row] !== null))
  return value === null || answered === 0 ? null : (value * scale) / answered
}

/** Median over rows. */
export function typical(tables: Table[], name: Name): number | null {
  const values = tables.flatMap(({ columns }) => measured(columns[name] ?? []))
  return values.length > 0 ? median(values) : null
}

/** Median over rows of one column by another; `null` where either was never measured. */
export function typicalRatio(tables: Table[], name: Name, per: Name): number | null {
  const ratios = tables.flatMap(({ columns: { [name]: values = [], [per]: divisors = [] } }) =>
    measured(values.map((value, row) => (value === null || !divisors[row] ? null : value / divisors[row]))),
  )
  return ratios.length > 0 ? median(ratios) : null
}
