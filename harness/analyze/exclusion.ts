/**
 * Which samples are left out of comparisons. The rule looks at how something was measured, never at the result.
 *
 * A round is left out when one of its launches never settled, or had to do without a processor for more than half of a
 * typical slice because another process or the host of the virtual machine had it. The rule treats both sides the same
 * way: a change without effect is as likely to lose rounds that spoke for it as rounds that spoke against it. When more
 * than a third of the rounds would go, that is how the service runs here: all of them stay, and a finding says so.
 * Independent samples are left out one by one.
 */
import type { Evidence, Sample } from '../model/evidence.ts'
import { typicalRatio } from '../stats/columns.ts'
import { unitsOf } from './samples.ts'

/** Share of the time in which a launch's threads wait for a processor, or the host takes theirs. */
const DISTURBED_BEYOND_USE = 0.5

/** Share of the rounds that may be lost. */
export const MOST_LEFT_OUT = 1 / 3

export function excludedSamples(evidence: Evidence): Set<Sample> {
  const units = unitsOf(evidence)
  const doubtful = units.filter(unit =>
    measuredWith(unit).some(sample => !isSettled(sample) || disturbedBeyondUse(sample)),
  )
  return new Set(doubtful.length > units.length * MOST_LEFT_OUT ? [] : doubtful.flat())
}

/** The rounds that are left out, with a reason as text. */
export function leftOut(evidence: Evidence): { round: number; reason: string }[] {
  const excluded = excludedSamples(evidence)
  const units = unitsOf({ ...evidence, samples: [...excluded] })
  return units.map(unit => ({
    round: unit[0]!.round,
    reason: measuredWith(unit).every(isSettled)
      ? 'a launch waited for a processor for more than half of the time'
      : 'a launch never reached steady state',
  }))
}

/** The yardstick counts too: a sample that is compared with a doubtful one is doubtful itself. */
const measuredWith = (unit: Sample[]) => unit.flatMap(sample => [sample, sample.reference ?? []].flat())

/** A launch that mostly waits is steady for its latency alone. Its CPU per request is compared as it is, with a finding. */
export const isSettled = ({ warmup }: Sample): boolean =>
  warmup === undefined || warmup.settled || warmup.latencySettled === true

const disturbedBeyondUse = (sample: Sample) =>
  (disturbance(sample) ?? 0) + (sample.steal ?? 0) > DISTURBED_BEYOND_USE

/**
 * Share of wall time spent waiting for a processor; `null` where that is not counted. In the typical slice, because in a
 * few slices a service waits for its own threads, which collect garbage on the same processor.
 */
export const disturbance = (sample: Sample): number | null => typicalRatio([sample], 'runDelay', 'wall')
