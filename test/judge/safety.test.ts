/** For any input, a verdict has only finite numbers, and nothing passes without evidence. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { compare } from '../../harness/analyze/compare.ts'
import { judgeComparisons } from '../../harness/judge/index.ts'
import type { Metric } from '../../harness/model/metric.ts'
import { gate, look } from './comparisons.ts'

const figure = fc.oneof(
  fc.constantFrom(null, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0, -0, 5e-324, 1e308),
  fc.double(),
  fc.double({ min: -0.1, max: 0.1, noNaN: true }),
)

const column = fc.array(figure, { maxLength: 14 })

const threshold = fc.option(fc.oneof(figure, fc.double({ min: 0.001, max: 0.5, noNaN: true })), {
  nil: undefined,
})

const metric = fc.record({
  id: fc.constant('cpu.perRequest'),
  title: fc.constant('CPU per request'),
  unit: fc.constantFrom('µs' as const, 'count' as const),
  better: fc.constantFrom('lower' as const, 'higher' as const),
  family: fc.constantFrom('exact' as const, 'processor' as const),
  order: fc.constant(1),
  measure: fc.constant(() => null),
})

const allNumbers = (value: unknown): number[] =>
  typeof value === 'number'
    ? [value]
    : value !== null && typeof value === 'object'
      ? Object.values(value).flatMap(allNumbers)
      : []

function verdictOf(
  metric: Metric,
  [ratios, before, after]: (number | null)[][],
  [margin, max]: (number | null | undefined)[],
) {
  const table = { ratios: ratios!, before: before!, after: after! }
  const comparison = compare(metric, 'after', 'before', table, 12)
  const gates = [gate({ margin: margin ?? undefined, max: max ?? undefined })]
  return { comparison, verdict: judgeComparisons([comparison], look(gates, ratios!.length)) }
}

const columns = fc.tuple(column, column, column)
const thresholds = fc.tuple(threshold, threshold)

test('a verdict has only finite numbers', () => {
  fc.assert(
    fc.property(metric, columns, thresholds, (metric, columns, thresholds) => {
      const { comparison, verdict } = verdictOf(metric, columns, thresholds)
      const [{ gate: _, ...judged }] = verdict.gates as [(typeof verdict.gates)[0]]
      for (const number of allNumbers([judged, comparison.change])) expect(number).toSatisfy(Number.isFinite)
      expect(judged.reason).not.toMatch(/NaN|Infinity|undefined/)
      expect(judged.reason).not.toBe('')
    }),
    { numRuns: 3_000 },
  )
})

test('without a threshold that is a number nothing is fine', () => {
  fc.assert(
    fc.property(
      metric,
      columns,
      fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY, undefined),
      (metric, columns, none) => {
        expect(verdictOf(metric, columns, [none, none]).verdict.status).toBe('not comparable')
      },
    ),
  )
})

test('fewer than two measured rounds pass no gate on a change', () => {
  const gap = fc.constantFrom(null, Number.NaN, Number.POSITIVE_INFINITY)
  const sparse = fc.tuple(fc.array(gap, { maxLength: 10 }), fc.array(fc.constant(0.001), { maxLength: 1 }))
  fc.assert(
    fc.property(metric, sparse, column, (metric, [gaps, one], values) => {
      const { verdict } = verdictOf(
        { ...metric, family: 'processor' },
        [[...gaps, ...one], values, values],
        [0.02],
      )
      expect(verdict.status).toBe('not comparable')
    }),
  )
})
