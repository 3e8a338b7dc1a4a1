/** Log-ratios are what is computed with, fractions are what is shown. */
import type { Change } from '../model/report.ts'
import type { Interval } from './student.ts'

/** Of every interval that is shown without a decision resting on it. */
export const CONFIDENCE = 0.95

/** A million times more or less: with two rounds an interval may reach further than a number can. */
const FURTHEST = Math.log(1e6)

export const changeOf = ({ estimate, low, high }: Interval, confidence = CONFIDENCE): Change => ({
  estimate: fractionOf(estimate),
  low: fractionOf(low),
  high: fractionOf(high),
  confidence,
})

/** A log-ratio as a fraction: 0.0198 is +2 %. */
export const fractionOf = (log: number): number => Math.expm1(Math.min(Math.max(log, -FURTHEST), FURTHEST))
