import { describe, expect, test } from 'vitest'
import type { ReportDocument } from '../../../validate/flamegate.ts'
import { read } from '../../../validate/live/injected.ts'
import type { Measurement } from '../../../validate/live/measurement.ts'
import { detection, functions, targetsOf } from '../../../validate/live/summary.ts'

const measurement = (changes: Partial<Measurement>): Measurement => ({
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
  measurement({ estimate: 0.052, low: 0.041 }),
  measurement({ run: 2, estimate: 0.031, low: 0.02, high: 0.042, rank: 3, significant: false }),
  measurement({ run: 3, status: 'inconclusive', estimate: 0.048, rank: null, significant: false, rounds: 4 }),
  measurement({ run: 4, status: 'failed', estimate: null, low: null, high: null, rank: undefined }),
]

describe('the tables', () => {
  test('count verdicts, and compare estimates and intervals with the truth', () => {
    const { head, rows } = detection(FOUND)
    expect(Object.fromEntries(head.map((name, at) => [name, rows[0]![at]]))).toEqual({
      method: 'Flamegate',
      injected: '5 %',
      runs: '4',
      regressed: '2',
      rate: '50 % (15 % to 85 %)',
      fine: '0',
      inconclusive: '1',
      improved: '0',
      failed: '1',
      median: '+4.8 %',
      'worst error': '1.9 %',
      'interval holds': '2 of 3',
      's each': '50',
    })
  })

  test('have a row for every method and level that has run, in order', () => {
    const rows = detection([
      measurement({ method: 'by-eye', low: null, high: null }),
      measurement({}),
      measurement({ level: 0 }),
    ]).rows
    expect(rows.map(row => row.slice(0, 2))).toEqual([
      ['Flamegate', '0 %'],
      ['Flamegate', '5 %'],
      ['autocannon before/after, ± 2 % requests/s', '5 %'],
    ])
    expect(rows[2]).toContain('–')
  })

  test('count where the injected function was', () => {
    expect(functions([...FOUND, measurement({ level: 0 })]).rows).toEqual([['5 %', '3', '1', '1', '1', '10']])
  })
})

describe('targets', () => {
  const MINUTE = { maxTime: 60_000 }
  const many = (count: number, changes: Partial<Measurement>) =>
    Array.from({ length: count }, () => measurement(changes))
  const nothing = { level: 0, status: 'fine', estimate: 0.004 } as const
  const missed = (measurements: Measurement[], settings = MINUTE) =>
    targetsOf(measurements, settings)
      .filter(({ met }) => !met)
      .map(({ name, value }) => `${name}: ${value}`)

  test('are met', () => {
    const targets = targetsOf([...many(20, {}), ...many(20, nothing)], MINUTE)
    expect(targets).toHaveLength(4)
    expect(targets.every(({ met }) => met)).toBe(true)
  })

  test.each<[string, Measurement[], string]>([
    [
      'a false alarm',
      [...many(19, nothing), measurement({ ...nothing, status: 'regressed' })],
      '+0 %, 20 runs: false alarms: 5 %',
    ],
    [
      'an estimate that is far off',
      [measurement({ ...nothing, estimate: -0.021 })],
      '+0 %, 1 run: worst error: 2.1 %',
    ],
    [
      'too few found',
      [...many(18, {}), ...many(2, { status: 'inconclusive' })],
      '+5 %, 20 runs: found: 90 %',
    ],
    ['a failure', [measurement({ status: 'failed', estimate: null })], 'failed runs: 1'],
  ])('are missed by %s', (_, measurements, message) => {
    expect(missed(measurements)).toEqual([message])
  })

  test('apply to runs of a minute, and to Flamegate', () => {
    expect(missed(many(5, { status: 'inconclusive' }), { maxTime: 30_000 })).toEqual([])
    expect(missed(many(5, { method: 'alternated', status: 'fine' }))).toEqual([])
    const small = many(5, { level: 0.03, status: 'inconclusive' })
    expect(missed(small)).toEqual([])
    expect(missed(small, { maxTime: 120_000 })).toEqual(['+3 %, 5 runs: found: 0 %'])
  })
})

describe('a report', () => {
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
    }) as unknown as ReportDocument

  test('gives the gate on CPU per request, its change, and the place of the injected function', () => {
    expect(read(document())).toEqual({
      status: 'regressed',
      estimate: 0.05,
      low: 0.04,
      high: 0.06,
      rounds: 9,
      rank: 2,
      significant: true,
    })
    expect(read(document({ frames: [] }))).toMatchObject({ rank: null, significant: false })
  })

  test('refuses a run that broke off', () => {
    expect(() => read(document({ ending: 'failed' }))).toThrow(/failed after 9 rounds/)
  })
})
