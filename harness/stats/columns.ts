/** Sums and typical values over columns in rows, as slices have them. */
import { measured, median } from './describe.ts'

/** Whatever has columns of equal length; `null` where a row has no value. */
interface Table {
  columns: Record<string, (number | null)[]>
}

export const sumOf = (tables: Table[], name: string): number =>
  tables.reduce((total, { columns }) => total + sumOfColumn(columns[name]), 0)

export const sumOfColumn = (column: (number | null)[] = []): number =>
  column.reduce<number>((sum, value) => sum + (value ?? 0), 0)

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
