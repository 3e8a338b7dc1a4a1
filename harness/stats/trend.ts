/** A trend in a series of values, whatever their distribution. */
import { median } from './describe.ts'

export interface Trend {
  /** Change from the first value to the last: the median slope of all pairs, times the distance. */
  change: number
  /** Number of standard deviations by which the pairs that rise outnumber those that fall; below zero the other way round. */
  score: number
}

/**
 * Source of the slope: P. K. Sen (1968), "Estimates of the regression coefficient based on Kendall's tau", JASA 63; of the
 * score: H. B. Mann (1945), "Nonparametric tests against trend", Econometrica 13.
 *
 * @param values in order, two at least
 */
export function trendOf(values: number[]): Trend {
  const n = values.length
  const slopes = values.flatMap((value, i) =>
    values.slice(i + 1).map((later, j) => (later - value) / (j + 1)),
  )
  const rising = slopes.filter(slope => slope > 0).length - slopes.filter(slope => slope < 0).length
  const deviation = Math.sqrt((n * (n - 1) * (2 * n + 5)) / 18)
  // Without the continuity correction, small series would seem surer than they are.
  return { change: median(slopes) * (n - 1), score: (rising - Math.sign(rising)) / deviation }
}
