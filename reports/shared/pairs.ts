/** A report as reporters read it: pair by pair, one variant against the baseline, with its gates and findings. */

import type { Comparison, Status } from '../../harness/model/comparison.ts'
import type { Sample, Subject } from '../../harness/model/evidence.ts'
import type { Finding } from '../../harness/model/finding.ts'
import type { GateVerdict, Report } from '../../harness/model/report.ts'
import { counted, percent, sound, value } from '../../harness/words/numbers.ts'
import { gravest } from '../../harness/words/verdicts.ts'
import type { Profiled } from './functions.ts'

export interface Pair {
  variant: Subject
  baseline: Subject
  comparisons: Comparison[]
  /** The comparison that the sentence is about. */
  headline: Comparison | undefined
  gates: GateVerdict[]
  status: Status
}

/** The metric that a variant is summed up by unless a gate on another one decided. */
export const MAIN_METRIC = 'cpu.perRequest'

/** All that was measured, the baseline included. */
export const variantsOf = ({ evidence }: Report): Subject[] => evidence.subjects

export const baselineOf = (report: Report): Subject => variantOf(report, report.evidence.baseline)

/** An unknown variant is named by its id. */
export function variantOf(report: Report, id: string): Subject {
  return variantsOf(report).find(it => it.id === id) ?? { id, label: id }
}

/** Every variant but the baseline, in the plan's order. */
export function pairs(report: Report): Pair[] {
  const { analysis, verdict } = report
  const baseline = baselineOf(report)
  return variantsOf(report)
    .filter(({ id }) => id !== baseline.id)
    .map(variant => pair(analysis.comparisons, verdict.gates, variant, baseline))
}

/** Every other two variants, each with its own functions and flames; no gate holds for them. */
export function otherPairs(report: Report): { pair: Pair; profiled: Profiled }[] {
  return (report.analysis.between ?? []).map(it => ({
    pair: pair(it.comparisons, [], variantOf(report, it.variant), variantOf(report, it.baseline)),
    profiled: { analysis: it },
  }))
}

function pair(all: Comparison[], allGates: GateVerdict[], variant: Subject, baseline: Subject): Pair {
  const comparisons = all.filter(it => it.variant === variant.id)
  const gates = allGates.filter(it => it.variant === variant.id)
  const headline = headlineOf(comparisons, gates)
  // As for the whole run: a gate that only warns decides nothing.
  const deciding = gates.filter(({ gate }) => gate.level === 'error')
  const status =
    deciding.length > 0 ? gravest(deciding.map(gate => gate.status)) : (headline?.verdict ?? 'not comparable')
  return { variant, baseline, comparisons, headline, gates, status }
}

/** What decided: a gate that failed, then CPU per request unless only another metric improved, then any other. */
function headlineOf(comparisons: Comparison[], gates: GateVerdict[]): Comparison | undefined {
  const gated = (is: (gate: GateVerdict) => boolean) => {
    const metric = gates.find(is)?.gate.metric
    return comparisons.find(it => it.metric === metric)
  }
  const main = comparisons.find(it => it.metric === MAIN_METRIC)
  const improved = main?.verdict === 'fine' ? gated(it => it.status === 'improved') : undefined
  return (
    gated(it => it.status === 'regressed') ??
    improved ??
    main ??
    gated(({ gate }) => gate.margin !== undefined) ??
    comparisons.find(it => sound(it.change))
  )
}

/** The measurements of one variant, in the order of their rounds. */
export const samplesOf = ({ evidence }: Report, variant: string): Sample[] =>
  evidence.samples.filter(({ subject }) => subject === variant)

/** A quick run, or one judged against a quick run, gates nothing. */
export const isQuick = ({ evidence }: Report): boolean => evidence.plan?.quick ?? false

/** How much was measured: `8 rounds`; of two runs `6 rounds each`, or `6 rounds before, 8 after`. */
export function roundsMeasured({ run: { rounds, recorded } }: Report): string {
  const own = counted(rounds.length, 'round')
  if (!recorded) return own
  return recorded.rounds.length === rounds.length
    ? `${own} each`
    : `${counted(recorded.rounds.length, 'round')} before, ${rounds.length} after`
}

/** Milliseconds of the run, and of the earlier one that it is judged against. */
export const timeMeasured = ({ run }: Report): number => run.duration + (run.recorded?.duration ?? 0)

/** Whether the run has anything to compare. */
export const measured = (report: Report): boolean =>
  report.analysis.comparisons.some(it => it.before !== null || it.after !== null)

/** What a gate watches and how far it may go: `CPU time per request`, `within 2 %, at most 40.0 µs`. */
export function gateWords({ gate }: GateVerdict, comparisons: Comparison[]) {
  const it = comparisons.find(({ metric }) => metric === gate.metric)
  const limits = [
    gate.margin !== undefined && `within ${percent(gate.margin)}`,
    gate.expect !== undefined && `better by ${percent(gate.expect)}`,
    gate.max !== undefined && `at most ${value(gate.max, it?.unit ?? '')}`,
  ]
  return { title: it?.title ?? gate.metric, limit: limits.filter(Boolean).join(', ') }
}

const RANK = { error: 0, warning: 1, info: 2 }

/** Gravest first; one that two runs have is listed once. */
export function findings({ analysis }: Report): Finding[] {
  const first = new Map(
    analysis.findings.toReversed().map(finding => [`${finding.code} ${finding.message}`, finding]),
  )
  return [...first.values()].toReversed().toSorted((a, b) => RANK[a.severity] - RANK[b.severity])
}
