/** One gate on one variant: each of its thresholds, a margin or a limit, is judged on its own. */

import type { Change, Comparison, Status } from '../model/comparison.ts'
import type { Gate } from '../model/plan.ts'
import type { GateVerdict } from '../model/report.ts'
import { type Centre, changeOf, fractionOf, intervalOf, luck, shifted } from '../stats/centre.ts'
import {
  decideExact,
  decideExpected,
  decideLimit,
  decideTilted,
  isNoWorse,
  type Levels,
  realInterval,
  tilted,
} from '../stats/decision.ts'
import { measured } from '../stats/describe.ts'
import type { Interval } from '../stats/student.ts'
import { counted, duration, percent, precise, share, signedPercent } from '../words/numbers.ts'
import { gravest } from '../words/verdicts.ts'
import type { GateHypotheses, Hypothesis } from './hypotheses.ts'
import type { Spending } from './levels.ts'
import { roundsToDecide, smallestSeen } from './outlook.ts'

type ThresholdVerdict = Pick<GateVerdict, 'status' | 'change' | 'reason' | 'noWorse'>

/** @param look milliseconds that another round takes, and whether there will be none */
export function judgeGate(
  { gate, variant, comparison, missing, hypotheses }: GateHypotheses,
  spending: Spending[],
  { roundTime, last }: { roundTime: number; last: boolean },
): GateVerdict {
  if (missing !== null || !comparison) {
    const reason = missing ?? 'Nothing was measured.'
    return { gate, variant, status: 'not comparable', change: null, reason }
  }
  const parts = comparison.exact
    ? judgeExact(gate, comparison)
    : hypotheses.map((hypothesis, i) => {
        if (hypothesis.kind === 'change') return judgeChange(hypothesis, comparison, spending[i]!, roundTime)
        if (hypothesis.kind === 'expect') return judgeExpected(hypothesis, comparison, spending[i]!, last)
        return judgeLimit(hypothesis, gate.max!, comparison, spending[i]!, roundTime)
      })
  const status = gravest(parts.map(({ status }) => status))
  const open = parts.filter(part => part.status === 'inconclusive')
  return {
    gate,
    variant,
    status,
    change: parts.find(({ change }) => change !== null)?.change ?? null,
    reason: parts.map(({ reason }) => reason).join(' '),
    noWorse: (status === 'inconclusive' && open.every(({ noWorse }) => noWorse)) || undefined,
  }
}

/** Exact values are compared as they are: one round above the limit is above the limit. */
const judgeExact = ({ margin, max }: Gate, comparison: Comparison): ThresholdVerdict[] => [
  ...(max === undefined ? [] : [exactLimit(max, comparison)]),
  ...(margin === undefined ? [] : [exactChange(margin, comparison)]),
]

function exactLimit(max: number, { values, unit }: Comparison): ThresholdVerdict {
  const own = measured(values.after)
  const above = own.filter(value => value > max)
  const worst = precise(Math.max(...own), unit)
  const limit = `the limit of ${precise(max, unit)}`
  if (above.length === 0)
    return { status: 'fine', change: null, reason: `At most ${worst}, within ${limit}.` }
  const reason = `Up to ${worst}, above ${limit} in ${above.length} of ${counted(own.length, 'round')}.`
  return { status: 'regressed', change: null, reason }
}

function exactChange(margin: number, comparison: Comparison): ThresholdVerdict {
  const { better, unit, tilt = 0 } = comparison
  const before = comparison.before!
  const after = comparison.after!
  const size = comparison.change ? signedPercent(comparison.change.estimate) : 'no ratio to zero'
  return {
    status: decideExact(before, after, { margin, tilt, better }),
    change: comparison.change,
    reason: `${precise(before, unit)} before, ${precise(after, unit)} after (${size}), with a margin of ${percent(margin)}.${tiltWords(tilt, tilted(after, tilt, better) / before - 1)}`,
  }
}

function judgeChange(
  hypothesis: Hypothesis,
  { better, spikes }: Comparison,
  spending: Spending,
  roundTime: number,
): ThresholdVerdict {
  const { centre, margin, tilt } = hypothesis
  const decided = decideTilted(centre, tilt, margin, spending.now)
  const doubt = decided === 'fine' && spikes && !spikes.counted ? spikes : undefined
  const status = doubt ? 'inconclusive' : decided
  const shown = (worse: number) => fractionOf(better === 'lower' ? worse : -worse)
  const noWorse = !doubt && [centre, shifted(centre, tilt)].every(end => isNoWorse(end, margin, spending.now))
  const { interval: worse, error } = restsOn(status, hypothesis, spending.now)
  const change = changeOf(better === 'lower' ? worse : turned(worse), 1 - 2 * error)
  const threshold = signedPercent(shown(margin))
  const estimate = signedPercent(change.estimate)
  const interval = intervalWords(change)
  const bound = signedPercent(better === 'lower' ? change.high : change.low)
  const ifTilted = tiltWords(tilt, shown(centre.estimate + tilt))
  const reasons: Record<typeof status, () => string> = {
    regressed: () => `${interval} reaches the margin of ${threshold}.${ifTilted}`,
    improved: () => `${interval} is better by the margin or more.${ifTilted}`,
    fine: () => `${estimate}, ${bound} at worst: within the margin of ${threshold}.${ifTilted}`,
    inconclusive: () => {
      if (doubt)
        return `${estimate}, ${bound} at worst, but ${signedPercent(doubt.whole)} over all slices: more rounds would tell whether the variants differ in what happens now and then, such as garbage collections.${ifTilted}`
      if (noWorse)
        return `${interval} rules out a regression of ${threshold}, but does not prove an improvement: ${outlook(hypothesis, spending, roundTime)}.${ifTilted}`
      const seen = smallestSeen(centre, margin, spending.now)
      const sight = seen === null ? '' : ` This run could have seen ${signedPercent(shown(seen))}.`
      return `${interval} against a margin of ${threshold}: ${outlook(hypothesis, spending, roundTime)}.${sight}${ifTilted}`
    },
    'not comparable': () =>
      `${interval} against a margin of ${threshold} is not what the right answers cost.${ifTilted}`,
  }
  return { status, change, reason: reasons[status](), noWorse }
}

/** `+5.0 % (98.9 % interval +4.6 % to +5.4 %)`: wider than the interval of the metric, which pays for no other look. */
const intervalWords = ({ estimate, low, high, confidence }: Change): string =>
  `${signedPercent(estimate)} (${share(confidence)} interval ${signedPercent(low)} to ${signedPercent(high)})`

/** At the last look, what is not proven is not reached. */
function judgeExpected(
  { centre, margin, tilt }: Hypothesis,
  { better }: Comparison,
  { now }: Spending,
  last: boolean,
): ThresholdVerdict {
  const decisions = [centre, shifted(centre, tilt)].map(end => decideExpected(end, margin, now))
  const decided = gravest(decisions)
  const status = decided === 'inconclusive' && last ? 'not reached' : decided
  const { interval: worse, error } = realOf(centre, now)
  const change = changeOf(better === 'lower' ? worse : turned(worse), 1 - 2 * error)
  const expected = signedPercent(fractionOf(better === 'lower' ? -margin : margin))
  const interval = intervalWords(change)
  const isEnough = centre.estimate <= -margin
  const reasons = {
    improved: `${interval} reaches the ${expected} that is expected.`,
    'not reached': isEnough
      ? `${interval} may be chance, so the ${expected} that is expected is not proven.`
      : `${interval} does not reach the ${expected} that is expected.`,
    inconclusive: `${interval} against the ${expected} that is expected: more rounds will tell.`,
  }
  return { status, change, reason: reasons[status] }
}

function judgeLimit(
  hypothesis: Hypothesis,
  limit: number,
  { unit }: Comparison,
  spending: Spending,
  roundTime: number,
): ThresholdVerdict {
  const status = decideLimit(hypothesis.centre, spending.now)
  const { estimate, low, high } = restsOn(status, hypothesis, spending.now).interval
  const [own, least, most] = [estimate, low, high].map(value => precise(value + limit, unit))
  const top = `the limit of ${precise(limit, unit)}`
  const reasons = {
    regressed: () => `${own}, ${least} at least: above ${top}.`,
    fine: () => `${own}, ${most} at most: within ${top}.`,
    inconclusive: () =>
      `${own} (${least} to ${most}) against ${top}: ${outlook(hypothesis, spending, roundTime)}.`,
  }
  return { status, change: null, reason: reasons[status]() }
}

/** The interval that the status rests on, or that keeps the gate from being decided, with its one-sided error. */
function restsOn(
  status: Status,
  { kind, centre, margin }: Hypothesis,
  levels: Levels,
): { interval: Interval; error: number } {
  const isSmall = kind === 'limit' ? centre.estimate < margin : Math.abs(centre.estimate) < margin
  return status === 'fine' || (status === 'inconclusive' && isSmall)
    ? { interval: intervalOf(centre, levels.fine), error: levels.fine }
    : realOf(centre, levels)
}

/** The interval that says whether a change is real. */
function realOf(centre: Centre, levels: Levels): { interval: Interval; error: number } {
  const real = Math.max(levels.real, luck(centre.count))
  const ranks = centre.symmetric ? (levels.ranks ?? 0) : 0
  return { interval: realInterval(centre, { ...levels, real, ranks }), error: real + ranks }
}

const turned = ({ estimate, low, high }: Interval): Interval => ({
  estimate: -estimate,
  low: -high,
  high: -low,
})

function outlook({ centre, margin }: Hypothesis, { last }: Spending, roundTime: number): string {
  const needed = roundsToDecide(centre, margin, last)
  if (needed === null) return 'no affordable number of rounds would decide it'
  const more = needed - centre.count
  return `about ${counted(more, 'more round')} (${duration(more * roundTime)}) would decide it`
}

/** A smaller tilt would not show in a percentage. */
const TILTED = 0.0005

/** @param fraction the change if wrong answers cost nothing */
const tiltWords = (tilt: number, fraction: number): string =>
  Math.abs(tilt) < TILTED
    ? ''
    : ` More of one side's requests went wrong: if wrong answers cost nothing, the change is ${signedPercent(fraction)}.`
