/**
 * Signed ranks: the centre around which values are symmetric, whatever their distribution.
 *
 * Two launches from one distribution can change places, so the log-ratio of a round has either sign with the same
 * probability. The test needs nothing else, and its error is exact with five rounds or with fifty. It uses ranks instead
 * of sizes, so a launch that is far off costs no more than one that is slightly off.
 *
 * Sources: F. Wilcoxon (1945), "Individual comparisons by ranking methods", Biometrics Bulletin 1; the interval from the
 * means of all pairs, J. W. Tukey (1949): J. L. Hodges, E. L. Lehmann (1963), Ann. Math. Statist. 34.
 */

/** One-sided probability of ranks this high if values are symmetric around zero. Zeros and ties count against it. */
export function rankProbability(values: readonly number[]): number {
  let against = 0
  for (const mean of pairMeans(values)) if (mean <= 0) against++
  return cumulated(values.length)[against]!
}

/** Each end is wrong with a probability of at most `level` (one-sided); infinite where there are too few values. */
export function rankInterval(values: readonly number[], level: number): [low: number, high: number] {
  const most = cumulated(values.length).findLastIndex(probability => probability <= level)
  if (most < 0) return [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY]
  const means = pairMeans(values).sort()
  return [means[most]!, means.at(-1 - most)!]
}

/** Means of all pairs, including each value with itself. As many are below zero as the sum of the negative ranks. */
function pairMeans(values: readonly number[]): Float64Array {
  const means = new Float64Array((values.length * (values.length + 1)) / 2)
  let at = 0
  // Adding 0 turns −0 into 0: sorting puts −0 first, which would make the interval of mirrored values differ.
  for (let i = 0; i < values.length; i++)
    for (let j = i; j < values.length; j++) means[at++] = (values[i]! + values[j]!) / 2 + 0
  return means
}

const known = new Map<number, number[]>()

/** P(sum of ranks ≤ w) for w from 0 on, where each of the ranks 1 to `count` is in the sum with probability ½. */
function cumulated(count: number): number[] {
  const found = known.get(count)
  if (found) return found
  let shares = [1]
  for (let rank = 1; rank <= count; rank++) {
    const next = new Array<number>(shares.length + rank).fill(0)
    shares.forEach((share, sum) => {
      next[sum]! += share / 2
      next[sum + rank]! += share / 2
    })
    shares = next
  }
  let below = 0
  const result = shares.map(share => {
    below += share
    return below
  })
  known.set(count, result)
  return result
}
