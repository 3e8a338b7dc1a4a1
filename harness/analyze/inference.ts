/** The statistics that the pairing of samples allows. */

import type { Sides } from '../model/comparison.ts'
import type { Pairing } from '../model/evidence.ts'
import { CONFIDENCE, studentT } from '../stats/centre.ts'
import { standardDeviation } from '../stats/describe.ts'
import { enoughRounds, maxT } from '../stats/max-t.ts'
import { ENOUGH_PER_SIDE, permutationTest } from '../stats/permutation.ts'
import { type Interval, studentQuantile } from '../stats/student.ts'
import { welch } from '../stats/welch.ts'

/** A value of each sample, on both sides. */
export type Values = Sides<number[]>

/** Many differences tested together: adjusted p, and the smallest difference that each could have shown. */
interface Test {
  p: number[]
  detectable: (number | null)[]
}

export interface Inference {
  /** Interval of the mean difference; `null` with too few samples. */
  interval(values: Values): Interval | null
  /** `null` with too few samples. */
  test(rows: Values[], seed: number): Test | null
}

const ALPHA = 1 - CONFIDENCE
/** Probability of finding a change of the detectable size. */
const POWER = 0.8

const differencesOf = ({ before, after }: Values) => before.map((value, round) => after[round]! - value)

const PAIRED: Inference = {
  interval: values => (values.before.length > 1 ? studentT(differencesOf(values), CONFIDENCE) : null),
  test(rows, seed) {
    if (!enoughRounds(rows[0]?.before.length ?? 0, ALPHA)) return null
    const differences = rows.map(differencesOf)
    const { p, critical } = maxT(differences, { alpha: ALPHA, seed })
    return { p, detectable: differences.map(row => detectable(row, critical)) }
  },
}

const INDEPENDENT: Inference = {
  interval: values => (isEnough(values) ? welch(values.before, values.after, CONFIDENCE) : null),
  test(rows, seed) {
    if (!rows.every(isEnough)) return null
    const joined = rows.map(({ before, after }) => [...before, ...after])
    const p = permutationTest(joined, rows[0]?.before.length ?? 0, seed)
    return { p, detectable: p.map(() => null) }
  },
}

export const INFERENCES: Record<Pairing, Inference> = { rounds: PAIRED, independent: INDEPENDENT }

export const isSignificant = (p: number | null): boolean => p !== null && p <= ALPHA

const isEnough = ({ before, after }: Values) => Math.min(before.length, after.length) >= ENOUGH_PER_SIDE

/** The smallest change that is significant among all rows with probability `POWER`. */
function detectable(differences: number[], critical: number | null): number | null {
  if (critical === null) return null
  const error = standardDeviation(differences) / Math.sqrt(differences.length)
  return (critical + studentQuantile(POWER, differences.length - 1)) * error
}
