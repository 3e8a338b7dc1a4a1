import type { Look } from '../../harness/judge/index.ts'
import type { Comparison } from '../../harness/model/comparison.ts'
import type { Subject } from '../../harness/model/evidence.ts'
import type { Gate } from '../../harness/model/plan.ts'

/** A comparison as `analyze` makes it, of the variant `after`; log-ratios in per cent for easy reading. */
export function comparison(percent: (number | null)[], given: Partial<Comparison> = {}): Comparison {
  const ratios = percent.map(value => (value === null ? null : Math.log1p(value / 100)))
  return {
    variant: 'after',
    baseline: 'before',
    metric: 'cpu.perRequest',
    title: 'CPU per request',
    unit: 'µs',
    better: 'lower',
    exact: false,
    secondary: false,
    before: 100,
    after: 100,
    change: null,
    ratios,
    values: { before: ratios.map(() => 100), after: ratios.map(ratio => 100 * Math.exp(ratio ?? 0)) },
    rounds: ratios.filter(ratio => ratio !== null).length,
    verdict: 'inconclusive',
    ...given,
  }
}

export function look(gates: Gate[], rounds: number, given: Partial<Look> = {}): Look {
  return {
    plan: { gates, rounds: { min: 4, max: 24 }, quick: false },
    subjects: ['before', 'after'].map(subjectOf),
    baseline: 'before',
    rounds,
    last: true,
    roundTime: 5_000,
    ...given,
  }
}

export const subjectOf = (id: string): Subject => ({ id, label: id })

export const gate = (given: Partial<Gate> = {}): Gate => ({
  metric: 'cpu.perRequest',
  margin: 0.02,
  level: 'error',
  ...given,
})
