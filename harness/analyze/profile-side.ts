/** What is known of one side of a diff. */
import type { DiffRequest, ProfileFile, ProfileSide } from '../model/diff.ts'
import { UsageError } from '../model/errors.ts'
import type { ValueType } from './profile-value.ts'

/**
 * @param columns self values of each profile, without idle time
 * @throws UsageError when a profile has nothing in it that could be compared
 */
export function describeSide(
  { label, files }: DiffRequest['before'],
  { type }: ValueType,
  columns: Float64Array[],
  requests: number | null,
): ProfileSide {
  const empty = columns.findIndex(column => !(sum(column) > 0))
  if (empty !== -1)
    throw new UsageError(
      `Nothing but idle time was recorded: the sum of ${type || 'its values'} is not above zero.`,
      {
        place: files[empty]!.path,
        advice: 'Record the profile while the service is under load.',
      },
    )
  const profiles = files.map(({ profile }) => profile)
  const durations = profiles.map(({ duration }) => duration)
  return {
    label,
    formats: [...new Set(files.map(({ format }) => format))],
    profiles: files.length,
    duration: durations.every(known => known > 0) ? sum(durations) : 0,
    samples: sum(profiles.map(sampleCount)),
    period: profiles[0]!.period,
    total: sum(columns.map(sum)),
    requests,
  }
}

/** Formats that add equal samples up say how many there were in a value of their own. */
function sampleCount({ valueTypes, samples }: ProfileFile['profile']): number {
  const counted = valueTypes.findIndex(({ type, unit }) => type === 'samples' && unit === 'count')
  return counted === -1 ? samples.stack.length : sum(samples.values[counted]!)
}

export function sum(values: Iterable<number>): number {
  let total = 0
  for (const value of values) total += value
  return total
}
