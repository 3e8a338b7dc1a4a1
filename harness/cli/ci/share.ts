/** How the time of a CI job is shared out: whoever is done early leaves the rest to those that follow. */

/** Below that many milliseconds no gate can be decided: three rounds are about that long. */
const LEAST = 15_000

/**
 * Whole milliseconds for the next scenario: an equal part of what is left, or its own limit when that is smaller.
 *
 * @param left milliseconds of the budget
 * @param waiting own limits of the scenarios that are still to run, the next one first; `undefined` where there is none
 */
export function shareFor(left: number, waiting: (number | undefined)[]): number {
  const [own = Number.POSITIVE_INFINITY] = waiting
  // What the limited ones cannot use is there for the others.
  const limits = waiting.map(limit => limit ?? Number.POSITIVE_INFINITY)
  return Math.max(LEAST, Math.floor(Math.min(own, fairPart(left, limits))))
}

/** The part that uses up the time when each takes the smaller of it and its own limit. */
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
