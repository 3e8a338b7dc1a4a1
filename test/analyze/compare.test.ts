import { describe, expect, test } from 'vitest'
import { analyze, comparisonsOf } from '../../harness/analyze/index.ts'
import { ratiosOf } from '../../harness/analyze/ratios.ts'
import type { Metric } from '../../harness/model/metric.ts'
import { evidence, launch, plan, timed } from './records.ts'

const metric = (given: Partial<Metric>): Metric => ({
  id: 'cpu.perRequest',
  title: 'CPU per request',
  unit: 'µs',
  family: 'processor',
  better: 'lower',
  order: 1,
  measure: ({ columns }) => columns.cpu ?? [],
  ...given,
})

const pair = (before: (number | null)[], after: (number | null)[]) => [
  timed('before', { cpu: before }),
  timed('after', { cpu: after }),
]

const ratios = (before: (number | null)[], after: (number | null)[], given: Partial<Metric> = {}) =>
  ratiosOf(evidence([pair(before, after)]), metric(given), 'after', new Set())

describe('ratiosOf', () => {
  test('pairs the slices that ran next to each other and averages their log-ratios', () => {
    // The machine slows down fourfold; each pair still says +10 %.
    const { ratios: found, before, after } = ratios([100, 200, 400], [110, 220, 440])
    expect(found[0]).toBeCloseTo(Math.log(1.1), 12)
    expect(before).toEqual([200])
    expect(after).toEqual([220])
  })

  test('bursts in a few slices make no difference', () => {
    const quiet = new Array<number>(24).fill(100)
    const bursts = quiet.map((cost, i) => (i === 3 || i === 10 ? cost * 9 : cost * 1.02))
    expect(ratios(quiet, bursts).ratios[0]).toBeCloseTo(Math.log(1.02), 12)
  })

  test('pairs of two kinds, by which side went first, give the value in between', () => {
    const before = Array.from({ length: 40 }, (_, row) => (row % 2 === 0 ? 112 : 100))
    const after = Array.from({ length: 40 }, (_, row) => (row % 2 === 0 ? 103 : 103 * 1.12))
    expect(ratios(before, after).ratios[0]).toBeCloseTo(Math.log(1.03), 12)
  })

  test('a slice without a value costs only its own pair', () => {
    const found = ratios([100, 100, null, 100, 0, 100], [105, 105, 500, Number.NaN, 500, 105]).ratios[0]
    expect(found).toBeCloseTo(Math.log(1.05), 12)
  })

  test('a single value per launch gives one ratio', () => {
    const { ratios: found } = ratios([100, 300], [110, 330], {
      measure: ({ columns: { cpu } }) => cpu![0]! + cpu![1]!,
    })
    expect(found[0]).toBeCloseTo(Math.log(1.1), 12)
  })

  test.each([
    ['missing', [null], [1]],
    ['zero', [0], [1]],
    ['negative', [1], [-1]],
    ['not finite', [1], [Number.POSITIVE_INFINITY]],
    ['without slices', [], []],
  ])('there is no ratio where a side is %s', (_, before, after) => {
    expect(ratios(before, after).ratios).toEqual([null])
  })

  test('a round that lost its pair keeps its place', () => {
    const measured = evidence([pair([100], [110]), [timed('before', { cpu: [100] })], pair([100], [110])])
    const found = ratiosOf(measured, metric({}), 'after', new Set())
    expect(found.ratios.map(ratio => ratio === null)).toEqual([false, true, false])
    expect(found.after).toEqual([110, null, 110])
  })

  test('a round that is left out keeps its values and loses its ratio', () => {
    const measured = evidence([pair([100], [110]), pair([100], [120])])
    const second = measured.samples.filter(({ round }) => round === 2)
    const found = ratiosOf(measured, metric({}), 'after', new Set(second))
    expect(found.ratios[1]).toBeNull()
    expect(found.after).toEqual([110, 120])
  })
})

describe('comparisonsOf', () => {
  const rounds = [5.2, 4.9, 5.6, 4.4, 5.1, 4.8, 5.3, 5.0].map(percent => pair([100], [100 + percent]))

  test('the change with its interval, as fractions', () => {
    const [comparison] = comparisonsOf(evidence(rounds), [metric({})])
    expect(comparison).toMatchObject({ variant: 'after', baseline: 'before', rounds: 8 })
    expect(comparison!.change!.estimate).toBeCloseTo(0.0504, 3)
    expect(comparison!.change!.low).toBeCloseTo(0.0473, 3)
    expect(comparison!.change!.high).toBeCloseTo(0.0534, 3)
    expect(comparison!.change!.confidence).toBe(0.95)
    expect(comparison!.verdict).toBe('regressed')
  })

  test('figures that agree with the change, around the middle of both sides', () => {
    // The machine got faster while the change made everything slower: the middles alone say the opposite.
    const drifting = [100, 90, 80, 70, 60, 50, 40, 30].map((cost, at) =>
      pair([cost], [cost * (1.05 + at / 1e4)]),
    )
    const [{ before, after, change, values } = {}] = comparisonsOf(evidence(drifting.toSpliced(0, 1)), [
      metric({}),
    ])
    expect(after! / before!).toBeCloseTo(1 + change!.estimate, 10)
    expect(Math.sqrt(before! * after!)).toBeCloseTo(Math.sqrt(60 * values!.after[3]!), 6)
  })

  test('in the order of the metrics, without those that were not measured', () => {
    const metrics = [
      metric({ id: 'second', order: 2 }),
      metric({ id: 'absent', order: 0, measure: () => null }),
      metric({ id: 'first', order: 1 }),
    ]
    expect(comparisonsOf(evidence(rounds), metrics).map(({ metric }) => metric)).toEqual(['first', 'second'])
  })

  test('what only one side has is not comparable, and not zero', () => {
    const oneSided = evidence(rounds.map(() => pair([null], [100])))
    expect(comparisonsOf(oneSided, [metric({})])).toMatchObject([
      { before: null, after: 100, change: null, verdict: 'not comparable', rounds: 0 },
    ])
  })

  test('one round gives no interval', () => {
    expect(comparisonsOf(evidence(rounds.slice(0, 1)), [metric({})])).toMatchObject([
      { change: null, verdict: 'not comparable', rounds: 1 },
    ])
  })

  test('where most rounds of a side have nothing, the few others say nothing of a change', () => {
    // Only the first two rounds have a ratio, and both say that nothing changed.
    const seldom = [1, 1, 0, 0, 0, 0, 0].map(count => pair([count], [1]))
    expect(comparisonsOf(evidence(seldom), [metric({})])).toMatchObject([
      { before: 0, after: 1, change: null, rounds: 0, verdict: 'not comparable' },
    ])
  })

  test('a change that is too large to be shown agrees with its figures all the same', () => {
    const exploded = [1, 2, 3].map(round => pair([round], [round * 1e9]))
    const [{ before, after, change } = {}] = comparisonsOf(evidence(exploded), [metric({})])
    expect(after! / before!).toBeCloseTo(1 + change!.estimate, 3)
  })

  test('exact values are compared exactly, and one bad round shows', () => {
    const errors = metric({ id: 'errors', family: 'exact', measure: ({ columns }) => columns.errors![0]! })
    const clean = [timed('before', { errors: [0] }), timed('after', { errors: [0] })]
    const bad = [timed('before', { errors: [0] }), timed('after', { errors: [4] })]
    expect(comparisonsOf(evidence([clean, clean]), [errors])).toMatchObject([
      { change: { estimate: 0, low: 0, high: 0 }, verdict: 'fine' },
    ])
    expect(comparisonsOf(evidence([clean, clean, clean, bad]), [errors])).toMatchObject([
      { before: 0, after: 1, change: null, verdict: 'regressed' },
    ])
  })

  test('a saturated load generator makes its own numbers not comparable', () => {
    const busy = rounds.map(round =>
      round.map(one => ({ ...one, timed: { ...one.timed, loaderUtilization: [0.97, 0.98, 0.96] } })),
    )
    const metrics = [metric({ id: 'latency.p99', needs: ['loader'] }), metric({ order: 2 })]
    const [latency, cpu] = comparisonsOf(evidence(busy), metrics)
    expect(latency).toMatchObject({ change: null, verdict: 'not comparable', before: 100 })
    expect(cpu!.verdict).toBe('regressed')
  })

  test('the more rows a table has, the more it takes to call one of them changed', () => {
    const weak = evidence([2, 3.5, 5, 1.5, 4, 2.5].map(percent => pair([100], [100 + percent])))
    const many = Array.from({ length: 40 }, (_, i) => metric({ id: `metric.${i}` }))
    expect(comparisonsOf(weak, [metric({})])[0]!.verdict).toBe('regressed')
    expect(comparisonsOf(weak, many)[0]!.verdict).toBe('inconclusive')
  })
})

test('an analysis of a run without rounds is empty', () => {
  const analysis = analyze(evidence([], { plan: { ...plan, collectors: ['cpu'] } }), [metric({})])
  expect(analysis).toMatchObject({ comparisons: [], frames: [], latency: [], findings: [] })
  expect(analysis.overheads).toEqual([{ collector: 'cpu', change: null }])
})

test('launches can be in any order within a round', () => {
  const turned = evidence([[launch('after'), launch('before')]])
  expect(comparisonsOf(turned, [metric({})])[0]!.ratios[0]).toBe(0)
})

describe('analyze', () => {
  test('compares every pair of other variants, with the earlier one as the baseline', () => {
    const three = (cost: number) =>
      ['before', 'after', 'other'].map((id, i) =>
        timed(id, { cpu: [100, 100, 100].map(it => it + i * cost) }),
      )
    const [first, second] = plan.variants
    const variants = [first!, second!, { ...second!, id: 'other' }]
    const compared = evidence([three(10), three(10)], { plan: { ...plan, variants } })
    const { between } = analyze(compared, [metric({})])
    expect(between!.map(it => [it.baseline, it.variant])).toEqual([['after', 'other']])
    expect(between![0]!.comparisons[0]!.change!.estimate).toBeCloseTo(120 / 110 - 1, 10)
    expect(analyze(evidence([pair([100], [100])]), [metric({})]).between).toBeUndefined()
  })
})
