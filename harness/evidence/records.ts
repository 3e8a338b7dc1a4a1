/** Two records of different times → evidence, which allows fewer conclusions than one run. */
import { finding } from '../findings/index.ts'
import type { Evidence, Sample, Subject } from '../model/evidence.ts'
import type { RunRecord } from '../model/record.ts'
import { comparability, differenceOfMachines } from './comparability.ts'
import { sampleOf } from './run.ts'

const [BEFORE, AFTER] = ['before', 'after'] as const

/** One variant, as two records measured it. */
export function evidenceOfRecords(before: RunRecord, after: RunRecord, variant: string): Evidence {
  const samples = [...samplesOf(before, variant, BEFORE), ...samplesOf(after, variant, AFTER)]
  const found = comparability(before, after, variant)
  const obstacle = obstacleTo(before, after, variant)
  return {
    pairing: 'independent',
    subjects: [subjectOf(before, variant, BEFORE, after), subjectOf(after, variant, AFTER, before)],
    baseline: BEFORE,
    samples,
    collectors: after.plan.collectors.filter(name => before.plan.collectors.includes(name)),
    steps: after.plan.load.steps.map(({ name }) => name),
    drifting: ['processor', 'waiting', 'runtime'],
    referenced: obstacle === null && after.plan.yardstick !== undefined,
    findings: [
      finding(
        'not-interleaved',
        `One side was measured at ${before.startedAt}, the other at ${after.startedAt}. The intervals cover how launches differ, not what the machine did in between.`,
      ),
      ...(obstacle === null
        ? []
        : [finding('no-yardstick', `Changes of time are shown but not judged: ${obstacle}.`)]),
      ...found,
      ...before.findings,
      ...after.findings,
    ],
    plan: { ...after.plan, quick: before.plan.quick || after.plan.quick },
  }
}

/** The record of a comparison that was not planned: one variant of the later run and of the earlier run, without gates. */
export function joinRecords(
  before: RunRecord,
  after: RunRecord,
  variant: string,
  given: Pick<RunRecord['plan'], 'output' | 'repeat'>,
): RunRecord {
  const { recorded, ...earlier } = onlyVariant(before, variant)
  const later = onlyVariant(after, variant)
  return { ...later, plan: { ...later.plan, ...given, gates: [] }, recorded: earlier }
}

const onlyVariant = (run: RunRecord, variant: string): RunRecord => ({
  ...run,
  plan: {
    ...run.plan,
    variants: run.plan.variants.filter(({ id }) => id === variant),
    baseline: variant,
  },
  rounds: run.rounds.map(round => ({
    ...round,
    launches: round.launches.filter(launch => launch.variant === variant),
  })),
})

/** A variant's launches as samples of one side, numbered from 1. */
function samplesOf({ rounds }: RunRecord, variant: string, id: string): Sample[] {
  const measured = rounds.flatMap(round =>
    round.launches.filter(launch => launch.variant === variant).map(launch => sampleOf(launch, round)),
  )
  return measured.map((sample, at) => ({ ...sample, subject: id, round: at + 1 }))
}

/** Why times cannot be compared through the yardstick, as text; `null` when they can. */
function obstacleTo(before: RunRecord, after: RunRecord, variant: string): string | null {
  const without = [before, after].find(({ rounds }) => rounds.some(({ yardstick }) => !yardstick))
  if (without) return `the ${without === before ? 'earlier' : 'later'} run has measured no yardstick`
  const [there, here] = [before, after].map(({ plan }) => plan.yardstick?.version)
  if (there !== here) return `the yardstick was version ${there} there and ${here} here`
  const [was, is] = [before, after].map(({ rounds }) => rounds[0]?.yardstick?.versions.node)
  if (was !== is) return `the yardstick ran on Node ${was} there and ${is} here`
  const other = differenceOfMachines(before, after, variant)
  return other ? `they were measured on different machines (${other.replace(/\.$/, '')})` : null
}

/** The labels name the commits where they differ, or else the times, to the second where the minute is the same. */
function subjectOf(run: RunRecord, variant: string, id: string, other: RunRecord): Subject {
  const own = run.plan.variants.find(each => each.id === variant)
  const [commit, theirs] = [run.environment.commit, other.environment.commit]
  const known = commit !== null && theirs !== null && commit !== theirs
  const minute = run.startedAt.slice(0, 16)
  const time = other.startedAt.startsWith(minute) ? run.startedAt.slice(0, 19) : minute
  const mark = known ? commit.slice(0, 12) : time.replace('T', ' ')
  return {
    id,
    label: `${own?.label ?? variant} (${mark})`,
    planned: own,
    sources: run.sources,
    packages: run.packages,
  }
}
