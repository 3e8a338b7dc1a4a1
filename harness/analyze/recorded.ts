/** Two records of different times as one, and what may be concluded from that: less than from one run. */

import { finding } from '../model/catalogue.ts'
import type { Finding } from '../model/finding.ts'
import type { LaunchRecord, RunRecord } from '../model/record.ts'
import type { Analysis, Comparison } from '../model/report.ts'
import { comparability } from './comparability.ts'
import { launchesOf } from './totals.ts'

const [BEFORE, AFTER] = ['before', 'after']

/**
 * One variant as two records have measured it, in the shape of a run: its launches in the order of their rounds, as
 * many as both have. There are no gates, because what a gate promises holds for launches that were measured in turn.
 *
 * @param given where the report goes, and the command that repeats it
 */
export function joinRecords(
  before: RunRecord,
  after: RunRecord,
  variant: string,
  given: { output: string; repeat: string },
): RunRecord {
  const sides = [before, after].map(run => launchesOf(run, variant))
  const count = Math.min(...sides.map(({ length }) => length))
  const as = (launch: LaunchRecord, id: string) => ({ ...launch, variant: id })
  return {
    ...after,
    id: `${before.id} and ${after.id}`,
    plan: {
      ...after.plan,
      ...given,
      variants: [planned(before, variant, BEFORE!, after), planned(after, variant, AFTER!, before)],
      baseline: BEFORE!,
      gates: [],
      collectors: after.plan.collectors.filter(name => before.plan.collectors.includes(name)),
      quick: before.plan.quick || after.plan.quick,
    },
    duration: before.duration + after.duration,
    ending: 'complete',
    rounds: Array.from({ length: count }, (_, i) => ({
      index: i + 1,
      startedAt: after.startedAt,
      duration: (before.duration + after.duration) / count,
      launches: [as(sides[0]![i]!, BEFORE!), as(sides[1]![i]!, AFTER!)],
    })),
    findings: [
      finding('not-interleaved', timesOf(before, after, sides)),
      ...differences(before, after, variant),
      ...before.findings,
      ...after.findings,
    ],
  }
}

function timesOf(before: RunRecord, after: RunRecord, sides: LaunchRecord[][]): string {
  const [there, here] = sides.map(({ length }) => length)
  const used =
    there === here ? '' : ` The first ${Math.min(there!, here!)} of ${there} and ${here} rounds are compared.`
  return `One side was measured at ${before.startedAt}, the other at ${after.startedAt}: the intervals know the launches, not what the machine did in between.${used}`
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

/**
 * Without what would need launches measured in turn: words and significance for time. Bytes and exact figures carry
 * over from one day to another, and keep theirs.
 */
export function withoutCertainty(analysis: Analysis): Analysis {
  const timed = new Set(
    analysis.flames.filter(({ unit }) => unit !== 'bytes').map(({ collector }) => collector),
  )
  return {
    ...analysis,
    comparisons: analysis.comparisons.map(it => (carriesOver(it) ? it : { ...it, verdict: openVerdict(it) })),
    frames: analysis.frames.map(it =>
      timed.has(it.collector) ? { ...it, p: null, significant: false, detectable: null } : it,
    ),
    flames: analysis.flames.map(it => {
      const unknown = it.parent.map(() => null)
      return timed.has(it.collector) ? { ...it, low: unknown, high: unknown } : it
    }),
  }
}

const carriesOver = ({ exact, unit }: Comparison) => exact || unit === 'bytes'

const openVerdict = ({ verdict }: Comparison): Comparison['verdict'] =>
  verdict === 'not comparable' ? verdict : 'inconclusive'
