/**
 * Several gates are several chances to be wrong: what one look may spend is shared among them, step by step.
 *
 * Source: S. Holm (1979), "A simple sequentially rejective multiple test procedure", Scand. J. Statist. 6.
 */

/**
 * Level of each test, given its probability and what all of them may spend together: the smallest probability is held
 * against level / n, the next one against level / (n − 1), until one fails; those after it share its level.
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
