/** Runs in which so many requests went wrong, and what is concluded from them. */
import { analyze } from '../../harness/analyze/index.ts'
import { judge } from '../../harness/judge/index.ts'
import cpu from '../../harness/metrics/cpu-per-request.ts'
import errors from '../../harness/metrics/errors.ts'
import bytes from '../../harness/metrics/response-bytes.ts'
import type { Failure, LaunchRecord } from '../../harness/model/launch.ts'
import type { Gate } from '../../harness/model/plan.ts'
import type { RunRecord } from '../../harness/model/record.ts'
import { createHistogram, encodeHistogram, record } from '../../harness/stats/histogram.ts'
import { launch, QUIET, slices } from './records.ts'

export const METRICS = [cpu, errors, bytes]
export const GATES: Record<string, Gate> = {
  cpu: { metric: 'cpu.perRequest', margin: 0.02, level: 'error' },
  errors: { metric: 'errors', max: 0, level: 'error' },
  warning: { metric: 'cpu.perRequest', margin: 0.02, level: 'warn' },
}

export function histogram(count: number): string {
  const made = createHistogram()
  for (let i = 0; i < count; i++) record(made, 100)
  return encodeHistogram(made)
}

export interface Gone {
  reason?: string
  kind?: Failure['kind']
  step?: string
  sample?: string
}

/** A launch of 300 requests to one step, so many of which went wrong. */
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
    latency: [histogram(300 - noLatency)],
    ...(wrong > 0 && { failures: [{ step, kind, reason, count: wrong, ...more }] }),
    ...given,
  })
}

export const rounds = (count: number, before: LaunchRecord, after: LaunchRecord): LaunchRecord[][] =>
  new Array(count).fill([before, after])

export function concluded(measured: RunRecord, gates: Gate[], more: Partial<RunRecord['plan']> = {}) {
  const whole = { ...measured, plan: { ...measured.plan, gates, ...more } }
  const analysis = analyze(whole, METRICS)
  return { analysis, verdict: judge(analysis, whole) }
}

export const wordsOf = ({ analysis }: ReturnType<typeof concluded>) =>
  Object.fromEntries(analysis.comparisons.map(({ metric, verdict }) => [metric, verdict]))

export const codesOf = ({ analysis }: ReturnType<typeof concluded>) =>
  analysis.findings.filter(({ severity }) => severity === 'error').map(({ code }) => code)
