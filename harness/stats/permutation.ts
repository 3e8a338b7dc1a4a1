/**
 * Tests many differences between two groups together: the largest |t| over all rows when the groups' labels are
 * shuffled. Holds the family-wise error rate however the rows depend on each other.
 *
 * Source: P. Westfall and S. Young (1993), "Resampling-Based Multiple Testing", §2.3 (single-step maxT).
 */
import { seededRandom, shuffled } from './random.ts'
import { welchStatistic } from './welch.ts'

const DRAWS = 2_000

/** With fewer values on a side, even the most extreme labelling is too common to be significant. */
export const ENOUGH_PER_SIDE = 6

/** Adjusted p of each row. `rows[r]` has the `count` values of the first group, then those of the second. */
export function permutationTest(rows: number[][], count: number, seed = 1): number[] {
  const random = seededRandom(seed)
  const columns = rows.map(row => Float64Array.from(row))
  const size = columns[0]?.length ?? 0
  const dealt = new Float64Array(size)
  const [first, second] = [dealt.subarray(0, count), dealt.subarray(count)]
  let labels = Array.from({ length: size }, (_, at) => at)
  const statistic = (column: Float64Array) => {
    for (let at = 0; at < size; at++) dealt[at] = column[labels[at]!]!
    return Math.abs(welchStatistic(first, second))
  }
  const observed = columns.map(statistic)
  // The real labels count as one of the draws, so no p is 0.
  const exceeded = rows.map(() => 1)
  for (let draw = 1; draw < DRAWS; draw++) {
    labels = shuffled(labels, random)
    let largest = 0
    for (const column of columns) largest = Math.max(largest, statistic(column))
    observed.forEach((own, row) => {
      if (largest >= own - 1e-9) exceeded[row]!++
    })
  }
  return exceeded.map(times => times / DRAWS)
}
