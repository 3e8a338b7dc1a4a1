/** Runs in which requests went wrong, and what is concluded from them. */
import { analyze } from '../../harness/analyze/index.ts'
import { evidenceOfRun } from '../../harness/evidence/index.ts'
import { judge } from '../../harness/judge/index.ts'
import type { Evidence } from '../../harness/model/evidence.ts'
import type { Failure, LaunchRecord } from '../../harness/model/launch.ts'
import type { Gate } from '../../harness/model/plan.ts'
import type { RunRecord } from '../../harness/model/record.ts'
import { encoded, launch, metricsOf, QUIET, slices } from './records.ts'

export const METRICS = metricsOf('cpu.perRequest', 'errors', 'response.bytes')
export const GATES: Record<string, Gate> = {
  cpu: { metric: 'cpu.perRequest', margin: 0.02, level: 'error' },
  errors: { metric: 'errors', max: 0, level: 'error' },
  warning: { metric: 'cpu.perRequest', margin: 0.02, level: 'warn' },
}

export const histogram = (count: number): string => encoded(new Array<number>(count).fill(100))

export interface Gone {
  reason?: string
  kind?: Failure['kind']
  step?: string
  sample?: string
}

/** A launch that sent 300 requests to one step and got `wrong` unexpected answers. */
export function answered(variant: string, wrong: number, gone: Gone = {}, given: Partial<LaunchRecord> = {}) {
  const { reason = 'status 429', kind = 'unexpected', step = 'GET /', ...more } = gone
  const lost = kind === 'error' ? wrong : 0
  const noLatency = reason === 'it timed out' ? 0 : lost
  const column = (total: number) => [total, 0, 0]
  return launch(variant, {
    timed: slices({
      ...QUIET,
      requests: column(300 - lost),
      errors: column(lost),
      unexpected: column(wrong - lost),
    }),
    histograms: { latency: [histogram(300 - noLatency)] },
    ...(wrong > 0 && { failures: [{ step, kind, reason, count: wrong, ...more }] }),
    ...given,
  })
}

export const rounds = (count: number, before: LaunchRecord, after: LaunchRecord): LaunchRecord[][] =>
  new Array(count).fill([before, after])

export function concluded(measured: RunRecord, gates: Gate[], more: Partial<RunRecord['plan']> = {}) {
  const whole = { ...measured, plan: { ...measured.plan, gates, ...more } }
  return judgedOn(evidenceOfRun(whole), whole)
}

export function judgedOn(evidence: Evidence, run: RunRecord) {
  const analysis = analyze(evidence, METRICS)
  return { analysis, verdict: judge(analysis, evidence, run) }
}

export const wordsOf = ({ analysis }: ReturnType<typeof concluded>) =>
  Object.fromEntries(analysis.comparisons.map(({ metric, verdict }) => [metric, verdict]))

export const codesOf = ({ analysis }: ReturnType<typeof concluded>) =>
  analysis.findings.filter(({ severity }) => severity === 'error').map(({ code }) => code)
