/** Sum, centre and spread of numbers. */
import { mean, median, quantile, sampleStandardDeviation } from 'simple-statistics'

export { mean, median, quantile, sampleStandardDeviation as standardDeviation }

export function sum(values: Iterable<number>): number {
  let total = 0
  // Columns of profiles have many values, and an iterator takes several times as long.
  if (values instanceof Float64Array) for (let at = 0; at < values.length; at++) total += values[at]!
  else for (const value of values) total += value
  return total
}

/** No quantity is larger, and squares and sums of smaller values stay finite. */
const LARGEST = 1e100

/** Standard error of the mean. */
export function standardError(values: number[]): number {
  if (values.length < 2) throw new RangeError(`An interval needs two values, not ${values.length}`)
  return sampleStandardDeviation(values) / Math.sqrt(values.length)
}

/** Drops `null`, NaN and infinities: they are gaps in a measurement. */
export const measured = (values: Iterable<number | null>): number[] => [...values].filter(isMeasured)

export const isMeasured = (value: number | null | undefined): value is number =>
  typeof value === 'number' && Math.abs(value) <= LARGEST

/** Mean of the middle half: nearly as robust as the median and as precise as the mean. `null` without values. */
export function midmean(values: number[]): number | null {
  if (values.length === 0) return null
  const cut = Math.floor(values.length / 4)
  return mean(values.toSorted((a, b) => a - b).slice(cut, values.length - cut))
}
