/**
 * Welch's t-test of two means.
 *
 * Source: B. L. Welch (1947), "The generalization of 'Student's' problem when several different population variances are
 * involved", Biometrika 34.
 */
import { mean, standardDeviation } from '../../harness/stats/describe.ts'
import { studentQuantile } from '../../harness/stats/student.ts'
import type { Found } from './outcome.ts'

/** Two-sided error that the tests are given: what Flamegate promises for a whole run. */
const ALPHA = 0.01

export interface Sample {
  mean: number
  /** With count − 1 below the line. */
  variance: number
  count: number
}

export const sampleOf = (values: number[]): Sample => ({
  mean: mean(values),
  variance: standardDeviation(values) ** 2,
  count: values.length,
})

/** A sample that is counted one by one, without keeping it (Welford's updates). */
export function countedSample(): { add(value: number): void; sample(): Sample } {
  let [count, centre, squares] = [0, 0, 0]
  return {
    add(value) {
      count++
      const from = value - centre
      centre += from / count
      squares += from * (value - centre)
    },
    sample: () => ({ mean: centre, variance: squares / Math.max(1, count - 1), count }),
  }
}

/** Compares costs (more is worse): the change as a fraction of the first mean, with a 95 % interval, and the word for it. */
export function welch(before: Sample, after: Sample): Found {
  if (before.count < 2 || after.count < 2)
    throw new RangeError('A test of means needs two values on each side')
  const [a, b] = [before, after].map(({ variance, count }) => variance / count) as [number, number]
  const error = Math.sqrt(a + b)
  const degrees = (a + b) ** 2 / (a ** 2 / (before.count - 1) + b ** 2 / (after.count - 1))
  const difference = after.mean - before.mean
  const reach = (alpha: number) => (error > 0 ? studentQuantile(1 - alpha / 2, degrees) * error : 0)
  const real = Math.abs(difference) > reach(ALPHA)
  return {
    status: real ? (difference > 0 ? 'regressed' : 'improved') : 'inconclusive',
    estimate: difference / before.mean,
    low: (difference - reach(0.05)) / before.mean,
    high: (difference + reach(0.05)) / before.mean,
  }
}
