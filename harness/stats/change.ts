/** Changes are computed as log-ratios and shown as fractions. */
import type { Change } from '../model/report.ts'
import { type Centre, intervalOf } from './centre.ts'
import type { Interval } from './student.ts'

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
