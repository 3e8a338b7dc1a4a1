/** Gates on exact values, which are compared as they are: one round above the limit is above the limit. */
import type { Gate } from '../model/plan.ts'
import type { Comparison } from '../model/report.ts'
import { atBoth } from '../stats/decision.ts'
import { measured } from '../stats/describe.ts'
import { counted, percent, precise, signedPercent } from '../words/numbers.ts'
import { type ThresholdVerdict, tiltWords } from './threshold.ts'

export function judgeExact({ margin, max }: Gate, comparison: Comparison): ThresholdVerdict[] {
  return [
    ...(max === undefined ? [] : [limit(max, comparison)]),
    ...(margin === undefined ? [] : [change(margin, comparison)]),
  ]
}

function limit(max: number, { values, unit }: Comparison): ThresholdVerdict {
  const own = measured(values.after)
  const above = own.filter(value => value > max)
  const worst = precise(Math.max(...own), unit)
  return above.length > 0
    ? {
        status: 'regressed',
        change: null,
        reason: `Up to ${worst}, above the limit of ${precise(max, unit)} in ${above.length} of ${counted(own.length, 'round')}.`,
      }
    : { status: 'fine', change: null, reason: `At most ${worst}, within the limit of ${precise(max, unit)}.` }
}

function change(margin: number, comparison: Comparison): ThresholdVerdict {
  const { better, unit, tilt = 0 } = comparison
  const before = comparison.before!
  const after = comparison.after!
  const statusOf = (value: number) => {
    const worse = better === 'lower' ? value - before : before - value
    const reached = worse !== 0 && Math.abs(worse) >= margin * Math.abs(before)
    return !reached ? 'fine' : worse > 0 ? 'regressed' : 'improved'
  }
  const tilted = after * Math.exp(better === 'lower' ? tilt : -tilt)
  const size = comparison.change ? signedPercent(comparison.change.estimate) : 'no ratio to zero'
  return {
    status: atBoth(statusOf(after), statusOf(tilted)),
    change: comparison.change,
    reason: `${precise(before, unit)} before, ${precise(after, unit)} after (${size}), with a margin of ${percent(margin)}.${tiltWords(tilt, tilted / before - 1)}`,
  }
}
