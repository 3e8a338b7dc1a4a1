/** What a gate that is still open could see, and what would decide it. */
import { type Centre, luck } from '../stats/centre.ts'
import type { Levels } from '../stats/decision.ts'
import { studentQuantile } from '../stats/student.ts'

/** How often a change of the smallest size that "could be seen" is seen. */
const POWER = 0.8

/** More than this is no advice. */
const MOST_ROUNDS = 512

/**
 * Rounds, in all, after which the centre would be decided if estimate and spread stayed what they are;
 * `null` where no affordable number would do.
 */
export function roundsToDecide(centre: Centre, margin: number, levels: Levels): number | null {
  let [open, decided] = [centre.count, MOST_ROUNDS]
  if (!wouldDecide(centre, margin, levels, decided)) return null
  while (decided - open > 1) {
    const rounds = Math.floor((open + decided) / 2)
    if (wouldDecide(centre, margin, levels, rounds)) decided = rounds
    else open = rounds
  }
  return decided
}

function wouldDecide(centre: Centre, margin: number, levels: Levels, rounds: number): boolean {
  const half = (level: number) => quantile(level, centre, rounds) * errorAfter(centre, rounds)
  const size = Math.abs(centre.estimate)
  if (size < margin || centre.estimate < 0) return centre.estimate + half(levels.fine) < margin
  return luck(rounds) <= levels.real && size > half(together(levels, centre, rounds))
}

/**
 * Smallest true change, in the centre's unit, that so many rounds of such a spread would have called a regression
 * in `POWER` of all cases; `null` where so few rounds cannot call any.
 */
export function smallestSeen(centre: Centre, margin: number, levels: Levels): number | null {
  if (luck(centre.count) > levels.real) return null
  const level = together(levels, centre, centre.count)
  const threshold = Math.max(margin, quantile(level, centre, centre.count) * centre.error)
  return threshold + studentQuantile(POWER, centre.degrees) * centre.error
}

/** Ranks see nearly what sizes do at the same level, once there are rounds enough for them to see anything: the higher one counts. */
const together = ({ real, ranks = 0 }: Levels, { symmetric }: Centre, rounds: number): number =>
  symmetric && 2 ** -rounds <= ranks ? Math.max(real, ranks) : real

const errorAfter = ({ error, count }: Centre, rounds: number) => error * Math.sqrt(count / rounds)

/** What is trimmed grows with the rounds; the degrees of freedom follow near enough. */
const quantile = (level: number, { degrees, count }: Centre, rounds: number) =>
  studentQuantile(1 - level, degrees + rounds - count)
