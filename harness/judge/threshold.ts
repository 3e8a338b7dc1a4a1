/** One of a gate's thresholds, a margin or a limit, after it was judged. */
import type { Change, Status } from '../model/report.ts'
import { signedPercent } from '../words/numbers.ts'

/** The result of one of a gate's thresholds. */
export interface ThresholdVerdict {
  status: Status
  change: Change | null
  reason: string
}

/** A smaller tilt would not show in a percentage. */
const TILTED = 0.0005

/** @param fraction the change if wrong answers cost nothing */
export const tiltWords = (tilt: number, fraction: number): string =>
  Math.abs(tilt) < TILTED
    ? ''
    : ` More of one side's requests went wrong: if wrong answers cost nothing, the change is ${signedPercent(fraction)}.`
