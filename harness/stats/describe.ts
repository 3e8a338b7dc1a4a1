/** Centre and spread of a handful of numbers. */
import { mean, median, quantile, sampleStandardDeviation } from 'simple-statistics'

export { mean, median, quantile, sampleStandardDeviation as standardDeviation }

/** No quantity is larger, and squares and sums of what is smaller stay numbers. */
const LARGEST = 1e100

/** Keeps what is a figure: `null`, NaN and infinities are gaps in a measurement. */
export const measured = (values: Iterable<number | null>): number[] => [...values].filter(isMeasured)

export const isMeasured = (value: number | null | undefined): value is number =>
  typeof value === 'number' && Math.abs(value) <= LARGEST

export function sum(values: Iterable<number>): number {
  let total = 0
  for (const value of values) total += value
  return total
}

/** Mean of the middle half: nearly as robust as the median, and as precise as the mean. `null` for nothing. */
export function midmean(values: number[]): number | null {
  if (values.length === 0) return null
  const cut = Math.floor(values.length / 4)
  return mean(values.toSorted((a, b) => a - b).slice(cut, values.length - cut))
}
