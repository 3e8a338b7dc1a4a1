/** The three-way rule: is it real, and is it big enough to matter? */
import { type Centre, halfWidth, luck, shifted, tailProbability } from './centre.ts'
import { rankInterval, rankProbability } from './signed-ranks.ts'
import type { Interval } from './student.ts'

export type Decision = 'regressed' | 'improved' | 'fine' | 'inconclusive'

/** One-sided error of each kind of decision. */
export interface Levels {
  /** That a change which is none is called real by the size of the values (Student's t). */
  real: number
  /** That it is called real by their signed ranks, where they are symmetric; default 0. */
  ranks?: number
  /** Where given, sizes count only as far as signed ranks at this error say the same. */
  agreed?: number
  /** That a change at the margin is called fine. */
  fine: number
}

/**
 * Decides on a change in the worse direction: larger is worse, `margin` is in the same unit and above zero.
 * The interval says whether a change is real, the estimate whether it matters; *fine* rests on the interval alone.
 */
export function decide(centre: Centre, margin: number, levels: Levels): Decision {
  const { estimate } = centre
  const { low, high } = realInterval(centre, levels)
  if ((low > 0 || high < 0) && Math.abs(estimate) >= margin) return estimate > 0 ? 'regressed' : 'improved'
  return estimate + reach(centre, levels.fine) < margin ? 'fine' : 'inconclusive'
}

/**
 * Decides on a change of which only two ends are known: the one that was measured, and one that is so much higher. What is
 * decided holds at both of them; `not comparable` where no number of rounds would make it so.
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

/** What holds at both ends of what may be true. */
export function atBoth<T extends Decision>(one: T, other: T): T | 'fine' | 'not comparable' {
  if (one === other) return one
  const isOne = (status: T) => status === 'fine' || status === 'improved'
  return isOne(one) && isOne(other) ? 'fine' : 'not comparable'
}

/**
 * What two intervals have in common: Student's, and that of the signed ranks where the values are symmetric. Each of
 * them misses the truth with its own error, so what they share misses it with both together at most. It holds the
 * estimate, and is without end where there are too few rounds to say.
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

/**
 * How much of the levels' errors it takes to call so high an estimate real: at 1 or below, it is. At a fraction of the levels, it
 * is when this is below that fraction.
 */
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
  ...(ranks !== undefined && { ranks: ranks * share }),
  ...(agreed !== undefined && { agreed: agreed * share }),
  fine,
})

/** How far the truth may be from the estimate; anywhere, where there are too few rounds to say. */
const reach = (centre: Centre, level: number): number =>
  level >= luck(centre.count) ? halfWidth(centre, level) : Number.POSITIVE_INFINITY
