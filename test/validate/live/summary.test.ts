import { describe, expect, test } from 'vitest'
import type { Outcome } from '../../../validate/live/outcome.ts'
import { type Document, readDocument } from '../../../validate/live/slices.ts'
import { detection, functions, missedTargets } from '../../../validate/live/summary.ts'
import { byEye } from '../../../validate/live/today.ts'

const outcome = (changes: Partial<Outcome>): Outcome => ({
  method: 'slices',
  level: 0.05,
  run: 1,
  status: 'regressed',
  estimate: 0.05,
  low: 0.04,
  high: 0.06,
  seconds: 50,
  startedAt: '',
  rounds: 10,
  rank: 1,
  significant: true,
  ...changes,
})

const FOUND = [
  outcome({ estimate: 0.052, low: 0.041 }),
  outcome({ run: 2, estimate: 0.031, low: 0.02, high: 0.042, rank: 3, significant: false }),
  outcome({ run: 3, status: 'inconclusive', estimate: 0.048, rank: null, significant: false, rounds: 4 }),
  outcome({ run: 4, status: 'failed', estimate: null, low: null, high: null, rank: undefined }),
]

describe('the tables', () => {
  test('count words, and measure estimates and intervals against the truth', () => {
    const { head, rows } = detection(FOUND)
    expect(Object.fromEntries(head.map((name, at) => [name, rows[0]![at]]))).toEqual({
      method: 'Flamegate',
      injected: '5.0 %',
      runs: '4',
      regressed: '2',
      '%': '50 (15–85)',
      fine: '0',
      inconclusive: '1',
      improved: '0',
      failed: '1',
      'median %': '+4.80',
      'worst error %': '1.9',
      'interval holds': '2 of 3',
      's each': '50',
    })
  })

  test('a row per method and level, in order; what has not run has none', () => {
    const rows = detection([
      outcome({ method: 'by-eye', low: null, high: null }),
      outcome({}),
      outcome({ level: 0 }),
    ]).rows
    expect(rows.map(row => row.slice(0, 2))).toEqual([
      ['Flamegate', '0.0 %'],
      ['Flamegate', '5.0 %'],
      ['autocannon before/after, ± 2 % requests/s', '5.0 %'],
    ])
    expect(rows[2]).toContain('–')
  })

  test('the injected function: first row, significant, not listed', () => {
    expect(functions([...FOUND, outcome({ level: 0 })]).rows).toEqual([['5.0 %', '3', '1', '1', '1', '10']])
  })
})

describe('targets', () => {
  const MINUTE = { maxTime: 60_000 }
  const many = (count: number, changes: Partial<Outcome>) =>
    Array.from({ length: count }, () => outcome(changes))
  const nothing = { level: 0, status: 'fine', estimate: 0.004 } as const

  test('kept', () => {
    expect(missedTargets([...many(20, {}), ...many(20, nothing)], MINUTE)).toEqual([])
  })

  test.each<[string, Outcome[], RegExp]>([
    [
      'a false alarm',
      [...many(19, nothing), outcome({ ...nothing, status: 'regressed' })],
      /^\+0 %: false alarms in 5 %/,
    ],
    [
      'an estimate that is far off',
      [outcome({ ...nothing, estimate: -0.021 })],
      /^\+0 %: an estimate is 2\.1 % off/,
    ],
    [
      'too few found',
      [...many(18, {}), ...many(2, { status: 'inconclusive' })],
      /^\+5 %: found in 90 % of 20 runs/,
    ],
    ['a failure', [outcome({ status: 'failed', estimate: null })], /^1 of 1 runs could not be measured/],
  ])('missed by %s', (_, outcomes, message) => {
    expect(missedTargets(outcomes, MINUTE)).toEqual([expect.stringMatching(message)])
  })

  test('are about runs of a minute, and about Flamegate', () => {
    expect(missedTargets(many(5, { status: 'inconclusive' }), { maxTime: 30_000 })).toEqual([])
    expect(missedTargets(many(5, { method: 'alternated', status: 'fine' }), MINUTE)).toEqual([])
    const small = many(5, { level: 0.03, status: 'inconclusive' })
    expect(missedTargets(small, MINUTE)).toEqual([])
    expect(missedTargets(small, { maxTime: 120_000 })).toEqual([
      expect.stringMatching(/^\+3 %: found in 0 %/),
    ])
  })
})

describe('what a report says', () => {
  const frame = (name: string, collector = 'cpu') => ({
    function: name,
    collector,
    significant: name !== 'orders',
  })
  const document = (changes: object = {}) =>
    ({
      ending: 'complete',
      rounds: 9,
      gates: [
        { metric: 'errors', status: 'fine' },
        { metric: 'cpu.perRequest', status: 'regressed' },
      ],
      comparisons: [
        { metric: 'cpu.perRequest', change: { estimate: 0.05, low: 0.04, high: 0.06, confidence: 0.95 } },
      ],
      frames: [frame('orders'), frame('injectedWork')],
      ...changes,
    }) as unknown as Document

  test('the gate on CPU per request, its change, and the place of the injected function', () => {
    expect(readDocument(document())).toEqual({
      status: 'regressed',
      estimate: 0.05,
      low: 0.04,
      high: 0.06,
      rounds: 9,
      rank: 2,
      significant: true,
    })
    expect(readDocument(document({ frames: [] }))).toMatchObject({ rank: null, significant: false })
  })

  test('a run that broke off is no outcome', () => {
    expect(() => readDocument(document({ ending: 'failed' }))).toThrow(/failed after 9 rounds/)
  })
})

test.each([
  [1000, 980, 'regressed'],
  [1000, 985, 'fine'],
  [1000, 1030, 'improved'],
])('by eye, %i and then %i requests per second are %s', (before, after, status) => {
  expect(byEye(before, after).status).toBe(status)
})
