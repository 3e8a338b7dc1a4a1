/** The order in which variants take their turns, so that none of them always follows the same one. */

/**
 * A Williams design: each of n treatments is equally often in each place, and equally often right after each other one.
 * Two treatments give A B, B A; an odd number needs the rows and their mirror images.
 *
 * @see E. J. Williams, Experimental designs balanced for the estimation of residual effects of treatments (1949)
 */
export function williams(n: number): number[][] {
  const first = Array.from({ length: n }, (_, i) => (i % 2 === 0 ? i / 2 : n - (i + 1) / 2))
  const rows = Array.from({ length: n }, (_, shift) => first.map(place => (place + shift) % n))
  return n % 2 === 0 ? rows : [...rows, ...rows.map(row => row.toReversed())]
}

/** The row of turn `index`. Rounds begin at different rows, so that places balance over a run as well. */
export function balancedOrder(n: number, index: number): number[] {
  const rows = williams(n)
  return rows[index % rows.length]!
}
