/** What is asked of Flamegate for a pair whose truth is known. */
import { signedPercent, sound } from '../../harness/words/numbers.ts'
import { toldCulprits } from '../../reports/shared/culprits.ts'
import { atLeast, type Target } from '../experiment.ts'
import type { ReportDocument } from '../flamegate.ts'
import { type Table, tableOf } from '../print.ts'
import type { Independent } from './independent.ts'
import type { Pair } from './pairs.ts'

/** How far Flamegate may be from the truth: a share of it, or µs per request. */
const SHARE = 0.25
const MICROSECONDS = 1
/** A change of less than this share is none, and must not be called one. */
const NONE = 0.01
/** Share of the changed pairs whose package must be named first. */
const NAMED = 0.9

const METRIC = 'cpu.perRequest'

export interface Seen {
  pair: Omit<Pair, 'why'>
  truth: Independent
  report: Pick<ReportDocument, 'comparisons' | 'gates' | 'culprits' | 'owners'>
  /** The package and those of its dependencies that differ between the versions. */
  changed: string[]
}

export const titleOf = ({ package: name, before, after }: Omit<Pair, 'why'>): string =>
  `${name} ${before} → ${after}`

export function targetsOf(seen: Seen): Target[] {
  const { pair, truth } = seen
  const name = titleOf(pair)
  const status = statusOf(seen)
  if (isNone(truth))
    return [
      {
        name: `${name}: verdict`,
        value: `${status}, truth ${signedPercent(truth.ratio - 1)}`,
        bound: 'fine or inconclusive',
        met: status === 'fine' || status === 'inconclusive',
      },
    ]
  const { estimate } = changeOf(seen)
  return [
    {
      name: `${name}: direction`,
      value: `${signedPercent(estimate)}, ${status}`,
      bound: truth.ratio > 1 ? 'more' : 'less',
      met:
        Math.sign(estimate) === Math.sign(truth.ratio - 1) &&
        status !== (truth.ratio > 1 ? 'improved' : 'regressed'),
    },
    {
      name: `${name}: size`,
      value: signedPercent(estimate),
      bound: `${truthText(seen)} to a quarter or ${MICROSECONDS} µs`,
      met: isNear(seen),
    },
  ]
}

/** Of all pairs together; none where no pair has changed. */
export function named(all: Seen[]): Target[] {
  const changed = all.filter(({ truth }) => !isNone(truth))
  if (changed.length === 0) return []
  const text = (count: number) => `${count} of ${changed.length}`
  const [found, bound] = [changed.filter(isNamed).length, Math.ceil(NAMED * changed.length)]
  return [atLeast('the changed package is named first', found, bound, text)]
}

export const tableOfPairs = (all: Seen[]): Table => tableOf('CPU per request', all, COLUMNS)

const COLUMNS: Record<string, (seen: Seen) => string> = {
  pair: ({ pair }) => titleOf(pair),
  kind: ({ pair }) => pair.kind,
  truth: seen => truthText(seen),
  Flamegate: seen => {
    const { estimate, low, high } = changeOf(seen)
    return intervalText(estimate, low, high)
  },
  verdict: statusOf,
  'named first': firstOf,
  asked: seen => {
    const isMet = targetsOf(seen).every(({ met }) => met) && (isNone(seen.truth) || isNamed(seen))
    return isMet ? 'yes' : 'no'
  },
}

const isNone = ({ ratio }: Independent): boolean => Math.abs(ratio - 1) < NONE

/** The truth is known to an interval only, so anything inside it is near. */
function isNear(seen: Seen): boolean {
  const { low, high, ratio } = seen.truth
  const { estimate } = changeOf(seen)
  if (estimate >= low - 1 && estimate <= high - 1) return true
  const off = Math.abs(estimate - (ratio - 1))
  const before = comparisonOf(seen)?.before ?? Number.NaN
  return off <= SHARE * Math.abs(ratio - 1) || off * before <= MICROSECONDS
}

/** A dependency that came with the new version counts: the package owns what it brings. */
const isNamed = (seen: Seen): boolean => seen.changed.includes(firstOf(seen))

const comparisonOf = ({ report }: Seen) => report.comparisons.find(({ metric }) => metric === METRIC)

const NOTHING = { estimate: Number.NaN, low: Number.NaN, high: Number.NaN }

const changeOf = (seen: Seen) => sound(comparisonOf(seen)?.change) ?? NOTHING

function statusOf({ report }: Seen): string {
  return report.gates.find(({ metric }) => metric === METRIC)?.status ?? '–'
}

/** The owner of the function that is named first, or of most of the change where no few functions hold it. */
function firstOf({ report }: Seen): string {
  const owners = report.owners.filter(({ collector }) => collector === 'cpu')
  const [culprit] = toldCulprits(report.culprits, owners)
  return ownerOf(culprit) ?? owners[0]?.owner ?? '–'
}

/** A sentence about the application's call of a package names the package. */
function ownerOf(culprit: ReportDocument['culprits'][number] | undefined): string | undefined {
  const { owner, cause } = culprit ?? {}
  return owner === 'application' && cause && cause.kind !== 'own work' ? cause.owner : owner
}

const truthText = ({ truth: { ratio, low, high } }: Seen): string =>
  intervalText(ratio - 1, low - 1, high - 1)

const intervalText = (estimate: number, low: number, high: number): string =>
  `${signedPercent(estimate)} (${signedPercent(low)} to ${signedPercent(high)})`
