/**
 * The error budget of a run, and how the looks after each round spend it.
 *
 * The promise is about the run: a change that does nothing fails it in at most 1 % of cases, over all gates, variants and looks.
 * Early looks are strict and the last one gets nearly all of the budget, so that a run which uses its time loses
 * almost nothing by having looked (J. L. Haybittle, 1971, Brit. J. Radiol. 44; R. Peto et al., 1976, Brit. J. Cancer 34).
 * Looks overlap, so what they spend together is less than their sum; how much it is was simulated with up to 24
 * looks: `docs/statistics.md` has the table, `validate/statistics.ts` prints it.
 */
import type { Levels } from '../stats/decision.ts'

const EARLY: Levels = { real: 0.0002, fine: 0.005 }
const LAST: Levels = { real: 0.0035, fine: 0.02 }

/**
 * One-sided error of one look. `real` is for all gates together (`family.ts` divides it). `fine` is for each gate: a
 * run is fine when all of its gates are, so a change at one gate's margin has that one gate to get past.
 */
export const levelsOf = (last: boolean): Levels => (last ? LAST : EARLY)
