/** Profiles from anywhere, repeated or not, on two sides → evidence: each profile is a sample. */
import { finding } from '../findings/index.ts'
import type { DiffRequest, ProfileFile } from '../model/diff.ts'
import type { Evidence, Sample } from '../model/evidence.ts'
import type { Finding } from '../model/finding.ts'
import { sum } from '../stats/describe.ts'
import { commonValue, inValue } from './common-value.ts'

/** Such evidence has one collector, which stands for whatever recorded the profiles. */
export const RECORDED = 'profile'

const [BEFORE, AFTER] = ['before', 'after'] as const

/** @throws UsageError when the two sides have no value in common */
export function evidenceOfProfiles({ before, after, requests }: DiffRequest): Evidence {
  const { value, findings } = commonValue([...before.files, ...after.files])
  const samples = [before, after].flatMap(({ files }, side) =>
    files.map((file, at): Sample => {
      const profile = inValue(file, value)
      const answered = requests?.[side]
      return {
        subject: side === 0 ? BEFORE : AFTER,
        round: at + 1,
        window: { duration: profile.duration },
        // Requests are known for a side as a whole, so each of its profiles gets an equal share.
        columns: answered === undefined ? {} : { requests: [answered / files.length] },
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
    findings: [...findings, ...partFindings(before, after), ...repairs([...before.files, ...after.files])],
  }
}

/** How the profiles of a side were made, where not every file is one profile. */
function partFindings(...sides: DiffRequest['before'][]): Finding[] {
  return sides.flatMap(({ label, files }) => {
    const chosen = files.filter(({ choice }) => choice !== undefined)
    const joined = files.filter(({ parts }) => parts !== undefined)
    const names = joined.map(({ parts = [] }) => listed(parts)).join('; ')
    return [
      ...(chosen.length > 0
        ? [finding('one-of-several', `${label}: ${listed(chosen.map(({ choice }) => choice!))}.`)]
        : []),
      ...(joined.length > 0
        ? [finding('added-up', `${label}: recorded at the same time, and added up: ${names}.`)]
        : []),
    ]
  })
}

/** The first names, and how many more there are. */
function listed(names: string[]): string {
  const [shown, rest] = [names.slice(0, MOST_NAMED), names.length - MOST_NAMED]
  return rest > 0 ? `${shown.join(', ')} and ${rest} more` : shown.join(', ')
}

const MOST_NAMED = 4

function repairs(files: ProfileFile[]): Finding[] {
  const repaired = sum(files.map(file => file.repaired))
  return repaired > 0
    ? [finding('repaired-samples', `Samples without a usable time, or lost by the profiler: ${repaired}.`)]
    : []
}
