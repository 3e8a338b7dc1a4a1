/** Sums and typical values over columns in rows, as slices have them. */
import { measured, median, sum } from './describe.ts'

/** Whatever has columns of equal length; `null` where a row has no value. */
interface Table {
  columns: Record<string, (number | null)[]>
}

export const sumOf = (tables: Table[], name: string): number =>
  sum(tables.map(({ columns }) => sumOfColumn(columns[name])))

export const sumOfColumn = (column: (number | null)[] = []): number =>
  column.reduce<number>((sum, value) => sum + (value ?? 0), 0)

/** A counter over the rows that have it, by the requests in them; `null` when no row has it, or when it did not move. */
export function perRequest(columns: Table['columns'], name: string, scale = 1): number | null {
  const { [name]: counter = [], requests = [] } = columns
  const spent = sumOfColumn(counter)
  const answered = sumOfColumn(requests.filter((_, row) => counter[row] !== null))
  return spent && answered ? (spent * scale) / answered : null
}

/** Median over rows. */
export function typical(tables: Table[], name: string): number | null {
  const values = tables.flatMap(({ columns }) => measured(columns[name] ?? []))
  return values.length > 0 ? median(values) : null
}

/** Median over rows of one column by another; `null` where either was never measured. */
export function typicalRatio(tables: Table[], name: string, per: string): number | null {
  const ratios = tables.flatMap(({ columns: { [name]: values = [], [per]: divisors = [] } }) =>
    measured(values.map((value, row) => (value === null || !divisors[row] ? null : value / divisors[row]))),
  )
  return ratios.length > 0 ? median(ratios) : null
}
