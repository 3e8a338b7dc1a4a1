/**
 * Which rounds carry no log-ratio: a rule that looks at how a round was measured, never at what came out of it.
 *
 * A round is left out when one of its launches never settled, or had to do without a processor for more than half of a
 * typical slice, because another process or the host of the virtual machine had it. Both sides are treated alike, so a change that does nothing is as likely to lose rounds that spoke for it
 * as rounds that spoke against it. When more than a third of the rounds would go, that is how the service runs here:
 * all of them stay, and the findings say so.
 */
import type { LaunchRecord, RoundRecord } from '../model/record.ts'
import { typicalRatio } from './totals.ts'

/** Share of the time that a launch's threads wait for a processor, or that the host takes theirs. */
const DISTURBED_BEYOND_USE = 0.5

const MOST_LEFT_OUT = 1 / 3

export function excludedRounds(rounds: RoundRecord[]): Set<number> {
  const doubtful = rounds.filter(round =>
    launchedIn(round).some(launch => !isSettled(launch) || disturbedBeyondUse(launch)),
  )
  if (doubtful.length > rounds.length * MOST_LEFT_OUT) return new Set()
  return new Set(doubtful.map(({ index }) => index))
}

/** The same with a reason in words. */
export function leftOut(rounds: RoundRecord[]): { round: number; reason: string }[] {
  const excluded = excludedRounds(rounds)
  return rounds
    .filter(({ index }) => excluded.has(index))
    .map(round => ({
      round: round.index,
      reason: launchedIn(round).every(isSettled)
        ? 'a launch waited for a processor for more than half of the time'
        : 'a launch never reached steady state',
    }))
}

/** The yardstick too: what is held against it is as doubtful as it is. */
const launchedIn = ({ launches, yardsticks = [] }: RoundRecord) => [...launches, ...yardsticks]

export const isSettled = (launch: LaunchRecord): boolean => launch.warmup.settled

const disturbedBeyondUse = (launch: LaunchRecord) =>
  (disturbance(launch) ?? 0) + (launch.steal ?? 0) > DISTURBED_BEYOND_USE

/**
 * Waiting for a processor, as a share of wall time, in the typical slice; `null` where the platform does not tell. In
 * a few slices a service waits for its own threads, which collect garbage on the same processor.
 */
export const disturbance = (launch: LaunchRecord): number | null => typicalRatio([launch], 'runDelay', 'wall')
