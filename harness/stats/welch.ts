/**
 * Two independent samples: the difference of their means, with an interval.
 *
 * Source: B. L. Welch (1947), "The generalization of 'Student's' problem when several different population variances are
 * involved", Biometrika 34.
 */
import { type Centre, intervalOf, meanOf } from './centre.ts'
import type { Interval } from './student.ts'

/** Two-sided interval of mean(after) − mean(before); each side needs two values or more. */
export const welch = (before: number[], after: number[], confidence: number): Interval =>
  intervalOf(difference(meanOf(before), meanOf(after)), (1 - confidence) / 2)

/**
 * The difference of two independent centres, with the variances of both; `null` where either has none.
 *
 * Source for trimmed ones: K. K. Yuen (1974), "The two-sample trimmed t for unequal population variances", Biometrika 61.
 */
export const differenceOf = (before: Centre | null, after: Centre | null): Centre | null =>
  before && after && difference(before, after)

const difference = (before: Centre, after: Centre): Centre => ({
  estimate: after.estimate - before.estimate,
  error: Math.hypot(before.error, after.error),
  degrees: degreesOf(before.error, before.degrees, after.error, after.degrees),
  count: Math.min(before.count, after.count),
})

/** Degrees of freedom of the sum of two squared errors. */
function degreesOf(a: number, ofA: number, b: number, ofB: number): number {
  if (a === 0 && b === 0) return Math.min(ofA, ofB)
  // As shares of the sum, from the ratio of the errors: the squares of very small errors are zero.
  const smaller = (Math.min(a, b) / Math.max(a, b)) ** 2
  const share = (a < b ? smaller : 1) / (1 + smaller)
  return 1 / (share ** 2 / ofA + (1 - share) ** 2 / ofB)
}

/** Smaller differences, as a share of the means, come from rounding. */
const ROUNDING = 1e-12

/** Welch's t; infinite where the means differ and the values do not vary. Permutations ask for it a million times. */
export function welchStatistic(before: ArrayLike<number>, after: ArrayLike<number>): number {
  const [was, is] = [meanIn(before), meanIn(after)]
  if (Math.abs(is - was) <= ROUNDING * Math.max(Math.abs(was), Math.abs(is))) return 0
  return (is - was) / Math.sqrt(squaredError(before, was) + squaredError(after, is))
}

function meanIn(values: ArrayLike<number>): number {
  let total = 0
  for (let at = 0; at < values.length; at++) total += values[at]!
  return total / values.length
}

/** The squared standard error of the mean. */
function squaredError(values: ArrayLike<number>, mean: number): number {
  let squares = 0
  for (let at = 0; at < values.length; at++) {
    const off = values[at]! - mean
    squares += off * off
  }
  return squares / (values.length - 1) / values.length
}
