/**
 * The error budget of a run, and how the looks after each round spend it.
 *
 * The promise is about the run: a change that does nothing fails it in at most 1 % of cases, over all gates, variants and looks.
 * Early looks are strict and the last one gets nearly all of the budget, so that a run which uses its time loses
 * almost nothing by having looked (J. L. Haybittle, 1971, Brit. J. Radiol. 44; R. Peto et al., 1976, Brit. J. Cancer 34).
 * Looks overlap, and so do the two tests of the last one, so what they spend together is less than their sum; how much it is was
 * simulated with up to 24 looks: `docs/statistics.md` has the table, `validate/statistics.ts` prints it.
 */
import { TRIMMED_FROM } from '../stats/centre.ts'
import type { Levels } from '../stats/decision.ts'

/** Rounds that a regression is measured for at least: the functions that caused it need more of them than the gate. */
export const EXPLAINING_ROUNDS = 10

/** Nothing is gained by being sure of a change before it can be explained, so no error is spent on it. */
const FIRST: Levels = { real: 0, fine: 0.004 }
const EARLY: Levels = { real: 0.00005, fine: 0.004 }
/** With fewer rounds, ranks that are worth their part of the error hardly ever come. */
const RANKED_FROM = 9
const LAST_OF_FEW: Levels = { real: 0.003, fine: 0.02 }
/** Ranks are exact; sizes tell more where gates are many: each has a part. */
const LAST: Levels = { real: 0.002, ranks: 0.007, fine: 0.02 }
/**
 * Student's t errs far out in its tails, where each of several tests has to be. At the error that a single one may make it
 * holds, from eight values on and until some are trimmed, but for launches that have two states and nothing between:
 * so ranks, which do not err, have to agree.
 */
const LAST_OF_ONE: Levels = { real: 0.008, agreed: 0.02, fine: 0.02 }
const ONE_FROM = 8

/**
 * One-sided errors of one look. `real` and `ranks` are for all gates together (`family.ts` divides them). `fine` is for
 * each gate: a run is fine when all of its gates are, so a change at one gate's margin has that one gate to get past.
 *
 * @param sole how many values there are for the only test, where there is but one and it has symmetric values
 */
export function levelsOf(last: boolean, rounds: number, sole = 0): Levels {
  if (last && sole >= ONE_FROM && sole < TRIMMED_FROM) return LAST_OF_ONE
  if (last) return rounds < RANKED_FROM ? LAST_OF_FEW : LAST
  return rounds < EXPLAINING_ROUNDS ? FIRST : EARLY
}
