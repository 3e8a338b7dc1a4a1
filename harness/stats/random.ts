/**
 * Seeded pseudo-random numbers, so that runs and resampling can be repeated.
 *
 * Source: B. Jenkins's small fast generator with three rotations, R. Brown's and C. Doty-Humphrey's tests of it,
 * https://burtleburtle.net/bob/rand/smallprng.html
 */

/** Uniform in [0, 1), with 32 bits. */
export type Random = () => number

export function seededRandom(seed: number): Random {
  let [a, b, c, d] = [0xf1ea5eed, seed | 0, seed | 0, seed | 0]
  const next = () => {
    const e = (a - rotate(b, 27)) | 0
    a = b ^ rotate(c, 17)
    b = (c + d) | 0
    c = (d + e) | 0
    d = (e + a) | 0
    return (d >>> 0) / 2 ** 32
  }
  for (let warm = 0; warm < 20; warm++) next()
  return next
}

const rotate = (word: number, bits: number) => (word << bits) | (word >>> (32 - bits))

/** A shuffled copy. */
export function shuffled<T>(items: readonly T[], random: Random): T[] {
  const copy = [...items]
  for (let last = copy.length - 1; last > 0; last--) {
    const other = Math.floor(random() * (last + 1))
    ;[copy[last], copy[other]] = [copy[other]!, copy[last]!]
  }
  return copy
}

/** Standard normal, by the polar method of Box, Muller and Marsaglia. */
export function normal(random: Random): number {
  for (;;) {
    const u = 2 * random() - 1
    const v = 2 * random() - 1
    const s = u * u + v * v
    if (s > 0 && s < 1) return u * Math.sqrt((-2 * Math.log(s)) / s)
  }
}
