/**
 * Several gates are several chances to be wrong, so they share what one look can spend, step by step.
 *
 * Source: S. Holm (1979), "A simple sequentially rejective multiple test procedure", Scand. J. Statist. 6.
 */

/**
 * The level of each test, given its probability and what all tests can spend together. The smallest probability is compared
 * with level / n, the next one with level / (n − 1), until one fails. The rest share its level.
 */
export function holm(probabilities: number[], level: number): number[] {
  const order = probabilities.map((_, test) => test).sort((a, b) => probabilities[a]! - probabilities[b]!)
  const levels = new Array<number>(probabilities.length)
  let open = probabilities.length
  for (const test of order) {
    levels[test] = level / open
    if (probabilities[test]! <= level / open) open = Math.max(1, open - 1)
  }
  return levels
}
