/** Two records of different times as one, and what may be concluded from that: less than from one run. */

import { finding } from '../findings/catalogue.ts'
import type { Finding } from '../model/finding.ts'
import type { Plan } from '../model/plan.ts'
import type { LaunchRecord, RunRecord } from '../model/record.ts'
import type { Analysis } from '../model/report.ts'
import { magnitude } from '../words/numbers.ts'
import { allowances, shiftOf } from './across.ts'
import { comparability } from './comparability.ts'

const [BEFORE, AFTER] = ['before', 'after'] as const

/** What differs between two machines so much that even their yardsticks do not make times comparable. */
const OTHER_MACHINE = ['other-platform', 'other-processor', 'other-cores']

/**
 * One variant as two records have measured it, in the shape of a run: its launches in the order of their rounds, each
 * side with its yardsticks.
 *
 * @param given where the report goes, the command that repeats it, and the gates that hold
 */
export function joinRecords(
  before: RunRecord,
  after: RunRecord,
  variant: string,
  given: Pick<Plan, 'output' | 'repeat' | 'gates'>,
): RunRecord {
  const { recorded: _, ...latest } = after
  const { yardstick, ...plan } = after.plan
  const sides = [sideOf(before, variant, BEFORE), sideOf(after, variant, AFTER)]
  const count = Math.max(...sides.map(({ length }) => length))
  const found = differences(before, after, variant)
  const obstacle = whatObstructs(before, after, found)
  return {
    ...latest,
    id: `${before.id} and ${after.id}`,
    plan: {
      ...plan,
      ...given,
      variants: [planned(before, variant, BEFORE, after), planned(after, variant, AFTER, before)],
      baseline: BEFORE,
      ...(obstacle === null && yardstick && { yardstick }),
      collectors: after.plan.collectors.filter(name => before.plan.collectors.includes(name)),
      quick: before.plan.quick || after.plan.quick,
    },
    duration: before.duration + after.duration,
    rounds: Array.from({ length: count }, (_, i) => ({
      index: i + 1,
      startedAt: after.startedAt,
      duration: (before.duration + after.duration) / count,
      launches: sides.flatMap(side => side[i]?.launch ?? []),
      yardsticks: sides.flatMap(side => side[i]?.yardstick ?? []),
    })),
    findings: [
      finding(
        'not-interleaved',
        `One side was measured at ${before.startedAt}, the other at ${after.startedAt}: the intervals know the launches, not what the machine did in between.`,
      ),
      obstacle === null
        ? finding('yardstick', yardstickWords(before, after))
        : finding('no-yardstick', `Changes of time are shown and not judged: ${obstacle}.`),
      ...found,
      ...before.findings,
      ...after.findings,
    ],
  }
}

/** A variant's launches with the yardsticks of their rounds, under the id of the side. */
function sideOf({ rounds }: RunRecord, variant: string, id: string) {
  const as = (launch: LaunchRecord | undefined) => launch && { ...launch, variant: id }
  return rounds.flatMap(({ launches, yardsticks }) => {
    const launch = as(launches.find(each => each.variant === variant))
    return launch ? [{ launch, yardstick: as(yardsticks?.[0]) }] : []
  })
}

/** Why times cannot be held against the yardstick, in words; `null` when they can. */
function whatObstructs(before: RunRecord, after: RunRecord, found: Finding[]): string | null {
  const [there, here] = [before, after].map(run => ({
    version: run.plan.yardstick?.version,
    launches: run.rounds.flatMap(({ yardsticks = [] }) => yardsticks),
    rounds: run.rounds.length,
  }))
  const without = [there!, here!].find(({ launches, rounds }) => launches.length < rounds)
  if (without) return `the ${without === there ? 'earlier' : 'later'} run has measured no yardstick`
  if (there!.version !== here!.version)
    return `the yardstick was version ${there!.version} there and ${here!.version} here`
  const [was, is] = [there!, here!].map(({ launches }) => launches[0]?.versions.node)
  if (was !== is) return `the yardstick ran on Node ${was} there and ${is} here`
  const machine = found.find(({ code }) => OTHER_MACHINE.includes(code))
  return machine ? `they were measured on different machines (${machine.message.replace(/\.$/, '')})` : null
}

function yardstickWords(before: RunRecord, after: RunRecord): string {
  const [there, here] = [before, after].map(({ rounds }) =>
    rounds.flatMap(({ yardsticks = [] }) => yardsticks),
  )
  const shift = shiftOf(there!, here!)
  const { processorTime, otherTime } = allowances(shift)
  const wider = `a gate's margin is wider by ${magnitude(processorTime)} on CPU time and by ${magnitude(otherTime)} on any other`
  if (shift === 0) return `Times are compared as ratios to the yardstick, and ${wider}.`
  const change = magnitude(Math.expm1(shift))
  return `The yardstick took ${change} ${shift > 0 ? 'more' : 'less'} CPU time here than there. Times are compared as ratios to it, and ${wider}.`
}

/** What the reader must know before comparing a variant of two records. */
export const differences = (before: RunRecord, after: RunRecord, variant: string): Finding[] =>
  comparability(asBaseline(before, variant), asBaseline(after, variant))

const asBaseline = (run: RunRecord, variant: string): RunRecord => ({
  ...run,
  plan: { ...run.plan, baseline: variant },
})

/** Told apart by commit where both have another one, or else by time. */
function planned(run: RunRecord, variant: string, id: string, other: RunRecord) {
  const own = run.plan.variants.find(each => each.id === variant)!
  const [commit, theirs] = [run.environment.commit, other.environment.commit]
  const known = commit !== null && theirs !== null && commit !== theirs
  const mark = known ? commit.slice(0, 12) : run.startedAt.slice(0, 16).replace('T', ' ')
  return { ...own, id, label: `${own.label} (${mark})` }
}

/** Whether the two sides were measured at different times. */
export const isJoined = ({ findings }: RunRecord): boolean =>
  findings.some(({ code }) => code === 'not-interleaved')

/** Without the certainty of functions: which of them has changed, only launches measured in turn can say. */
export function withoutCertainty(analysis: Analysis): Analysis {
  const timed = new Set(
    analysis.flames.filter(({ unit }) => unit !== 'bytes').map(({ collector }) => collector),
  )
  return {
    ...analysis,
    frames: analysis.frames.map(({ withCallees, ...it }) =>
      timed.has(it.collector)
        ? { ...it, p: null, significant: false, detectable: null }
        : { ...it, ...(withCallees && { withCallees }) },
    ),
    flames: analysis.flames.map(it => {
      const unknown = it.parent.map(() => null)
      return timed.has(it.collector) ? { ...it, low: unknown, high: unknown } : it
    }),
  }
}
