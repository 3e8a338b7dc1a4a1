/**
 * Around what values lie symmetrically, whatever their distribution is: signed ranks.
 *
 * Where two launches of one distribution are compared, whatever it is, they may change places, so the log-ratio of a
 * round is as likely to have either sign, and that is all this needs: its error is exact with five rounds as with fifty. It
 * looks at ranks and not at sizes, so a launch that is far off costs no more than one that is a little off.
 *
 * Source: F. Wilcoxon (1945), "Individual comparisons by ranking methods", Biometrics Bulletin 1; the interval by J. W. Tukey
 * (1949), from the means of all pairs: J. L. Hodges, E. L. Lehmann (1963), Ann. Math. Statist. 34.
 */

/**
 * One-sided: how likely ranks are as high as these where the values lie symmetrically around zero. Zeros and
 * ties are taken as they hurt most.
 */
export function rankProbability(values: readonly number[]): number {
  let against = 0
  for (const mean of pairMeans(values)) if (mean <= 0) against++
  return cumulated(values.length)[against]!
}

/**
 * Each end has the centre of symmetry on its other side with a probability of `level` (one-sided) at most. Without an end
 * where so few values can tell nothing at that level.
 */
export function rankInterval(values: readonly number[], level: number): [low: number, high: number] {
  const most = cumulated(values.length).findLastIndex(probability => probability <= level)
  if (most < 0) return [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY]
  const means = pairMeans(values).sort()
  return [means[most]!, means.at(-1 - most)!]
}

/** Of all pairs of values, each value with itself among them: as many lie below a centre as ranks speak for being below it. */
function pairMeans(values: readonly number[]): Float64Array {
  const means = new Float64Array((values.length * (values.length + 1)) / 2)
  let at = 0
  // Adding 0 leaves one zero: sorting puts −0 before 0, which turned values would not be turned around by.
  for (let i = 0; i < values.length; i++)
    for (let j = i; j < values.length; j++) means[at++] = (values[i]! + values[j]!) / 2 + 0
  return means
}

const known = new Map<number, number[]>()

/** P(sum of ranks ≤ w) for w from 0 on, where each of the ranks 1 to `count` is in the sum or not, as likely as not. */
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
