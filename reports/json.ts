/** The report as data, for scripts: what is on the terminal and more, with changes as fractions (0.034 is +3.4 %). */
import type { Artifact, Reporter } from '../harness/model/capabilities.ts'
import type { Report } from '../harness/model/report.ts'
import { baselineOf, findings, timeMeasured, variantsOf } from './shared/pairs.ts'

export const REPORT_SCHEMA = 'flamegate/report/1'

/** Indented JSON. A number that is not finite becomes `null`; `artifacts` are paths relative to the run's folder. */
export function renderJson(report: Report, artifacts: string[] = ['report.json']): string {
  const { run, analysis, verdict } = report
  const { plan } = run
  const { comparisons, frames, budgets, culprits, owners, latency, shifts, overheads } = analysis
  const document = {
    schema: REPORT_SCHEMA,
    run: run.id,
    scenario: plan.scenario,
    startedAt: run.startedAt,
    duration: timeMeasured(report),
    ending: run.ending,
    rounds: Math.max(run.rounds.length, run.recorded?.rounds.length ?? 0),
    quick: plan.quick,
    verdict: { status: verdict.status, decided: verdict.decided, unusable: verdict.unusable },
    gates: verdict.gates.map(({ gate, ...outcome }) => ({ ...gate, ...outcome })),
    variants: variantsOf(report).map(({ id, label }) => ({
      id,
      label,
      baseline: id === baselineOf(report).id,
    })),
    comparisons,
    frames,
    budgets,
    culprits,
    owners,
    latency,
    shifts: shifts ?? [],
    times: analysis.times ?? [],
    diagnosis: analysis.diagnosis ?? [],
    overheads,
    between: (analysis.between ?? []).map(({ variant, baseline, comparisons }) => ({
      variant,
      baseline,
      comparisons,
    })),
    leftOut: analysis.leftOut ?? [],
    findings: findings(report),
    environment: run.environment,
    repeat: plan.repeat,
    output: plan.output,
    artifacts,
  }
  return indented(document)
}

/** JSON that a terminal can print, ending in a line feed. */
export const indented = (document: object): string =>
  `${JSON.stringify(document, finite, 2).replace(UNSEEN, escaped)}\n`

// JSON leaves these characters as they are, and a terminal would obey some of them.
const UNSEEN = /(?!\n)[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu

const escaped = (text: string): string =>
  text
    .split('')
    .map(unit => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
    .join('')

const finite = (_key: string, value: unknown): unknown =>
  typeof value === 'number' && !Number.isFinite(value) ? null : value

const reporter: Reporter = {
  name: 'json',
  render: (report): Artifact[] => [{ path: 'report.json', content: renderJson(report) }],
}

export default reporter
