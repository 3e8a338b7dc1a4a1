/** The decision about a change: is it real, and is it large enough to matter? */
import { type Centre, halfWidth, luck, shifted, tailProbability } from './centre.ts'
import { rankInterval, rankProbability } from './signed-ranks.ts'
import type { Interval } from './student.ts'

export type Decision = 'regressed' | 'improved' | 'fine' | 'inconclusive'

/** One-sided error of each kind of decision. */
export interface Levels {
  /** No change is called real, by the size of the values (Student's t). */
  real: number
  /** No change is called real, by the signed ranks of symmetric values; default 0. */
  ranks?: number
  /** If given, sizes count only as far as signed ranks at this error agree. */
  agreed?: number
  /** A change at the margin is called fine. */
  fine: number
}

/**
 * Decides on a change for which larger is worse; `margin` is in the same unit and above zero. The interval says whether
 * the change is real, the estimate whether it matters. *fine* is neither: the interval rules out a change for the worse
 * that matters, and the estimate does not improve by as much.
 */
export function decide(centre: Centre, margin: number, levels: Levels): Decision {
  const { estimate } = centre
  const { low, high } = realInterval(centre, levels)
  if ((low > 0 || high < 0) && Math.abs(estimate) >= margin) return estimate > 0 ? 'regressed' : 'improved'
  return isNoWorse(centre, margin, levels) && estimate > -margin ? 'fine' : 'inconclusive'
}

/** Whether a change for the worse that matters is ruled out, whatever there is for the better. */
export const isNoWorse = (centre: Centre, margin: number, levels: Levels): boolean =>
  centre.estimate + reach(centre, levels.fine) < margin

/** Decides whether a value is above a limit, given the centre of the values less the limit. */
export function decideLimit(centre: Centre, levels: Levels): Exclude<Decision, 'improved'> {
  if (realInterval(centre, levels).low > 0) return 'regressed'
  return isNoWorse(centre, 0, levels) ? 'fine' : 'inconclusive'
}

/**
 * Decides whether an improvement of the size `expected`, which is above zero, is there. As for a regression, the interval
 * says whether the change is real, the estimate whether it is large enough.
 */
export function decideExpected(
  centre: Centre,
  expected: number,
  levels: Levels,
): 'improved' | 'not reached' | 'inconclusive' {
  const { estimate } = centre
  if (realInterval(centre, levels).high < 0 && estimate <= -expected) return 'improved'
  return estimate - reach(centre, levels.fine) > -expected ? 'not reached' : 'inconclusive'
}

/**
 * Decides on a change that is only known to lie between the measured one and one that is `tilt` higher. The decision
 * holds at both ends; `not comparable` where more rounds would not lead to one.
 */
export function decideTilted(
  centre: Centre,
  tilt: number,
  margin: number,
  levels: Levels,
): Decision | 'not comparable' {
  const ends = [centre, shifted(centre, tilt)]
  const [one, other] = ends.map(end => decide(end, margin, levels)) as [Decision, Decision]
  const isWorse = ends.map(({ estimate }) => estimate >= margin)
  const status = atBoth(one, other)
  return status === 'not comparable' && (isWorse[0] === isWorse[1] || one === 'inconclusive')
    ? 'inconclusive'
    : status
}

/** Decides on exact values, which have no interval; `margin` is a fraction, and `tilt` as above. */
export function decideExact(
  before: number,
  after: number,
  { margin, tilt, better }: { margin: number; tilt: number; better: 'lower' | 'higher' },
): Decision | 'not comparable' {
  const decided = (value: number) => {
    const worse = better === 'lower' ? value - before : before - value
    if (worse === 0 || Math.abs(worse) < margin * Math.abs(before)) return 'fine'
    return worse > 0 ? 'regressed' : 'improved'
  }
  return atBoth(decided(after), decided(tilted(after, tilt, better)))
}

/** The value if wrong answers cost nothing. */
export const tilted = (value: number, tilt: number, better: 'lower' | 'higher'): number =>
  value * Math.exp(better === 'lower' ? tilt : -tilt)

/** The decision that holds at both ends. */
export function atBoth(one: Decision, other: Decision): Decision | 'not comparable' {
  if (one === other) return one
  const holds = (status: Decision) => status === 'fine' || status === 'improved'
  return holds(one) && holds(other) ? 'fine' : 'not comparable'
}

/**
 * The common part of Student's interval and, for symmetric values, the interval of the signed ranks. Each misses the
 * truth with its own error, so the common part misses it with at most the sum of both. It always contains the estimate,
 * and is infinite where there are too few rounds.
 */
export function realInterval(centre: Centre, levels: Levels): Interval {
  const { estimate, symmetric = [] } = centre
  const [least, most] = sizeInterval(centre, levels)
  const [low, high] = rankInterval(symmetric, levels.ranks ?? 0)
  return {
    estimate,
    low: Math.min(estimate, Math.max(least, low)),
    high: Math.max(estimate, Math.min(most, high)),
  }
}

function sizeInterval(centre: Centre, { real, agreed }: Levels): [low: number, high: number] {
  const { estimate, symmetric } = centre
  const half = reach(centre, real)
  if (agreed === undefined || !symmetric) return [estimate - half, estimate + half]
  const [low, high] = rankInterval(symmetric, agreed)
  return [Math.min(estimate - half, low), Math.max(estimate + half, high)]
}

/** The share of the levels' errors at which this estimate is just called real: at 1 or less, it is at these levels. */
export function shareNeeded(centre: Centre, { real, ranks = 0, agreed }: Levels): number {
  const bySize = tailProbability(centre) / real
  if (!centre.symmetric || (ranks === 0 && agreed === undefined)) return bySize
  const byRanks = rankProbability(centre.symmetric)
  return Math.min(
    Math.max(bySize, agreed === undefined ? 0 : byRanks / agreed),
    ranks > 0 ? byRanks / ranks : Number.POSITIVE_INFINITY,
  )
}

/** The levels of one of several tests. */
export const shareOf = ({ real, ranks, agreed, fine }: Levels, share: number): Levels => ({
  real: real * share,
  ranks: ranks && ranks * share,
  agreed: agreed && agreed * share,
  fine,
})

/** How far the truth can be from the estimate; infinite where there are too few rounds. */
const reach = (centre: Centre, level: number): number =>
  level >= luck(centre.count) ? halfWidth(centre, level) : Number.POSITIVE_INFINITY
