/** Reports of the doctor's two runs, as an engine that measures nothing would give them. */

import type { Comparison, Status } from '../../../harness/model/comparison.ts'
import type { FrameChange } from '../../../harness/model/flame.ts'
import type { Plan } from '../../../harness/model/plan.ts'
import type { Report } from '../../../harness/model/report.ts'
import { sampleRecord } from '../../store/record.ts'
import { reportOf } from '../host.ts'

/** Milliseconds. */
const ROUND = 5_000

export interface Outcome {
  status?: Status
  /** Log-ratios of CPU per request, one per round. */
  ratios: number[]
  /** A significant function. */
  culprit?: string
}

export async function trial(plan: Plan, outcome: Outcome): Promise<Report> {
  const { ratios, culprit, status = 'fine' } = outcome
  const report = await reportOf(plan, status)
  const [round] = sampleRecord().rounds
  return {
    ...report,
    run: {
      ...report.run,
      duration: ratios.length * ROUND,
      rounds: ratios.map((_, index) => ({ ...round!, index: index + 1, duration: ROUND })),
    },
    analysis: {
      ...report.analysis,
      comparisons: [comparison(ratios)],
      frames: culprit === undefined ? [] : [frame(culprit)],
    },
  }
}

export const comparison = (ratios: number[], changes: Partial<Comparison> = {}): Comparison => ({
  variant: 'injected',
  baseline: 'plain',
  metric: 'cpu.perRequest',
  title: 'CPU per request',
  unit: 'µs',
  better: 'lower',
  exact: false,
  secondary: false,
  before: 100,
  after: 100,
  change: { estimate: 0.01, low: -0.01, high: 0.03, confidence: 0.95 },
  ratios,
  values: { before: ratios.map(() => 100), after: ratios.map(() => 100) },
  rounds: ratios.length,
  verdict: 'fine',
  ...changes,
})

const frame = (name: string): FrameChange => ({
  variant: 'injected',
  baseline: 'plain',
  collector: 'cpu',
  function: name,
  file: 'server.js',
  line: 1,
  category: 'application',
  before: 0,
  after: 5,
  totalBefore: 0,
  totalAfter: 5,
  change: { estimate: 0.05, low: 0.04, high: 0.06, confidence: 0.95 },
  p: 0.01,
  significant: true,
  detectable: 0.02,
  match: 'only after',
})
