/** The three-way rule: is it real, and is it big enough to matter? */
import { type Centre, halfWidth, luck } from './centre.ts'

export type Decision = 'regressed' | 'improved' | 'fine' | 'inconclusive'

/** One-sided error of each kind of decision. */
export interface Levels {
  /** That a change which is none is called real. */
  real: number
  /** That a change at the margin is called fine. */
  fine: number
}

/**
 * Decides on a change in the worse direction: larger is worse, `margin` is in the same unit and above zero.
 * The interval says whether a change is real, the estimate whether it matters; *fine* rests on the interval alone.
 */
export function decide(centre: Centre, margin: number, levels: Levels): Decision {
  const { estimate } = centre
  if (Math.abs(estimate) > reach(centre, levels.real) && Math.abs(estimate) >= margin)
    return estimate > 0 ? 'regressed' : 'improved'
  return estimate + reach(centre, levels.fine) < margin ? 'fine' : 'inconclusive'
}

/** How far the truth may be from the estimate; anywhere, where there are too few rounds to say. */
const reach = (centre: Centre, level: number): number =>
  level >= luck(centre.count) ? halfWidth(centre, level) : Number.POSITIVE_INFINITY
