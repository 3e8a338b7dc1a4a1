/**
 * The error levels of a run: how the looks after each round spend its budget, and how several gates share it.
 *
 * The promise is about the run: a change without effect fails it in at most 1 % of cases, over all gates, variants and
 * looks. Early looks are strict and the last one gets nearly all of the budget, so a run that uses all of its time loses
 * almost nothing by having looked (J. L. Haybittle, 1971, Brit. J. Radiol. 44; R. Peto et al., 1976, Brit. J. Cancer 34).
 * Looks overlap, and so do the two tests of the last one, so together they spend less than their sum. How much less was
 * simulated with up to 24 looks: `docs/statistics.md` has the table, `validate/statistics.ts` prints it.
 */
import { TRIMMED_FROM } from '../stats/centre.ts'
import { type Levels, shareNeeded, shareOf } from '../stats/decision.ts'
import type { GateHypotheses } from './hypotheses.ts'

/** A regression is measured for at least this many rounds: finding the functions that caused it takes more than the gate. */
export const EXPLAINING_ROUNDS = 10

/** A change is of no use before it can be explained, so early looks spend no error on it. */
const FIRST: Levels = { real: 0, fine: 0.004 }
const EARLY: Levels = { real: 0.00005, fine: 0.004 }
/** With fewer rounds, ranks hardly ever reach their part of the error. */
const RANKED_FROM = 9
const LAST_OF_FEW: Levels = { real: 0.003, fine: 0.02 }
/** Ranks are exact, and sizes say more when there are many gates, so each gets a part. */
const LAST: Levels = { real: 0.002, ranks: 0.007, fine: 0.02 }
/**
 * Student's t is wrong far out in its tails, which is where several tests need it. At the level of a single test it holds
 * from eight values on until some are trimmed, except for launches with two states and nothing in between. So ranks, which
 * are exact, have to agree.
 */
const LAST_OF_ONE: Levels = { real: 0.008, agreed: 0.02, fine: 0.02 }
const ONE_FROM = 8

/**
 * One-sided errors of one look. `real` and `ranks` are for all gates together (`spendingFor` divides them). `fine` is for
 * each gate: a run is fine when all of its gates are, so a change at one gate's margin only has to pass that gate.
 *
 * @param sole number of values of the only test, where there is just one and its values are symmetric
 */
export function levelsOf(last: boolean, rounds: number, sole = 0): Levels {
  if (last && sole >= ONE_FROM && sole < TRIMMED_FROM) return LAST_OF_ONE
  if (last) return rounds < RANKED_FROM ? LAST_OF_FEW : LAST
  return rounds < EXPLAINING_ROUNDS ? FIRST : EARLY
}

/** What one test can spend, now and at the last look. */
export interface Spending {
  now: Levels
  last: Levels
}

/** For each test of each gate. Gates that only warn are a family apart, so they cost the others nothing. */
export function spendingFor(gates: GateHypotheses[], last: boolean, rounds: number): Spending[][] {
  const spending = gates.map((): Spending[] => [])
  for (const level of ['error', 'warn'] as const) {
    const tests = gates.flatMap(({ gate, hypotheses }, at) =>
      gate.level === level ? hypotheses.map(({ centre }) => ({ at, centre })) : [],
    )
    const sole = tests.length === 1 ? tests[0]?.centre.symmetric?.length : undefined
    const [now, later] = [levelsOf(last, rounds, sole), levelsOf(true, rounds, sole)]
    const needed = tests.map(({ centre }) => shareNeeded(centre, now))
    const shares = holm(needed, 1)
    tests.forEach(({ at }, i) => {
      spending[at]!.push({ now: shareOf(now, shares[i]!), last: shareOf(later, 1 / tests.length) })
    })
  }
  return spending
}

/**
 * The level of each test, given its probability and what all tests can spend together. The smallest probability is compared
 * with level / n, the next one with level / (n − 1), until one fails. The rest share its level.
 *
 * Source: S. Holm (1979), "A simple sequentially rejective multiple test procedure", Scand. J. Statist. 6.
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
