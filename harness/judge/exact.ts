/** Gates on exact values, which are compared as they are: one round above the limit is above the limit. */
import type { Gate } from '../model/plan.ts'
import type { Comparison } from '../model/report.ts'
import { atBoth } from '../stats/decision.ts'
import { measured } from '../stats/describe.ts'
import type { Part } from './threshold.ts'
import { figure, percent, rounds, signedPercent, tiltWords } from './words.ts'

export function judgeExact({ margin, max }: Gate, comparison: Comparison): Part[] {
  return [
    ...(max === undefined ? [] : [limit(max, comparison)]),
    ...(margin === undefined ? [] : [change(margin, comparison)]),
  ]
}

function limit(max: number, { values, unit }: Comparison): Part {
  const own = measured(values.after)
  const above = own.filter(value => value > max)
  const worst = figure(Math.max(...own), unit)
  return above.length > 0
    ? {
        status: 'regressed',
        change: null,
        reason: `Up to ${worst}, above the limit of ${figure(max, unit)} in ${above.length} of ${rounds(own.length)}.`,
      }
    : { status: 'fine', change: null, reason: `At most ${worst}, within the limit of ${figure(max, unit)}.` }
}

function change(margin: number, comparison: Comparison): Part {
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
    reason: `${figure(before, unit)} before, ${figure(after, unit)} after (${size}), with a margin of ${percent(margin)}.${tiltWords(tilt, tilted / before - 1)}`,
  }
}
