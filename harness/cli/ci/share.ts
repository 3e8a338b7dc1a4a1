/** Shares out the time of a CI job: a scenario that ends early leaves the rest to those after it. */

/** Milliseconds: about three rounds. With less, no gate can be decided. */
const LEAST = 15_000

/**
 * Whole milliseconds for the next scenario: an equal part of the rest, or its own limit if that is smaller.
 *
 * @param left milliseconds of the budget
 * @param waiting limits of the scenarios that have not run yet, the next one first; `undefined` for no limit
 */
export function shareFor(left: number, waiting: (number | undefined)[]): number {
  const [own = Number.POSITIVE_INFINITY] = waiting
  // Scenarios without a limit get what the limited ones cannot use.
  const limits = waiting.map(limit => limit ?? Number.POSITIVE_INFINITY)
  return Math.max(LEAST, Math.floor(Math.min(own, fairPart(left, limits))))
}

/** The part that uses up all of the time if each scenario takes it, or its own smaller limit. */
function fairPart(left: number, limits: number[]): number {
  const sorted = limits.toSorted((a, b) => a - b)
  let rest = left
  for (const [at, limit] of sorted.entries()) {
    const part = rest / (sorted.length - at)
    if (limit >= part) return part
    rest -= limit
  }
  return rest
}
