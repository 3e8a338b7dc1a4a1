/** Profiles from anywhere, without counters → flames and functions, in every unit that makes them comparable. */
import { type Detectors, detect } from '../findings/index.ts'
import { matchOwners, type Owners, type UnionTree, uniteTrees } from '../match/index.ts'
import type { DiffRequest, DiffSide, ProfileDiff, ProfileSide } from '../model/diff.ts'
import { UsageError } from '../model/errors.ts'
import type { Evidence, Pairing, Sample } from '../model/evidence.ts'
import type { Finding } from '../model/finding.ts'
import type { Profile } from '../model/profile.ts'
import { buildCallTree, packageFinder } from '../profile/index.ts'
import { sumOfColumn } from '../stats/columns.ts'
import { sum } from '../stats/describe.ts'
import { ENOUGH_PER_SIDE } from '../stats/permutation.ts'
import { digits, duration as time } from '../words/numbers.ts'
import type { Calls } from './calls.ts'
import { flameOf } from './flames.ts'
import { functionChanges } from './functions.ts'
import { ownerChanges } from './owners.ts'
import { joinProcesses, type Measured, processesOf } from './processes.ts'
import { decodeOnce, isOutside } from './profiles.ts'
import { samplesOf } from './samples.ts'
import { shownUnit } from './value-types.ts'

/** One way to make profiles of different length and load comparable. */
interface View {
  name: string
  per: string
  unit: string
  /** What a sample's values are multiplied by; `total` is their sum. */
  factor(sample: Sample, total: number): number
}

/** @throws UsageError when a profile contains nothing to compare */
export function diffProfiles(evidence: Evidence, { before, after }: DiffRequest): ProfileDiff {
  const decode = decodeOnce()
  const [collector] = evidence.collectors
  const measured = evidence.subjects.map(({ id }): Measured => {
    const samples = samplesOf(evidence, id)
    const profiles = samples.map(({ collected }) => decode(collected[collector!])!)
    return { samples, tree: buildCallTree(profiles, { without: isOutside }) }
  })
  const [there, here] = measured as [Measured, Measured]
  const sides: [ProfileSide, ProfileSide] = [describeSide(before, there), describeSide(after, here)]
  const units = isByProcess(...sides)
    ? [joinProcesses(there, processesOf(before.files)!), joinProcesses(here, processesOf(after.files)!)]
    : [there, here]
  const value = decode(evidence.samples[0]!.collected[collector!])!.valueTypes[0]!
  const tree = uniteTrees(units[0]!.tree, units[1]!.tree)
  const owners = matchOwners(tree, { before: packageFinder(), after: packageFinder() })
  const samples = units.flatMap(unit => unit.samples)
  const totals = tree.self.map(sum)
  // One after the other, because the columns of large profiles are large.
  const seen = viewsOf(sides, value.unit).map(view => {
    const calls = callsIn(view, { tree, totals, owners, samples }, evidence.pairing)
    const changes = ownerChanges(calls, 1)
    return { rows: functionChanges(calls, 1), owners: changes, flame: flameOf(calls, changes) }
  })
  return {
    before: sides[0],
    after: sides[1],
    value,
    analysis: {
      frames: seen.flatMap(({ rows }) => rows),
      flames: seen.map(({ flame }) => flame),
      owners: seen.flatMap(({ owners }) => owners),
      budgets: [],
      findings: [...evidence.findings, ...diffFindings(...sides)],
    },
  }
}

/** Both sides; `totals` has the sum of each column, and each has a sample. */
interface Union {
  tree: UnionTree
  totals: number[]
  owners: Owners
  samples: Sample[]
}

/** A column per sample, in the view's unit. */
function callsIn(view: View, { tree, totals, owners, samples }: Union, pairing: Pairing): Calls {
  const factors = totals.map((total, column) => view.factor(samples[column]!, total))
  const columns = tree.self.map((self, column) => scaled(self, factors[column]!))
  const [before, after] = [columns.slice(0, tree.beforeColumns), columns.slice(tree.beforeColumns)]
  const costs = totals.map((total, column) => total * factors[column]!)
  const whole = { before: costs.slice(0, tree.beforeColumns), after: costs.slice(tree.beforeColumns) }
  return {
    variant: 'after',
    baseline: 'before',
    collector: view.name,
    unit: view.unit,
    per: view.per,
    pairing,
    blames: true,
    tree,
    owners,
    before,
    after,
    base: whole.before,
    whole,
  }
}

function scaled(column: Float64Array, factor: number): Float64Array {
  const copy = column.slice()
  for (let node = 0; node < copy.length; node++) copy[node]! *= factor
  return copy
}

/** Over all profiles of a side; null unless they are known of each. */
function requestsOf(samples: Sample[]): number | null {
  const counts = samples.map(({ columns }) => sumOfColumn(columns.requests))
  return counts.every(count => count > 0) ? Math.round(sum(counts)) : null
}

function viewsOf(sides: ProfileSide[], valueUnit: string): View[] {
  const { unit, scale } = shownUnit(valueUnit)
  const views: View[] = [
    {
      name: 'Share of the total',
      per: 'as a share of the total',
      unit: '%',
      factor: (_, total) => 100 / total,
    },
  ]
  if (sides.every(({ duration }) => duration > 0))
    views.push({
      name: 'Per second',
      per: 'per second',
      unit,
      factor: ({ window }) => (scale * 1000) / window.duration,
    })
  if (sides.every(({ requests }) => requests !== null))
    views.unshift({
      name: 'Per request',
      per: 'per request',
      unit,
      factor: ({ columns }) => scale / sumOfColumn(columns.requests),
    })
  return views
}

function describeSide({ label, files }: DiffSide, { tree, samples }: Measured): ProfileSide {
  const totals = tree.self.map(sum)
  const empty = totals.findIndex(total => !(total > 0))
  if (empty !== -1)
    throw new UsageError('Nothing but idle time was recorded: the sum of its values is not above zero.', {
      place: files[empty]!.path,
      advice: 'Record the profile while the service is under load.',
    })
  const profiles = files.map(({ profile }) => profile)
  const durations = profiles.map(({ duration }) => duration)
  const processes = processesOf(files)
  return {
    label,
    formats: [...new Set(files.map(({ format }) => format))],
    profiles: files.length,
    processes: processes && new Set(processes).size,
    duration: durations.every(known => known > 0) ? sum(durations) : 0,
    samples: sum(profiles.map(sampleCount)),
    period: profiles[0]!.period,
    total: sum(totals),
    requests: requestsOf(samples),
  }
}

/** Whether each process is one measurement, and not each of its windows: where there are enough of them. */
const isByProcess = (before: ProfileSide, after: ProfileSide): boolean =>
  Math.min(before.processes ?? 0, after.processes ?? 0) >= ENOUGH_PER_SIDE

/** Formats that merge equal samples have their number as a value. */
function sampleCount({ valueTypes, samples }: Profile): number {
  const counted = valueTypes.findIndex(({ type, unit }) => type === 'samples' && unit === 'count')
  return counted === -1 ? samples.stack.length : sum(samples.values[counted]!)
}

/** From this ratio on, durations, rates and totals count as different. */
const OTHER = 1.1

/** With fewer samples, a function that takes 1 % has fewer than ten of them. */
const FEW_SAMPLES = 1_000

/** What readers must know before they trust the difference. */
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
  'few-processes': (before, after) => {
    const [from, to] = [before.processes, after.processes]
    if (from === null || to === null || isByProcess(before, after)) return null
    return Math.min(before.profiles, after.profiles) < ENOUGH_PER_SIDE
      ? null
      : `Processes: ${from} before, ${to} after.`
  },
  'by-process': (before, after) => {
    const [from, to] = [before.processes, after.processes]
    if (!isByProcess(before, after) || (from === before.profiles && to === after.profiles)) return null
    return `Windows of one process were added up: ${from} processes before, ${to} after.`
  },
  'few-samples': (before, after) =>
    Math.min(before.samples, after.samples) < FEW_SAMPLES
      ? `Samples: ${before.samples} before, ${after.samples} after.`
      : null,
}

const diffFindings = (before: ProfileSide, after: ProfileSide): Finding[] => detect(DETECTORS, before, after)

/** Only where both are known. An unknown value is 0 or not finite. */
const differ = (there: number, here: number): boolean =>
  Number.isFinite(there / here) && there > 0 && here > 0 && Math.max(there / here, here / there) > OTHER
