/**
 * Two independent samples: the difference of their means, with an interval.
 *
 * Source: B. L. Welch (1947), "The generalization of 'Student's' problem when several different population variances are
 * involved", Biometrika 34.
 */
import type { Centre } from './centre.ts'
import { mean, standardDeviation } from './describe.ts'
import { type Interval, studentQuantile } from './student.ts'

/** Two-sided interval of mean(after) − mean(before); either side needs two values or more. */
export function welch(before: number[], after: number[], confidence: number): Interval {
  const estimate = mean(after) - mean(before)
  const [a, b] = [errorOf(before), errorOf(after)]
  const error = Math.hypot(a, b)
  if (error === 0) return { estimate, low: estimate, high: estimate }
  const degrees = degreesOf(a, before.length - 1, b, after.length - 1)
  const half = studentQuantile((1 + confidence) / 2, degrees) * error
  return { estimate, low: estimate - half, high: estimate + half }
}

/**
 * The difference of two independent centres, with the variances of both; `null` where either has none.
 *
 * Source for trimmed ones: K. K. Yuen (1974), "The two-sample trimmed t for unequal population variances", Biometrika 61.
 */
export function differenceOf(before: Centre | null, after: Centre | null): Centre | null {
  if (before === null || after === null) return null
  const count = Math.min(before.count, after.count)
  const estimate = after.estimate - before.estimate
  const error = Math.hypot(before.error, after.error)
  if (error === 0) return { estimate, error, degrees: Math.min(before.degrees, after.degrees), count }
  const degrees = degreesOf(before.error, before.degrees, after.error, after.degrees)
  return { estimate, error, degrees, count }
}

/** Degrees of freedom of the sum of two squared errors, which are not both zero. */
function degreesOf(a: number, ofA: number, b: number, ofB: number): number {
  // As shares of the sum, from a ratio: the squares of very small errors are zero.
  const smaller = (Math.min(a, b) / Math.max(a, b)) ** 2
  const share = (a < b ? smaller : 1) / (1 + smaller)
  return 1 / (share ** 2 / ofA + (1 - share) ** 2 / ofB)
}

/** Smaller differences, as a share of the means, are what is left over from rounding. */
const ROUNDING = 1e-12

/** Welch's t; infinite where the means differ and nothing scatters. */
export function welchStatistic(before: number[], after: number[]): number {
  const [was, is] = [mean(before), mean(after)]
  const error = Math.hypot(errorOf(before), errorOf(after))
  return Math.abs(is - was) <= ROUNDING * Math.max(Math.abs(was), Math.abs(is)) ? 0 : (is - was) / error
}

/** Standard error of the mean. */
function errorOf(values: number[]): number {
  if (values.length < 2) throw new RangeError(`An interval needs two values, not ${values.length}`)
  return standardDeviation(values) / Math.sqrt(values.length)
}
