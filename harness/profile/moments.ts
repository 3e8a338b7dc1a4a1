/** When samples were taken, as labels, which pprof keeps (`-tagfocus=time=200ms:400ms`); it has no times. */
import type { Labels, Profile } from '../model/profile.ts'

/** Milliseconds: fine enough to show a disturbance, coarse enough that most samples of a stack share a moment. */
export const MOMENT = 20

/** Labels each sample with its moment, if the profile has times. */
export function labelMoments(profile: Profile): Profile {
  const { time, labels } = profile.samples
  if (!time) return profile
  const labelled = new Map<number, Labels>()
  time.forEach((at, sample) => {
    const value = Math.max(0, Math.floor(at / MOMENT) * MOMENT)
    labelled.set(sample, { ...labels.get(sample), time: { value, unit: 'milliseconds' } })
  })
  return { ...profile, samples: { ...profile.samples, labels: labelled } }
}

/** Milliseconds since the profile began; `null` for a sample without a moment. */
function momentOf(labels: Labels | undefined): number | null {
  const time = labels?.time
  return typeof time === 'object' && time.unit === 'milliseconds' ? time.value : null
}

/** When the last moment begins, in milliseconds; `null` if a sample has none. */
export function lastMoment({ samples }: Profile): number | null {
  let last = 0
  for (let sample = 0; sample < samples.stack.length; sample++) {
    const at = momentOf(samples.labels.get(sample))
    if (at === null) return null
    last = Math.max(last, at)
  }
  return samples.stack.length > 0 ? last : null
}

/** Splits the profile into `count` parts of `step` milliseconds, which share its tables. */
export function splitByMoment(profile: Profile, step: number, count: number): Profile[] {
  const { stack, values, labels } = profile.samples
  const parts = Array.from({ length: count }, (): number[] => [])
  for (let sample = 0; sample < stack.length; sample++)
    parts[Math.min(count - 1, Math.floor((momentOf(labels.get(sample)) ?? 0) / step))]!.push(sample)
  return parts.map(part => ({
    ...profile,
    samples: {
      stack: Int32Array.from(part, sample => stack[sample]!),
      values: values.map(column => Float64Array.from(part, sample => column[sample]!)),
      labels: new Map(),
    },
  }))
}
