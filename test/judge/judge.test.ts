import { describe, expect, test } from 'vitest'
import { judgeComparisons, withGateWords } from '../../harness/judge/index.ts'
import type { Gate } from '../../harness/model/plan.ts'
import type { Analysis } from '../../harness/model/report.ts'
import { comparison, gate, look, subjectOf } from './comparisons.ts'

const AROUND_5 = [5.2, 4.9, 5.6, 4.4, 5.1, 4.8, 5.3, 5.0]
const AROUND_0 = [0.2, -0.3, 0.4, -0.5, 0.1, -0.2, 0.3, 0.0]
const ANYWHERE = [6, -5, 3, -4, 8, -7, 2, -1]

const judged = (...given: Parameters<typeof judgeComparisons>) => judgeComparisons(...given)

describe('a gate on a change', () => {
  test.each([
    ['regressed', AROUND_5, '+5.0 % (98.4 % interval +4.6 % to +5.4 %) reaches the margin of +2.0 %.'],
    [
      'improved',
      AROUND_5.map(value => -value),
      '−5.0 % (98.4 % interval −5.4 % to −4.6 %) is better by the margin or more.',
    ],
    ['fine', AROUND_0, '0.00 %, +0.3 % at worst: within the margin of +2.0 %.'],
  ])('%s', (status, ratios, reason) => {
    const verdict = judged([comparison(ratios)], look([gate()], 8))
    expect(verdict).toMatchObject({ status, decided: true, gates: [{ status, reason }] })
  })

  test('inconclusive, it says what would decide it and what the run could have seen', () => {
    const verdict = judged([comparison(ANYWHERE)], look([gate()], 8))
    expect(verdict.status).toBe('inconclusive')
    expect(verdict.gates[0]!.reason).toMatch(
      /against a margin of \+2\.0 %: about \d+ more rounds \(\d+ (s|min \d\d s)\) would decide it\. This run could have seen \+\d+\.\d %\.$/,
    )
  })

  test('is turned around where more is better', () => {
    const loss = comparison(
      AROUND_5.map(value => -value),
      { better: 'higher' },
    )
    expect(judged([loss], look([gate()], 8)).gates[0]).toMatchObject({
      status: 'regressed',
      reason: '−5.0 % (98.4 % interval −5.4 % to −4.6 %) reaches the margin of −2.0 %.',
    })
    expect(judged([comparison(AROUND_5, { better: 'higher' })], look([gate()], 8)).status).toBe('improved')
  })

  test('an early look asks for more than the last one', () => {
    const ratios = [1.5, 3.5, 5.5, 2.5, 6.0, 3.0]
    expect(judged([comparison(ratios)], look([gate()], 6, { last: true })).status).toBe('regressed')
    expect(judged([comparison(ratios)], look([gate()], 6, { last: false }))).toMatchObject({
      status: 'inconclusive',
      decided: false,
    })
  })

  test('an early look calls no change real before there are enough rounds to explain it', () => {
    const ten = [...AROUND_5, 5.1, 4.9]
    const early = (count: number) =>
      judged([comparison(ten.slice(0, count))], look([gate()], count, { last: false })).status
    expect([early(8), early(9), early(10)]).toEqual(['inconclusive', 'inconclusive', 'regressed'])
  })

  test('rounds that agree by luck are no evidence, however well they agree', () => {
    const three = judged([comparison([5, 5.01, 4.99])], look([gate()], 3))
    expect(three.status).toBe('inconclusive')
    expect(judged([comparison([5, 5.01, 4.99, 5, 5, 5])], look([gate()], 6)).status).toBe('regressed')
  })

  test('one launch that is off for its whole life does not hide a change', () => {
    const rounds = [3.1, 2.8, 3.3, 2.9, 3.4, 2.6, 3.0, 3.2, 2.7, 3.1, -3.0]
    expect(judged([comparison(rounds)], look([gate()], 11)).status).toBe('regressed')
  })

  test('the only test of a run can use the whole error budget', () => {
    const nine = [3.2, 2.9, 3.6, -0.8, 3.1, 0.4, 3.3, 3.0, 0.2]
    const verdict = (gates: Gate[], ratios: (number | null)[] = nine) =>
      judged([comparison(ratios), comparison(AROUND_0, { metric: 'latency.p50' })], look(gates, 9)).gates[0]!
    expect(verdict([gate()]).status).toBe('regressed')
    expect(verdict([gate(), gate({ metric: 'latency.p50' })]).status).toBe('inconclusive')
    expect(verdict([gate(), gate({ metric: 'latency.p50', level: 'warn' })]).status).toBe('regressed')
    expect(verdict([gate({ max: 1_000 })]).status).toBe('inconclusive')
    expect(verdict([gate()], [2.9, null, 3.6, -0.8, 3.1, 0.4, 3.3, 3.0, null]).status).toBe('inconclusive')
  })

  test('sizes alone do not tell two states of launches from a change', () => {
    const states = [5.0, 5.01, 4.99, 5.02, 4.98, -0.01, -0.02, -0.03, -0.04]
    const between = [5.0, 5.01, 4.99, 5.02, 4.98, 0.01, 0.02, 0.03, 0.04]
    expect(judged([comparison(states)], look([gate()], 9)).status).toBe('inconclusive')
    expect(judged([comparison(between)], look([gate()], 9)).status).toBe('regressed')
  })

  test('the interval is the one that the status rests on', () => {
    const [fine, regressed] = [AROUND_0, AROUND_5].map(
      ratios => judged([comparison(ratios)], look([gate()], 8)).gates[0]!.change!,
    )
    expect(fine!.high).toBeLessThan(0.02)
    expect(regressed!.low).toBeGreaterThan(0)
    expect(regressed!.confidence).toBeGreaterThan(fine!.confidence)
  })
})

describe('a gate with a limit', () => {
  const values = { before: [250, 250, 250, 250, 250, 250], after: [240, 250, 245, 255, 248, 252] }
  const latency = comparison([0, 1, -1, 0, 1, -1], { metric: 'latency.p99', unit: 'µs', values })
  const limit = (max: number) => gate({ metric: 'latency.p99', margin: undefined, max })

  test.each([
    [300, 'fine', /within the limit of 300 µs\.$/],
    [200, 'regressed', /above the limit of 200 µs\.$/],
    [250, 'inconclusive', /against the limit of 250 µs: /],
  ])('of %d µs: %s', (max, status, reason) => {
    const [verdict] = judged([latency], look([limit(max)], 6)).gates
    expect(verdict!.status).toBe(status)
    expect(verdict!.reason).toMatch(reason)
  })

  test('and a margin has to keep both', () => {
    const both = gate({ metric: 'latency.p99', margin: 0.1, max: 200 })
    expect(judged([latency], look([both], 6)).status).toBe('regressed')
  })
})

describe('a gate on an exact value', () => {
  const errors = (after: number[]) =>
    comparison([], {
      metric: 'errors',
      unit: 'count',
      exact: true,
      before: 0,
      after: after.reduce((a, b) => a + b, 0) / after.length,
      values: { before: after.map(() => 0), after },
    })
  const none = gate({ metric: 'errors', margin: undefined, max: 0 })

  test('one bad round is above the limit', () => {
    expect(judged([errors([0, 0, 3, 0])], look([none], 4))).toMatchObject({
      status: 'regressed',
      gates: [{ reason: 'Up to 3, above the limit of 0 in 1 of 4 rounds.' }],
    })
    expect(judged([errors([0, 0, 0, 0])], look([none], 4)).status).toBe('fine')
  })

  test.each([
    [100, 103, 'regressed'],
    [100, 101, 'fine'],
    [100, 97, 'improved'],
    [0, 1, 'regressed'],
    [0, 0, 'fine'],
  ])('from %d to %d bytes with a margin of 2 %%: %s', (before, after, status) => {
    const bytes = comparison([], {
      metric: 'response.bytes',
      unit: 'bytes',
      exact: true,
      before,
      after,
      values: { before: [before], after: [after] },
    })
    expect(judged([bytes], look([gate({ metric: 'response.bytes' })], 4)).status).toBe(status)
  })
})

describe('what cannot be compared', () => {
  const cases: [string, ReturnType<typeof comparison>[], Partial<ReturnType<typeof gate>>, RegExp][] = [
    ['a metric that nobody measured', [], {}, /was not measured/],
    ['one round', [comparison([5])], {}, /One round is not enough/],
    [
      'rounds without a pair',
      [comparison([null, null, null, null])],
      {},
      /No round has values .* on both sides/,
    ],
    [
      'what is zero in most rounds',
      [comparison([null, null, null], { before: 0 })],
      {},
      /not above zero in most rounds .* Give the gate a limit/,
    ],
    [
      'a side that was never measured',
      [comparison([null, null], { values: { before: [null, null], after: [1, 2] } })],
      {},
      /not measured for the baseline/,
    ],
    ['a gate that asks for nothing', [comparison(AROUND_0)], { margin: undefined }, /neither a margin nor/],
    ['a margin that is not a number', [comparison(AROUND_0)], { margin: Number.NaN }, /is not a number/],
    ['a limit that is not a number', [comparison(AROUND_0)], { max: Number.NaN }, /is not a number/],
    [
      'a loss of more than all',
      [comparison(AROUND_0, { better: 'higher' })],
      { margin: 1 },
      /No change of cpu.perRequest can reach/,
    ],
  ]
  test.each(cases)('%s is not comparable, never a pass', (_, comparisons, given, reason) => {
    const verdict = judged(comparisons, look([gate(given)], 8))
    expect(verdict.status).toBe('not comparable')
    expect(verdict.gates[0]!.reason).toMatch(reason)
    expect(verdict.gates[0]!.change).toBeNull()
  })

  test('a run without a gate has nothing to pass', () => {
    expect(judged([comparison(AROUND_0)], look([], 8)).status).toBe('inconclusive')
  })
})

describe('a run', () => {
  const metrics = ['a', 'b', 'c', 'd']
  const gates = metrics.map(metric => gate({ metric }))

  test('is as bad as its worst gate', () => {
    const comparisons = [AROUND_0, AROUND_5, ANYWHERE, AROUND_0].map((ratios, i) =>
      comparison(ratios, { metric: metrics[i]! }),
    )
    const verdict = judged(comparisons, look(gates, 8))
    expect(verdict.gates.map(({ status }) => status)).toEqual(['fine', 'regressed', 'inconclusive', 'fine'])
    expect(verdict.status).toBe('regressed')
  })

  test('a gate that only warns fails nothing and costs the others nothing', () => {
    const alone = judged([comparison(AROUND_0)], look([gate()], 8))
    const warning = gate({ metric: 'b', level: 'warn' })
    const both = judged(
      [comparison(AROUND_0), comparison(AROUND_5, { metric: 'b' })],
      look([gate(), warning], 8),
    )
    expect(both.gates[1]!.status).toBe('regressed')
    expect(both.status).toBe('fine')
    expect(both.gates[0]).toEqual(alone.gates[0])
  })

  test('each variant is compared with the baseline', () => {
    const subjects = ['before', 'after', 'other'].map(subjectOf)
    const comparisons = [comparison(AROUND_0), comparison(AROUND_5, { variant: 'other' })]
    const verdict = judged(comparisons, look([gate()], 8, { subjects }))
    expect(verdict.gates.map(({ variant, status }) => [variant, status])).toEqual([
      ['after', 'fine'],
      ['other', 'regressed'],
    ])
  })

  test('goes on until each gate is decided or no round is left', () => {
    const open = [comparison(ANYWHERE)]
    const clear = [comparison(AROUND_0)]
    expect(judged(open, look([gate()], 8, { last: false })).decided).toBe(false)
    expect(judged(open, look([gate()], 8, { last: true })).decided).toBe(true)
    expect(judged(clear, look([gate()], 8, { last: false })).decided).toBe(true)
    expect(judged(clear, look([gate()], 3, { last: false })).decided).toBe(false)
  })

  test('that is quick never gates', () => {
    const plan = { ...look([gate()], 2).plan, quick: true }
    const verdict = judged([comparison(AROUND_5)], look([gate()], 8, { plan }))
    expect(verdict.status).toBe('inconclusive')
    expect(verdict.gates[0]!.status).toBe('inconclusive')
    expect(verdict.gates[0]!.reason).toMatch(/^A quick run never gates/)
  })
})

describe('the words of the table', () => {
  const analysisOf = (...comparisons: Analysis['comparisons']): Analysis => ({
    loaderLimited: false,
    comparisons,
    frames: [],
    flames: [],
    budgets: [],
    culprits: [],
    owners: [],
    latency: [],
    overheads: [],
    findings: [],
  })
  const words = (gates: Parameters<typeof look>[0], quick = false) => {
    const comparisons = [comparison(AROUND_5), comparison(AROUND_5, { metric: 'latency.p99' })]
    const verdict = judged(comparisons, look(gates, 8))
    return withGateWords(analysisOf(...comparisons), verdict, { quick }).comparisons.map(
      ({ verdict }) => verdict,
    )
  }

  test('are the gate’s where there is one, so that a metric has one word', () => {
    expect(words([gate()])).toEqual(['regressed', 'inconclusive'])
    expect(words([gate({ margin: 0.1 })])).toEqual(['fine', 'inconclusive'])
  })

  test('stay their own where the gate also has a limit, and in a quick run', () => {
    expect(words([gate({ max: 1 })])).toEqual(['inconclusive', 'inconclusive'])
    expect(words([gate()], true)).toEqual(['inconclusive', 'inconclusive'])
  })
})
