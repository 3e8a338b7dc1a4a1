/** What readers must know before they trust the difference of two sets of profiles. */
import { type Detectors, detect } from '../findings/index.ts'
import type { ProfileSide } from '../model/diff.ts'
import type { Finding } from '../model/finding.ts'
import { ENOUGH_PER_SIDE } from '../stats/permutation.ts'
import { digits, duration as time } from '../words/numbers.ts'

/** From this ratio on, durations, rates and totals count as different. */
const OTHER = 1.1

/** With fewer samples, a function that takes 1 % has fewer than ten of them. */
const FEW_SAMPLES = 1_000

const DETECTORS: Detectors<[before: ProfileSide, after: ProfileSide]> = {
  'no-intervals': ({ profiles: there }, { profiles: here }) => {
    if (Math.min(there, here) >= ENOUGH_PER_SIDE) return null
    return there === 1 && here === 1
      ? 'One profile on each side: there are no intervals, and no change can be told from chance.'
      : `${there} and ${here} profiles, averaged: intervals take ${ENOUGH_PER_SIDE} on each side, so no change can be told from chance.`
  },
  'other-format': (before, after) => {
    const [there, here] = [before, after].map(({ formats }) => formats.toSorted().join(', '))
    return there === here ? null : `Format: ${there} before, ${here} after.`
  },
  'unknown-duration': (before, after) =>
    before.duration > 0 && after.duration > 0
      ? null
      : 'Not every profile says how long it was recorded, so only shares of the total are compared.',
  'other-duration': (before, after) => {
    const [there, here] = [before, after].map(({ duration, profiles }) => duration / profiles)
    return differ(there!, here!)
      ? `Duration of a profile: ${time(there!)} before, ${time(here!)} after.`
      : null
  },
  'other-rate': (before, after) =>
    differ(before.period, after.period)
      ? `Sampling period: ${digits(before.period)} before, ${digits(after.period)} after.`
      : null,
  'other-total': (before, after) => {
    const [there, here] = [before, after].map(({ total, duration }) => (1000 * total) / duration)
    if (before.requests !== null || !differ(there!, here!)) return null
    return `The whole changed too: by a factor of ${digits(here! / there!)} per second.`
  },
  'few-samples': (before, after) =>
    Math.min(before.samples, after.samples) < FEW_SAMPLES
      ? `Samples: ${before.samples} before, ${after.samples} after.`
      : null,
}

export const diffFindings = (before: ProfileSide, after: ProfileSide): Finding[] =>
  detect(DETECTORS, before, after)

/** Only where both are known. An unknown value is 0 or not finite. */
const differ = (there: number, here: number): boolean =>
  Number.isFinite(there / here) && there > 0 && here > 0 && Math.max(there / here, here / there) > OTHER
