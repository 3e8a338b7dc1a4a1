/** A report seen pair by pair: one variant against the baseline. */
import type { Plan, PlannedVariant } from '../../harness/model/plan.ts'
import type {
  Analysis,
  Comparison,
  FrameChange,
  GateVerdict,
  Report,
  Status,
} from '../../harness/model/report.ts'
import { sound } from '../../harness/words/numbers.ts'
import { gravest } from '../../harness/words/verdicts.ts'

export interface Pair {
  variant: PlannedVariant
  baseline: PlannedVariant
  comparisons: Comparison[]
  /** The comparison that the sentence is about. */
  headline: Comparison | undefined
  gates: GateVerdict[]
  status: Status
}

/** Every variant but the baseline, in the plan's order. */
export function pairs({ run, analysis, verdict }: Report): Pair[] {
  const { plan } = run
  const baseline = variantOf(plan, plan.baseline)
  return plan.variants
    .filter(variant => variant.id !== plan.baseline)
    .map(variant => pair(analysis, verdict.gates, variant, baseline))
}

/** Every other two variants, each with its own functions and flames; no gate holds for them. */
export function otherPairs({ run, analysis }: Report): { pair: Pair; profiled: Profiled }[] {
  return (analysis.between ?? []).map(it => {
    const [variant, baseline] = [it.variant, it.baseline].map(id => variantOf(run.plan, id))
    return { pair: pair(it, [], variant!, baseline!), profiled: { analysis: it } }
  })
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
  const status =
    gates.length > 0 ? gravest(gates.map(gate => gate.status)) : (headline?.verdict ?? 'not comparable')
  return { variant, baseline, comparisons, headline, gates, status }
}

/** What decided: a relative gate that failed, then CPU per request, then whatever comes first. */
function headlineOf(comparisons: Comparison[], gates: GateVerdict[]): Comparison | undefined {
  const failed = gates.find(it => it.status === 'regressed')?.gate.metric
  const gated = gates.find(it => it.gate.margin !== undefined)?.gate.metric
  const named = (metric: string | undefined) => comparisons.find(it => it.metric === metric)
  return named(failed) ?? named('cpu.perRequest') ?? named(gated) ?? comparisons.find(it => sound(it.change))
}

/** The planned variant; one that the plan does not know keeps its id as its name. */
export function variantOf(plan: Pick<Plan, 'variants'>, id: string): PlannedVariant {
  const known = plan.variants.find(it => it.id === id)
  return known ?? { id, label: id, command: [], directory: '', environment: {}, node: '' }
}

/** Whether the run has anything to compare. */
export const measured = (report: Report): boolean =>
  report.analysis.comparisons.some(it => it.before !== null || it.after !== null)

/** Whatever has functions and flames: a report, or a diff of profiles. */
export interface Profiled {
  analysis: Pick<Analysis, 'frames' | 'flames' | 'budgets'>
}

/** Functions of one pair and collector: those that changed beyond doubt first, then by size. */
export function topFrames(
  report: Profiled,
  variant: string,
  collector: string,
  limit: number,
): FrameChange[] {
  return report.analysis.frames
    .filter(it => it.variant === variant && it.collector === collector && Number.isFinite(it.change.estimate))
    .toSorted((a, b) => Number(b.significant) - Number(a.significant) || size(b) - size(a))
    .slice(0, limit)
}

const size = (frame: FrameChange): number => Math.abs(frame.change.estimate)

/** Collectors that brought back functions or a flame for this variant, CPU first. */
export function collectorsOf(report: Profiled, variant: string): string[] {
  const { frames, flames } = report.analysis
  const names = new Set([...flames, ...frames].filter(it => it.variant === variant).map(it => it.collector))
  return [...names].toSorted((a, b) => Number(b === 'cpu') - Number(a === 'cpu'))
}

/** The unit that a collector's figures are in. */
export function unitOf(report: Profiled, variant: string, collector: string): string {
  const { flames, budgets } = report.analysis
  const same = (it: { variant: string; collector: string }) =>
    it.variant === variant && it.collector === collector
  return flames.find(same)?.unit ?? budgets.find(same)?.unit ?? (collector === 'cpu' ? 'µs' : '')
}

/** What a collector's figures are given in, in words. */
export function perOf(report: Profiled, variant: string, collector: string): string {
  const flame = report.analysis.flames.find(it => it.variant === variant && it.collector === collector)
  return flame?.per ?? 'per request'
}
