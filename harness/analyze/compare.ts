/** Log-ratios → comparison. */

import type { Change, Comparison, Sides, Status, Unpaired } from '../model/comparison.ts'
import type { Metric } from '../model/metric.ts'
import { type Centre, CONFIDENCE, centreOf, mirrored, shownChange } from '../stats/centre.ts'
import { decideExact, decideTilted } from '../stats/decision.ts'
import { isMeasured, mean, measured, median } from '../stats/describe.ts'
import type { Ratios } from './ratios.ts'

/** Smallest fraction that the table calls a change where no gate says so. */
const NOTEWORTHY = 0.02

/** Chance that a table without any real change calls one, over all rows together. */
const ERROR_OF_WORDS = 0.05

/** @param rows number of rows in the table: the more there are, the more evidence each of them needs */
export function compare(
  { id, title, unit, better, family, secondary = false }: Metric,
  variant: string,
  baseline: string,
  { ratios, across, spikes, unusable, tilt, ...values }: Ratios & Pick<Comparison, 'unusable' | 'tilt'>,
  rows: number,
): Comparison {
  const exact = family === 'exact'
  const centre = across ? across.centre : centreOf(measured(ratios))
  const middles = middlesOf(values, exact)
  const change = exact ? exactChange(middles) : shownChange(centre)
  const { before, after } = exact || !change ? middles : figuresOf(middles, change)
  const verdict = exact
    ? exactStatus(before, after, better, tilt)
    : unlessSpiky(statusOf(centre, better, rows, across, tilt), spikes)
  return {
    variant,
    baseline,
    metric: id,
    title,
    unit,
    better,
    exact,
    secondary,
    before,
    after,
    change: unusable === undefined ? change : null,
    ratios,
    values,
    rounds: measured(ratios).length,
    verdict: unusable === undefined ? verdict : 'not comparable',
    across,
    unusable,
    tilt,
    spikes,
  }
}

/** Nothing is fine while a few slices may say otherwise. */
const unlessSpiky = (status: Status, spikes: Comparison['spikes']): Status =>
  status === 'fine' && spikes && !spikes.counted ? 'inconclusive' : status

/**
 * The change is that of the rounds, each against itself, and not of the two middles. So that a row adds up, both sides keep
 * their common centre, and the change decides how far they are apart.
 */
function figuresOf({ before, after }: Middles, { estimate }: Change): Middles {
  if (before === null || after === null) return { before, after }
  const middle = Math.sqrt(before * after)
  const apart = Math.sqrt(1 + estimate)
  return { before: middle / apart, after: middle * apart }
}

type Middles = Sides<number | null>

const middlesOf = ({ before, after }: Comparison['values'], exact: boolean): Middles => ({
  before: middle(before, exact),
  after: middle(after, exact),
})

/**
 * Where the middle of a side is not above zero, only some rounds have a log-ratio, and they are not chosen by chance: the
 * others are those in which nothing happened. Nothing can be concluded from the few.
 */
export const hasRatio = ({ family }: Metric, values: Comparison['values']): boolean =>
  family === 'exact' || Object.values(middlesOf(values, false)).every(value => value === null || value > 0)

/** Exact values are averaged, so that an error in one round of a dozen shows. The median of other values is robust. */
function middle(values: (number | null)[], exact: boolean): number | null {
  const known = measured(values)
  if (known.length === 0) return null
  return exact ? mean(known) : median(known)
}

/** It has no interval, and no ratio where the value before is zero. */
function exactChange({ before, after }: Middles): Change | null {
  if (before === null || after === null) return null
  const estimate = before === after ? 0 : after / before - 1
  return isMeasured(estimate) ? { estimate, low: estimate, high: estimate, confidence: 1 } : null
}

function exactStatus(
  before: number | null,
  after: number | null,
  better: Metric['better'],
  tilt = 0,
): Status {
  if (before === null || after === null) return 'not comparable'
  return decideExact(before, after, { margin: NOTEWORTHY, tilt, better })
}

function statusOf(
  centre: Centre | null,
  better: Metric['better'],
  rows: number,
  { unsure, allowance }: Pick<Unpaired, 'unsure' | 'allowance'> = { allowance: 0 },
  tilt = 0,
): Status {
  if (centre === null) return 'not comparable'
  if (unsure !== undefined) return 'inconclusive'
  const levels = { real: ERROR_OF_WORDS / 2 / rows, fine: (1 - CONFIDENCE) / 2 }
  const worse = better === 'lower' ? centre : mirrored(centre)
  return decideTilted(worse, tilt, Math.log1p(NOTEWORTHY + allowance), levels)
}
