/**
 * Which rounds carry no log-ratio: a rule that looks at how a round was measured, never at what came out of it.
 *
 * A round is left out when one of its launches never settled, or waited for a processor for more than half of its timed
 * slices. Both sides are treated alike, so a change that does nothing is as likely to lose rounds that spoke for it
 * as rounds that spoke against it. When more than a third of the rounds would go, the disturbance is the condition that the service
 * runs under: all of them stay, and the finding says so.
 */
import type { LaunchRecord, RoundRecord } from '../model/record.ts'
import { measured } from '../stats/describe.ts'

/** Share of the timed slices' wall time that a launch's threads waited for a processor. */
export const DISTURBED_BEYOND_USE = 0.5

const MOST_LEFT_OUT = 1 / 3

export function excludedRounds(rounds: RoundRecord[]): Set<number> {
  const doubtful = rounds.filter(round =>
    round.launches.some(launch => !isSettled(launch) || disturbedBeyondUse(launch)),
  )
  if (doubtful.length > rounds.length * MOST_LEFT_OUT) return new Set()
  return new Set(doubtful.map(({ index }) => index))
}

export const isSettled = (launch: LaunchRecord): boolean => launch.warmup.settled

const disturbedBeyondUse = (launch: LaunchRecord) => (disturbance(launch) ?? 0) > DISTURBED_BEYOND_USE

/** Waiting for a processor, as a share of wall time; `null` where the platform does not tell. */
export function disturbance({ timed }: LaunchRecord): number | null {
  const waited = measured(timed.runDelay)
  const wall = total(timed.wall)
  return waited.length > 0 && wall > 0 ? total(waited) / wall : null
}

const total = (values: (number | null)[]) => measured(values).reduce((sum, value) => sum + value, 0)
