/** Profiles from anywhere, repeated or not, on two sides → evidence: each profile is a sample. */
import { finding } from '../findings/index.ts'
import type { DiffRequest, DiffSide, ProfileFile } from '../model/diff.ts'
import { UsageError } from '../model/errors.ts'
import type { Evidence, Sample } from '../model/evidence.ts'
import type { Finding } from '../model/finding.ts'
import type { Profile } from '../model/profile.ts'
import { windowOf } from '../profile/index.ts'
import { sum } from '../stats/describe.ts'
import { counted } from '../words/numbers.ts'
import { firstNames } from '../words/text.ts'
import { hasCountedTime, inCountedTime } from './processor-time.ts'

type ValueType = Profile['valueTypes'][number]

/** The one collector of such evidence: whatever recorded the profiles. */
export const RECORDED = 'profile'

const [BEFORE, AFTER] = ['before', 'after'] as const

/** Leaves out windows without a request, which have no cost per request; keeps them if all are like that. */
export function withoutIdle({ files, ...side }: DiffSide): DiffSide {
  const busy = files.filter(file => requestsIn(file) !== 0)
  return busy.length === 0 ? { ...side, files } : { ...side, files: busy, idle: files.length - busy.length }
}

const requestsIn = ({ requests, profile }: ProfileFile): number | undefined =>
  requests ?? windowOf(profile)?.requests

/** @throws UsageError when the two sides have no value in common */
export function evidenceOfProfiles({ before, after, requests }: DiffRequest): Evidence {
  const all = [...before.files, ...after.files]
  const { value, findings } = commonValue(all)
  // With a count for one side only, the two would not be comparable.
  const isCounted = all.every(({ profile }) => hasCountedTime(profile))
  const samples = [before, after].flatMap(({ files }, side) =>
    files.map((file, at): Sample => {
      const profile = inValue(isCounted ? inCountedTime(file.profile) : file.profile, value)
      const given = requests?.[side]
      // Requests that are given are known for a side as a whole, so each of its profiles gets an equal share.
      const answered = given === undefined ? requestsIn(file) : given / files.length
      return {
        subject: side === 0 ? BEFORE : AFTER,
        round: at + 1,
        window: { duration: profile.duration },
        columns: answered === undefined ? {} : { requests: [answered] },
        histograms: {},
        collected: { [RECORDED]: { slices: {}, figures: {}, profile } },
      }
    }),
  )
  return {
    pairing: 'independent',
    subjects: [
      { id: BEFORE, label: before.label },
      { id: AFTER, label: after.label },
    ],
    baseline: BEFORE,
    samples,
    collectors: [RECORDED],
    steps: [],
    drifting: [],
    referenced: false,
    findings: [...findings, ...partFindings(before, after), ...repairs(all)],
  }
}

const MOST_NAMED = 4

/** How the profiles of a side were made, where not every file is one profile. */
function partFindings(...sides: DiffSide[]): Finding[] {
  return sides.flatMap(({ label, files, idle = 0, findings: noticed = [] }) => {
    const chosen = files.flatMap(({ choice }) => choice ?? [])
    const joined = files.flatMap(({ parts }) => (parts ? [firstNames(parts, MOST_NAMED)] : []))
    const findings = [...noticed]
    if (idle > 0)
      findings.push(finding('idle-windows', `${label}: ${counted(idle, 'window')} without a request.`))
    if (chosen.length > 0)
      findings.push(finding('one-of-several', `${label}: ${firstNames(chosen, MOST_NAMED)}.`))
    if (joined.length > 0)
      findings.push(
        finding('added-up', `${label}: recorded at the same time, and added up: ${joined.join('; ')}.`),
      )
    return findings
  })
}

function repairs(files: ProfileFile[]): Finding[] {
  const repaired = sum(files.map(file => file.repaired))
  return repaired > 0
    ? [finding('repaired-samples', `Samples without a usable time, or lost by the profiler: ${repaired}.`)]
    : []
}

/**
 * The type that every profile shows by default, or else the last type that all of them have. Speedscope has a title where
 * others have a type, so there the same unit is enough.
 *
 * @throws UsageError when there is no such type
 */
function commonValue(files: ProfileFile[]): { value: ValueType; findings: Finding[] } {
  const defaults = files.map(({ profile }) => profile.valueTypes.at(-1)!)
  const value = defaults[0]!
  if (defaults.every(other => same(value, other))) return { value, findings: [] }
  const doubt = (used: ValueType) => [
    finding(
      'other-value-type',
      `By default the profiles show ${typesOf(defaults)}; the comparison uses ${named(used)}.`,
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
      .map(({ path, profile }) => `${path}: ${typesOf(profile.valueTypes)}`)
      .join('\n'),
    advice: 'Give profiles of one kind: for example both of CPU time, or both of allocation.',
  })
}

/** The profile with only that value. */
function inValue(profile: Profile, value: ValueType): Profile {
  const exact = profile.valueTypes.findIndex(type => same(type, value))
  const column = profile.samples.values.at(exact)!
  return { ...profile, valueTypes: [value], samples: { ...profile.samples, values: [column] } }
}

const same = (a: ValueType, b: ValueType) => a.type === b.type && a.unit === b.unit

const named = ({ type, unit }: ValueType) => `${type || 'unnamed'} (${unit || 'no unit'})`

const typesOf = (types: ValueType[]) => [...new Set(types.map(named))].join(', ')
