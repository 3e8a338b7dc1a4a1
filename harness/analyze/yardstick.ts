/** What the yardstick says about a machine that may have changed between two runs. */
import { finding } from '../findings/index.ts'
import type { Family } from '../model/columns.ts'
import type { Evidence } from '../model/evidence.ts'
import type { Finding } from '../model/finding.ts'
import { typicalRatio } from '../stats/columns.ts'
import { magnitude } from '../words/numbers.ts'
import { othersOf, samplesOf } from './samples.ts'

/**
 * Fractions by which a gate's margin is wider: what the yardstick does not cancel between two sessions, as
 * `npm run validate:yardstick` measures it (docs/baselines.md). Waiting depends on more than the speed of the machine. A
 * machine that slows down does not slow everything down equally, so a share of the yardstick's own change is added.
 */
export const ALLOWANCE = { processorTime: 0.03, otherTime: 0.25, ofShift: 1 / 3 }

/** @param shift how much the machine has changed: the log-ratio of the yardstick's CPU time per request */
export function allowances(shift: number): { processorTime: number; otherTime: number } {
  const left = ALLOWANCE.ofShift * Math.abs(shift)
  const processorTime = ALLOWANCE.processorTime + left
  return { processorTime, otherTime: Math.max(ALLOWANCE.otherTime, processorTime) }
}

/** By how much a gate on a time must be wider when this subject is compared with the baseline of another run. */
export function allowanceFor(evidence: Evidence, subject: string, family: Family): number {
  const { processorTime, otherTime } = allowances(shiftOf(evidence, subject))
  return family === 'processor' ? processorTime : otherTime
}

/** From the typical slice of all yardsticks on both sides; 0 where there is none on one side. */
function shiftOf(evidence: Evidence, subject: string): number {
  const [was, is] = [evidence.baseline, subject].map(id => {
    const references = samplesOf(evidence, id).flatMap(({ reference }) => reference ?? [])
    return typicalRatio(references, 'cpu', 'requests')
  })
  return was && is ? Math.log(is / was) : 0
}

/** How the machine has changed, and how much wider margins are because of it. */
export function yardstickFindings(evidence: Evidence): Finding[] {
  if (!evidence.referenced) return []
  return othersOf(evidence).map(({ id }) => {
    const shift = shiftOf(evidence, id)
    const { processorTime, otherTime } = allowances(shift)
    const change = `${magnitude(Math.expm1(shift))} ${shift > 0 ? 'more' : 'less'}`
    const seen = shift === 0 ? '' : `The yardstick took ${change} CPU time here than there. `
    return finding(
      'yardstick',
      `${seen}Times are compared as ratios to the yardstick, and a gate's margin is wider by ${magnitude(processorTime)} on CPU time and by ${magnitude(otherTime)} on any other.`,
    )
  })
}
