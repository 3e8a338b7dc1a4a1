/** A report as reporters read it: pair by pair, one variant against the baseline, with its gates and findings. */
import type { Finding } from '../../harness/model/finding.ts'
import type { PlannedVariant } from '../../harness/model/plan.ts'
import type { Analysis, Comparison, GateVerdict, Report, Status } from '../../harness/model/report.ts'
import { percent, sound, value } from '../../harness/words/numbers.ts'
import { gravest } from '../../harness/words/verdicts.ts'
import type { Profiled } from './functions.ts'

export interface Pair {
  variant: PlannedVariant
  baseline: PlannedVariant
  comparisons: Comparison[]
  /** The comparison that the sentence is about. */
  headline: Comparison | undefined
  gates: GateVerdict[]
  status: Status
}

/** The metric that a variant is summed up by unless a gate on another one decided. */
export const MAIN_METRIC = 'cpu.perRequest'

/** All that was measured, the baseline included. */
export const variantsOf = ({ run }: Report): PlannedVariant[] => run.plan.variants

export const baselineOf = (report: Report): PlannedVariant => variantOf(report, report.run.plan.baseline)

/** A variant that the plan does not know keeps its id as its name. */
export function variantOf(report: Report, id: string): PlannedVariant {
  const known = variantsOf(report).find(it => it.id === id)
  return known ?? { id, label: id, command: [], directory: '', environment: {}, node: '' }
}

/** Every variant but the baseline, in the plan's order. */
export function pairs(report: Report): Pair[] {
  const { analysis, verdict } = report
  const baseline = baselineOf(report)
  return variantsOf(report)
    .filter(({ id }) => id !== baseline.id)
    .map(variant => pair(analysis, verdict.gates, variant, baseline))
}

/** Every other two variants, each with its own functions and flames; no gate holds for them. */
export function otherPairs(report: Report): { pair: Pair; profiled: Profiled }[] {
  return (report.analysis.between ?? []).map(it => ({
    pair: pair(it, [], variantOf(report, it.variant), variantOf(report, it.baseline)),
    profiled: { analysis: it },
  }))
}

function pair(
  analysis: Pick<Analysis, 'comparisons'>,
  allGates: GateVerdict[],
  variant: PlannedVariant,
  baseline: PlannedVariant,
): Pair {
  const comparisons = analysis.comparisons.filter(it => it.variant === variant.id)
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

/** Whether the run has anything to compare. */
export const measured = (report: Report): boolean =>
  report.analysis.comparisons.some(it => it.before !== null || it.after !== null)

/** What a gate watches and how far it may go: `CPU time per request`, `within 2 %, at most 40.0 µs`. */
export function gateWords({ gate }: GateVerdict, comparisons: Comparison[]) {
  const it = comparisons.find(({ metric }) => metric === gate.metric)
  const limits = [
    gate.margin !== undefined && `within ${percent(gate.margin)}`,
    gate.max !== undefined && `at most ${value(gate.max, it?.unit ?? '')}`,
  ]
  return { title: it?.title ?? gate.metric, limit: limits.filter(Boolean).join(', ') }
}

const RANK = { error: 0, warning: 1, info: 2 }

/** Findings of measuring and of analysis, gravest first; one that both made is listed once. */
export function findings({ run, analysis }: Report): Finding[] {
  const all = [...run.findings, ...analysis.findings]
  const first = new Map(all.toReversed().map(finding => [`${finding.code} ${finding.message}`, finding]))
  return [...first.values()].toReversed().toSorted((a, b) => RANK[a.severity] - RANK[b.severity])
}
