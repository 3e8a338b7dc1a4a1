/**
 * The centre of a few rounds, how precisely it is known, and the change it amounts to.
 *
 * From twelve rounds on, the smallest and the largest value are trimmed: one launch in a dozen is several per cent off
 * for its whole life and must not move the estimate. With fewer rounds nothing is trimmed, and this is Student's t: an
 * interval from eight trimmed rounds is wider than one from eight rounds with an outlier, and where values are either
 * large or small its error is underestimated. More is never trimmed: where launches have two states, half of all rounds
 * are extreme, and intervals without them are too narrow.
 *
 * Source: J. W. Tukey, D. H. McLaughlin (1963), "Less vulnerable confidence and significance procedures for location
 * based on a single sample: trimming/winsorization 1", Sankhyā A 25.
 */
import type { Change } from '../model/comparison.ts'
import { mean, standardDeviation, standardError } from './describe.ts'
import { type Interval, studentQuantile, studentTail } from './student.ts'

export interface Centre {
  estimate: number
  /** Standard error of the estimate. */
  error: number
  /** Degrees of freedom of the error. */
  degrees: number
  /** How many values there are. */
  count: number
  /** The values, if they are symmetric around zero when nothing has changed. */
  symmetric?: readonly number[]
}

/** Rounds from which one is trimmed at each end. */
export const TRIMMED_FROM = 12

/** Trimmed mean with the standard error from the winsorised values; `null` for fewer than two values. */
export function centreOf(values: number[]): Centre | null {
  const count = values.length
  if (count < 2) return null
  const cut = count < TRIMMED_FROM ? 0 : 1
  const sorted = values.toSorted((a, b) => a - b)
  const kept = sorted.slice(cut, count - cut)
  const winsorized = sorted.map((_, rank) => sorted[Math.min(Math.max(rank, cut), count - cut - 1)]!)
  return {
    estimate: mean(kept),
    error: (standardDeviation(winsorized) * Math.sqrt(count)) / kept.length,
    degrees: kept.length - 1,
    count,
  }
}

/** The mean with Student's standard error: nothing is trimmed. Needs two values or more. */
export const meanOf = (values: number[]): Centre => ({
  estimate: mean(values),
  error: standardError(values),
  degrees: values.length - 1,
  count: values.length,
})

/** For log-ratios of two sides that can change places when nothing has changed. */
export function symmetricCentreOf(values: number[]): Centre | null {
  const centre = centreOf(values)
  return centre && { ...centre, symmetric: values }
}

/** Two-sided, each end with the one-sided error `level` (0–0.5). */
export function intervalOf(centre: Centre, level: number): Interval {
  const half = halfWidth(centre, level)
  return { estimate: centre.estimate, low: centre.estimate - half, high: centre.estimate + half }
}

/** Student's two-sided interval of the mean. */
export const studentT = (values: number[], confidence: number): Interval =>
  intervalOf(meanOf(values), (1 - confidence) / 2)

/** From the estimate to the end of the interval with the one-sided error `level`. */
export const halfWidth = ({ error, degrees }: Centre, level: number): number =>
  studentQuantile(1 - level, degrees) * error

/** One-sided probability of an estimate this high if the centre is zero; never below `luck`. */
export function tailProbability({ estimate, error, degrees, count }: Centre): number {
  if (error > 0) return Math.max(studentTail(estimate / error, degrees), luck(count))
  return estimate > 0 ? luck(count) : 1
}

/**
 * The probability that this many rounds agree by chance, whatever Student's t says.
 *
 * If both sides' launches come from one distribution, whichever it is, the probability of a log-ratio between x and 2x is
 * at most 1/4 for every x > 0: three launches cannot all be that far from each other in pairs, and a graph without
 * triangles has at most half of all edges (Motzkin and Straus, 1965, "Maxima for graphs and a new proof of a theorem of
 * Turán", Canad. J. Math. 17). Launches with two states, five per cent apart, come close: half of all rounds compare two
 * different states, and to Student's t four rounds in the same direction look certain.
 */
export const luck = (rounds: number): number => 4 ** -rounds

/** For values where more is better. */
export const mirrored = (centre: Centre): Centre => moved(centre, value => -value)

/** The same with every value higher by `by`. */
export const shifted = (centre: Centre, by: number): Centre => moved(centre, value => value + by)

const moved = (centre: Centre, move: (value: number) => number): Centre => ({
  ...centre,
  estimate: move(centre.estimate),
  symmetric: centre.symmetric?.map(move),
})

/** Confidence of the intervals that are shown but decide nothing. */
export const CONFIDENCE = 0.95

/** A million times more or less: with two rounds an interval can exceed every number. */
const FURTHEST = Math.log(1e6)

export const changeOf = ({ estimate, low, high }: Interval, confidence = CONFIDENCE): Change => ({
  estimate: fractionOf(estimate),
  low: fractionOf(low),
  high: fractionOf(high),
  confidence,
})

/** The change that is shown of a centre of log-ratios. */
export const shownChange = (centre: Centre | null): Change | null =>
  centre && changeOf(intervalOf(centre, (1 - CONFIDENCE) / 2))

/** A log-ratio as a fraction: 0.0198 is +2 %. */
export const fractionOf = (log: number): number => Math.expm1(Math.min(Math.max(log, -FURTHEST), FURTHEST))
