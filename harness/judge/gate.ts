/** One gate on one variant: each of its thresholds is decided at the levels that this look can spend on it. */
import type { Comparison, GateVerdict, Status } from '../model/report.ts'
import { intervalOf, luck } from '../stats/centre.ts'
import { changeOf, fractionOf } from '../stats/change.ts'
import { decide, decideTilted, type Levels, realInterval } from '../stats/decision.ts'
import type { Interval } from '../stats/student.ts'
import { counted, duration, precise, signedPercent } from '../words/numbers.ts'
import { gravest } from '../words/verdicts.ts'
import { judgeExact } from './exact.ts'
import { roundsToDecide, smallestSeen } from './outlook.ts'
import type { GateTests, Test } from './tests.ts'
import { type ThresholdVerdict, tiltWords } from './threshold.ts'

/** What one test can spend, now and at the last look. */
export interface Allowance {
  now: Levels
  last: Levels
  /** Milliseconds. */
  roundTime: number
}

/** @param allowances one for each test */
export function judgeGate(gateTests: GateTests, allowances: Allowance[]): GateVerdict {
  const { gate, variant, comparison, missing, tests } = gateTests
  if (missing !== null || !comparison)
    return {
      gate,
      variant,
      status: 'not comparable',
      change: null,
      reason: missing ?? 'Nothing was measured.',
    }
  const parts = comparison.exact
    ? judgeExact(gate, comparison)
    : tests.map((test, i) =>
        test.kind === 'change'
          ? judgeChange(test, comparison, allowances[i]!)
          : judgeLimit(test, gate.max!, comparison, allowances[i]!),
      )
  return {
    gate,
    variant,
    status: gravest(parts.map(({ status }) => status)),
    change: parts.find(({ change }) => change !== null)?.change ?? null,
    reason: parts.map(({ reason }) => reason).join(' '),
  }
}

function judgeChange(test: Test, { better }: Comparison, allowance: Allowance): ThresholdVerdict {
  const status = decideTilted(test.centre, test.tilt, test.margin, allowance.now)
  const shown = (worse: number) => fractionOf(better === 'lower' ? worse : -worse)
  const { interval: worse, error } = restsOn(status, test, allowance.now)
  const change = changeOf(better === 'lower' ? worse : turned(worse), 1 - 2 * error)
  const margin = signedPercent(shown(test.margin))
  const estimate = signedPercent(change.estimate)
  const bound = signedPercent(better === 'lower' ? change.high : change.low)
  const interval = `${estimate} (${signedPercent(change.low)} to ${signedPercent(change.high)})`
  const tilted = tiltWords(test.tilt, shown(test.centre.estimate + test.tilt))
  const reasons: Record<Status, () => string> = {
    regressed: () => `${interval} reaches the margin of ${margin}.${tilted}`,
    improved: () => `${interval} is better by the margin or more.${tilted}`,
    fine: () => `${estimate}, ${bound} at worst: within the margin of ${margin}.${tilted}`,
    inconclusive: () => {
      const seen = smallestSeen(test.centre, test.margin, allowance.now)
      const sight = seen === null ? '' : ` This run could have seen ${signedPercent(shown(seen))}.`
      return `${interval} against a margin of ${margin}: ${outlook(test, allowance)}.${sight}${tilted}`
    },
    'not comparable': () =>
      `${interval} against a margin of ${margin} is not what the right answers cost.${tilted}`,
  }
  return { status, change, reason: reasons[status]() }
}

function judgeLimit(test: Test, limit: number, { unit }: Comparison, allowance: Allowance): ThresholdVerdict {
  const decision = decide(test.centre, test.margin, allowance.now)
  const status = decision === 'improved' ? 'fine' : decision
  const { estimate, low, high } = restsOn(status, test, allowance.now).interval
  const [own, least, most] = [estimate, low, high].map(value => precise(value + limit, unit))
  const top = `the limit of ${precise(limit, unit)}`
  const reasons = {
    regressed: () => `${own}, ${least} at least: above ${top}.`,
    fine: () => `${own}, ${most} at most: within ${top}.`,
    inconclusive: () => `${own} (${least} to ${most}) against ${top}: ${outlook(test, allowance)}.`,
  }
  return { status, change: null, reason: reasons[status]() }
}

/** The interval that the status rests on, or that keeps the gate from being decided, with its one-sided error. */
function restsOn(
  status: Status,
  { centre, margin }: Test,
  levels: Levels,
): { interval: Interval; error: number } {
  if (status === 'fine' || (status === 'inconclusive' && centre.estimate < margin))
    return { interval: intervalOf(centre, levels.fine), error: levels.fine }
  const real = Math.max(levels.real, luck(centre.count))
  const ranks = centre.symmetric ? (levels.ranks ?? 0) : 0
  return { interval: realInterval(centre, { ...levels, real, ranks }), error: real + ranks }
}

const turned = ({ estimate, low, high }: Interval): Interval => ({
  estimate: -estimate,
  low: -high,
  high: -low,
})

function outlook({ centre, margin }: Test, { last, roundTime }: Allowance): string {
  const needed = roundsToDecide(centre, margin, last)
  if (needed === null) return 'no affordable number of rounds would decide it'
  const more = needed - centre.count
  return `about ${counted(more, 'more round')} (${duration(more * roundTime)}) would decide it`
}
