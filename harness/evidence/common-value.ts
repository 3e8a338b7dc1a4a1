/** The value type in which two sides are compared, or why they cannot be. */
import { finding } from '../findings/index.ts'
import type { ProfileFile } from '../model/diff.ts'
import { UsageError } from '../model/errors.ts'
import type { Finding } from '../model/finding.ts'
import type { Profile } from '../model/profile.ts'

export type ValueType = Profile['valueTypes'][number]

/**
 * The type that every profile shows by default, or else the last type that all of them have. Speedscope has a title where
 * others have a type, so there the same unit is enough.
 *
 * @throws UsageError when there is no such type
 */
export function commonValue(files: ProfileFile[]): { value: ValueType; findings: Finding[] } {
  const defaults = files.map(({ profile }) => profile.valueTypes.at(-1)!)
  const value = defaults[0]!
  if (defaults.every(other => same(value, other))) return { value, findings: [] }
  const doubt = (used: ValueType) => [
    finding(
      'other-value-type',
      `By default the profiles show ${listed(defaults)}; the comparison uses ${words(used)}.`,
    ),
  ]
  const shared = files[0]!.profile.valueTypes.findLast(type =>
    files.every(({ profile }) => profile.valueTypes.some(other => same(type, other))),
  )
  if (shared) return { value: shared, findings: doubt(shared) }
  const titled = files.some(({ format }) => format === 'speedscope')
  if (titled && defaults.every(({ unit }) => unit === value.unit)) return { value, findings: doubt(value) }
  throw new UsageError('The profiles measure different things, which cannot be compared.', {
    details: files
      .slice(0, 20)
      .map(({ path, profile }) => `${path}: ${listed(profile.valueTypes)}`)
      .join('\n'),
    advice: 'Give profiles of one kind: for example both of CPU time, or both of allocation.',
  })
}

/** The profile with only that value. */
export function inValue({ profile }: ProfileFile, value: ValueType): Profile {
  const exact = profile.valueTypes.findIndex(type => same(type, value))
  const column = profile.samples.values.at(exact)!
  return { ...profile, valueTypes: [value], samples: { ...profile.samples, values: [column] } }
}

const same = (a: ValueType, b: ValueType) => a.type === b.type && a.unit === b.unit

const words = ({ type, unit }: ValueType) => `${type || 'unnamed'} (${unit || 'no unit'})`

const listed = (types: ValueType[]) => [...new Set(types.map(words))].join(', ')
