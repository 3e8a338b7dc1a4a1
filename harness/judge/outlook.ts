/** What an undecided gate could have seen, and how many rounds would decide it. */
import { type Centre, luck } from '../stats/centre.ts'
import type { Levels } from '../stats/decision.ts'
import { studentQuantile } from '../stats/student.ts'

/** How often the smallest change that a run "could have seen" is seen. */
const POWER = 0.8

/** More rounds than this are not worth advising. */
const MOST_ROUNDS = 512

/** How many rounds would decide it if estimate and spread stayed the same; `null` where no affordable number would. */
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
  if (size < margin || (margin === 0 && centre.estimate < 0))
    return centre.estimate + half(levels.fine) < margin
  return luck(rounds) <= levels.real && size > half(together(levels, centre, rounds))
}

/** The smallest true change (centre's unit) that `POWER` of such runs call a regression; `null` with too few rounds. */
export function smallestSeen(centre: Centre, margin: number, levels: Levels): number | null {
  if (luck(centre.count) > levels.real) return null
  const level = together(levels, centre, centre.count)
  const threshold = Math.max(margin, quantile(level, centre, centre.count) * centre.error)
  return threshold + studentQuantile(POWER, centre.degrees) * centre.error
}

/** Given enough rounds, ranks see nearly as much as sizes at the same level, so the higher level counts. */
const together = ({ real, ranks = 0 }: Levels, { symmetric }: Centre, rounds: number): number =>
  symmetric && 2 ** -rounds <= ranks ? Math.max(real, ranks) : real

const errorAfter = ({ error, count }: Centre, rounds: number) => error * Math.sqrt(count / rounds)

/** The trimmed part grows with the rounds, and the degrees of freedom follow closely enough. */
const quantile = (level: number, { degrees, count }: Centre, rounds: number) =>
  studentQuantile(1 - level, degrees + rounds - count)
