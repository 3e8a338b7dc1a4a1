/**
 * The slope of a line through points with outliers: the median of the slopes between all pairs.
 *
 * Sources: H. Theil (1950), "A rank-invariant method of linear and polynomial regression analysis", Proc. KNAW 53;
 * P. K. Sen (1968), "Estimates of the regression coefficient based on Kendall's tau", JASA 63 (the interval);
 * R. M. Hirsch, J. R. Slack, R. A. Smith (1982), "Techniques of trend analysis for monthly water quality data", Water
 * Resources Research 18 (several series with different levels: pairs are taken within each, variances add up).
 */
import { probit } from 'simple-statistics'
import { median, sum } from './describe.ts'
import type { Interval } from './student.ts'

export interface Series {
  x: number[]
  y: number[]
}

/** With fewer points a series has too few pairs for a 95 % interval. */
const LEAST = 6

/** Slope of y per x that all series share, with a two-sided interval; `null` where no series has enough points. */
export function theilSen(series: Series[], confidence: number): Interval | null {
  const usable = series.filter(({ x }) => x.length >= LEAST)
  const slopes = usable.flatMap(slopesOf).sort((a, b) => a - b)
  if (slopes.length === 0) return null
  const variance = sum(usable.map(({ x: { length: n } }) => (n * (n - 1) * (2 * n + 5)) / 18))
  const reach = probit((1 + confidence) / 2) * Math.sqrt(variance)
  // The ranks of the limits.
  const below = Math.floor((slopes.length - reach) / 2) - 1
  const above = Math.ceil((slopes.length + reach) / 2)
  return {
    estimate: median(slopes),
    low: slopes[Math.max(0, below)]!,
    high: slopes[Math.min(slopes.length - 1, above)]!,
  }
}

function slopesOf({ x, y }: Series): number[] {
  const slopes: number[] = []
  for (let a = 0; a < x.length; a++)
    for (let b = a + 1; b < x.length; b++) if (x[b] !== x[a]) slopes.push((y[b]! - y[a]!) / (x[b]! - x[a]!))
  return slopes
}
