import { describe, expect, test } from 'vitest'
import { findings } from '../../harness/analyze/findings.ts'
import { comparisonsOf } from '../../harness/analyze/index.ts'
import { latencyCurves } from '../../harness/analyze/latency.ts'
import capacity from '../../harness/metrics/capacity.ts'
import throughput from '../../harness/metrics/throughput.ts'
import type { LaunchRecord } from '../../harness/model/record.ts'
import { createHistogram, encodeHistogram, record } from '../../harness/stats/histogram.ts'
import { launch, plan, run, timed } from './records.ts'

function histogram(values: number[]): string {
  const made = createHistogram()
  for (const value of values) record(made, value)
  return encodeHistogram(made)
}

const times = (count: number, value: number) => new Array<number>(count).fill(value)

const pace = (given: Partial<NonNullable<LaunchRecord['pace']>> = {}) => ({
  rate: 100_000,
  arrivals: 300,
  dropped: 0,
  sendError: histogram(times(300, 20)),
  ...given,
})

const open = { plan: { ...plan, load: { ...plan.load, engine: 'open' } } }

const of = (given: Partial<LaunchRecord>, more = {}) => {
  const round = [launch('before', given), launch('after', given)]
  return findings(run([round, round, round, round], more))
}

describe('the watchdog', () => {
  test('an open loop that keeps its pace is not worth a word', () => {
    expect(of({ pace: pace(), latency: [histogram(times(300, 900))] }, open)).toEqual([])
  })

  test('late sending is told with its figures, and costs throughput and latency their verdict', () => {
    const late = { pace: pace({ sendError: histogram([...times(290, 30), ...times(10, 4_000)]) }) }
    expect(of(late, open)).toMatchObject([
      {
        code: 'loader-late',
        severity: 'error',
        message: expect.stringMatching(/0\.03 ms in the middle and 4 ms/),
      },
    ])
    const round = [launch('before', late), launch('after', late)]
    const [row] = comparisonsOf(run([round, round, round, round], open), [throughput])
    expect(row).toMatchObject({ change: null, verdict: 'not comparable' })
  })

  test('a delay that is small beside the latency is none', () => {
    const late = histogram([...times(290, 30), ...times(10, 4_000)])
    expect(of({ pace: pace({ sendError: late }), latency: [histogram(times(300, 90_000))] }, open)).toEqual(
      [],
    )
  })

  test.each([
    ['one answer in a hundred may be off by more than 50 µs', 20, 900, 400, true],
    ['one in three hundred', 3, 900, 400, false],
    ['one in a hundred, by less than 2 % of how long such answers take', 20, 90_000, 1_500, false],
  ])('a generator that did not run when answers came: %s', (_, count, latency, unsure, told) => {
    const given = {
      latency: [histogram(times(1_000, latency))],
      unsure: histogram([...times(1_000 - count, 5), ...times(count, unsure)]),
    }
    const found = of({ pace: pace(), ...given }, open)
    expect(found).toMatchObject(told ? [{ code: 'loader-interrupted', severity: 'info' }] : [])
    expect(of(given).filter(({ code }) => code === 'loader-interrupted')).toEqual([])
    expect(found[0]?.message ?? '').toMatch(told ? /taken 0\.4 ms longer .* is 0\.9 ms/ : /^$/)
  })

  test.each([
    ['loader-late', { late: 40_000, busy: 0.5 }, /one request in a hundred was sent 40 ms late/],
    ['loader-saturated', { late: 20, busy: 0.97 }, /busy 97 % of the time/],
  ])('a capacity that may be the generator\u2019s own gets no verdict: %s', (code, own, message) => {
    const trials = (limiting: object) => ({
      rate: 1_100,
      trials: [
        { rate: 1_000, latency: 900, passed: true, late: 20, busy: 0.4 },
        { rate: 2_000, latency: 90_000, passed: false, late: 90_000, busy: 1 },
        { rate: 1_200, latency: 90_000, passed: false, late: 20, busy: 0.4, ...limiting },
      ],
    })
    const seeking = { plan: { ...open.plan, capacity: { percentile: 99, limit: 50_000 } } }
    expect(of({ capacity: trials(own) }, seeking)).toMatchObject([
      { code, message: expect.stringMatching(message) },
    ])
    const verdictOf = (limiting: object) => {
      const round = [
        launch('before', { capacity: trials(limiting) }),
        launch('after', { capacity: trials(limiting) }),
      ]
      return comparisonsOf(run([round, round, round, round], seeking), [capacity])[0]?.verdict
    }
    expect(verdictOf(own)).toBe('not comparable')
    // What was sent much faster, and late, is beside the point.
    expect(of({ capacity: trials({}) }, seeking)).toEqual([])
    expect(verdictOf({})).not.toBe('not comparable')
  })

  test.each<[string, Partial<LaunchRecord>, RegExp]>([
    [
      'rate-not-reached',
      { pace: pace({ rate: 200_000 }) },
      /before answered 50 % of the 200000 requests per second/,
    ],
    ['arrivals-dropped', { pace: pace({ dropped: 30 }) }, /240 of 2400 arrivals were not sent/],
    ['shared-processor', { sharedProcessors: [1] }, /same processors \(1\)/],
  ])('%s', (code, given, message) => {
    expect(of(given, open)).toMatchObject([{ code, message: expect.stringMatching(message) }])
  })

  test('arrivals that were left out for want of open files say so', () => {
    const given = { pace: pace({ dropped: 30, inFlight: 870 }) }
    expect(of(given, open)).toMatchObject([
      { code: 'arrivals-dropped', message: expect.stringMatching(/because 870 were in flight/) },
      { code: 'few-descriptors', message: expect.stringMatching(/No more than 870 connections/) },
    ])
    const asked = { plan: { ...open.plan, load: { ...open.plan.load, inFlight: 870 } } }
    expect(of(given, asked)).toMatchObject([{ code: 'arrivals-dropped' }])
  })

  test('connections that are not kept are told by variant, with the share of requests that needed new ones', () => {
    const one = (variant: string, connections: number, requests = 0) =>
      launch(variant, { renewed: { connections, requests } })
    const told = (...rounds: LaunchRecord[]) => findings(run(Array.from({ length: 4 }, () => rounds)))
    expect(told(one('before', 1), one('after', 1))).toEqual([])
    expect(told(one('before', 6), launch('after'))).toMatchObject([
      { code: 'connections-not-kept', severity: 'info', message: expect.stringMatching(/: Before 2 %\.$/) },
    ])
    expect(told(one('before', 6), one('after', 300, 1))).toMatchObject([
      { code: 'connections-not-kept', message: expect.stringMatching(/: Before 2 %, After 100 %\.$/) },
      { code: 'requests-resent', severity: 'warning', message: expect.stringMatching(/: After 4\.$/) },
    ])
  })

  test('a closed loop says what it cannot know of a stall', () => {
    const [found] = of({ latency: [histogram([...times(2_000, 1_000), 2_000_000])] })
    expect(found).toMatchObject({ code: 'closed-loop-stalls', severity: 'info' })
    expect(found!.message).toMatch(/One answer took 2000 ms, and p99 is 1 ms/)
  })

  test('what went wrong is told by step and reason, with a sample', () => {
    const given = timed('before', { unexpected: [3, 0, 0] })
    const failures: LaunchRecord['failures'] = [
      { step: 'POST /cart', kind: 'unexpected', reason: 'status 409', count: 2, sample: '409 sold out' },
      { step: 'GET /', kind: 'unexpected', reason: 'body without `ok`', count: 1 },
    ]
    const round = [{ ...given, failures }, launch('after')]
    const [found] = findings(run([round, round, round, round]))
    expect(found!.message).toContain(
      '(8 × POST /cart: status 409; 4 × GET /: body without `ok`; for example `409 sold out`)',
    )
  })
})

test('latency of an open loop: corrected, uncorrected, and by phase', () => {
  const phase = {
    name: 'hold 5',
    start: 0,
    duration: 100,
    latency: [histogram(times(100, 7))],
    requests: 100,
    dropped: 0,
    timeline: { at: [0], requests: [100], p50: [7], p99: [7] },
  }
  const given = {
    pace: pace(),
    latency: [histogram(times(300, 9))],
    uncorrected: [histogram(times(300, 8))],
    phases: [phase],
  }
  const phases = [{ name: 'hold 5', from: 5, to: 5, duration: 100 }]
  const curves = latencyCurves(
    run([[launch('before', given)]], { plan: { ...plan, load: { ...plan.load, engine: 'open', phases } } }),
  )
  const shown = curves.map(({ kind, phase, step, points }) => [kind, phase, step, points[0]!.value])
  expect(shown).toEqual([
    ['corrected', undefined, 'all', 9],
    ['uncorrected', undefined, 'all', 8],
    ['corrected', 'hold 5', 'all', 7],
  ])
})
