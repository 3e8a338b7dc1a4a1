import { describe, expect, test } from 'vitest'
import { findings } from '../../harness/analyze/findings.ts'
import { comparisonsOf } from '../../harness/analyze/index.ts'
import { latencyCurves } from '../../harness/analyze/latency.ts'
import type { LaunchRecord } from '../../harness/model/launch.ts'
import type { Metric } from '../../harness/model/metric.ts'
import type { RunRecord } from '../../harness/model/record.ts'
import { encoded, evidence, launch, metricsOf, plan, timed } from './records.ts'

const METRICS = metricsOf('capacity', 'latency.p99', 'throughput')
const [capacity, , throughput] = METRICS as [Metric, Metric, Metric]

const times = (count: number, value: number) => new Array<number>(count).fill(value)

const pace = (given: Partial<NonNullable<LaunchRecord['pace']>> = {}) => ({
  rate: 100_000,
  arrivals: 300,
  dropped: 0,
  ...given,
})

/** Histograms of a launch that was sent on time. */
const seen = (given: Partial<LaunchRecord['histograms']> = {}): LaunchRecord['histograms'] => ({
  latency: [],
  sendError: [encoded(times(300, 20))],
  ...given,
})

const open = { plan: { ...plan, load: { ...plan.load, engine: 'open' } } }

const of = (given: Partial<LaunchRecord>, more = {}) => {
  const round = [launch('before', given), launch('after', given)]
  return findings(evidence([round, round, round, round], more), METRICS)
}

describe('the watchdog', () => {
  test('an open loop that keeps its pace has no finding', () => {
    expect(of({ pace: pace(), histograms: seen({ latency: [encoded(times(300, 900))] }) }, open)).toEqual([])
  })

  test('late sending is reported with its delays, and leaves no verdict on throughput and latency', () => {
    const late = {
      pace: pace(),
      histograms: seen({ sendError: [encoded([...times(290, 30), ...times(10, 4_000)])] }),
    }
    expect(of(late, open)).toMatchObject([
      {
        code: 'loader-late',
        severity: 'warning',
        message: expect.stringMatching(/median 30\.0 µs, p99 4\.00 ms/),
      },
    ])
    const round = [launch('before', late), launch('after', late)]
    const [row] = comparisonsOf(evidence([round, round, round, round], open), [throughput])
    expect(row).toMatchObject({ change: null, verdict: 'not comparable' })
  })

  const gate = (metric: string, level: 'error' | 'warn') => ({ metric, margin: 0.03, level })

  test.each<[string, RunRecord['plan']['gates'], string, string]>([
    ['nothing where no gate rests on it', [gate('cpu.perRequest', 'error')], 'warning', 'info'],
    ['a gate that warns', [gate('latency.p99', 'warn')], 'warning', 'warning'],
    ['a gate that decides', [gate('throughput', 'warn'), gate('latency.p99', 'error')], 'error', 'error'],
  ])(
    'a loss of the load numbers is as severe as the gates that need them: %s',
    (_, gates, late, saturated) => {
      const slow = { pace: pace(), histograms: seen({ sendError: [encoded(times(300, 4_000))] }) }
      expect(of(slow, { plan: { ...open.plan, gates } })).toMatchObject([
        { code: 'loader-late', severity: late },
      ])
      const busy = timed('before', { loaderUtilization: [0.95, 0.96, 0.97] })
      expect(of(busy, { plan: { ...plan, gates } })).toMatchObject([
        { code: 'loader-saturated', severity: saturated },
      ])
      const quick = findings(
        evidence(
          [
            [busy, busy],
            [busy, busy],
          ],
          { plan: { ...plan, gates, quick: true } },
        ),
        METRICS,
      )
      expect(quick.map(({ severity }) => severity)).not.toContain('error')
    },
  )

  test.each<[string, Partial<NonNullable<LaunchRecord['pace']>>, string]>([
    [
      'the generator',
      { rate: 8_000, capacity: 56_123, limit: 'generator' },
      'Requests were sent at 8,000 /s, a rate that the load generator can keep up with. That is 14 % of the 56,123 /s that the baseline handles in a closed loop.',
    ],
    [
      'the service',
      { rate: 70.3, capacity: 100.4, limit: 'service' },
      'Requests were sent at 70.3 /s, 70 % of the 100 /s that the baseline handles in a closed loop.',
    ],
  ])('a rate that was chosen automatically is reported with its reason: %s', (_, given, message) => {
    expect(of({ pace: pace(given) }, open)).toEqual([
      expect.objectContaining({ code: 'rate-chosen', severity: 'info', message }),
    ])
  })

  test.each<[number, string[], RegExp]>([
    [3, [], /^$/],
    [40, ['latencies-left-out'], /late with 12 % of the requests/],
    [400, ['loader-late'], /late with 57 % of all requests, and the others are not a fair sample/],
  ])('%i of some 300 requests that the generator was late with', (leftOut, codes, message) => {
    const histograms = seen({
      latency: [encoded(times(300, 900))],
      sendError: [encoded([...times(100, 30), ...times(200, 4_000)])],
    })
    const found = of({ pace: pace({ leftOut }), histograms }, open)
    expect(found.map(({ code }) => code)).toEqual(codes)
    expect(found[0]?.message ?? '').toMatch(message)
  })

  test('a delay that is small compared with the latency is not reported', () => {
    const histograms = seen({
      latency: [encoded(times(300, 90_000))],
      sendError: [encoded([...times(290, 30), ...times(10, 4_000)])],
    })
    expect(of({ pace: pace(), histograms }, open)).toEqual([])
  })

  test.each([
    ['one answer in a hundred may be off by more than 50 µs', 20, 900, 400, true],
    ['one in three hundred', 3, 900, 400, false],
    ['one in a hundred, by less than 2 % of how long such answers take', 20, 90_000, 1_500, false],
  ])('a generator that did not run when answers came: %s', (_, count, latency, unsure, told) => {
    const histograms = {
      latency: [encoded(times(1_000, latency))],
      unsure: [encoded([...times(1_000 - count, 5), ...times(count, unsure)])],
    }
    const found = of({ pace: pace(), histograms: seen(histograms) }, open)
    expect(found).toMatchObject(told ? [{ code: 'loader-interrupted', severity: 'info' }] : [])
    expect(of({ histograms }).filter(({ code }) => code === 'loader-interrupted')).toEqual([])
    expect(found[0]?.message ?? '').toMatch(told ? /may be 4\d\d µs or more away .* is 9\d\d µs/ : /^$/)
  })

  test.each([
    ['loader-late', { late: 40_000, busy: 0.5 }, /one request in a hundred was sent 40\.0 ms late/],
    ['loader-saturated', { late: 20, busy: 0.97 }, /busy 97 % of the time/],
  ])('a capacity that can be the limit of the generator gets no verdict: %s', (code, own, message) => {
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
      return comparisonsOf(evidence([round, round, round, round], seeking), [capacity])[0]?.verdict
    }
    expect(verdictOf(own)).toBe('not comparable')
    // What was sent much faster, and late, does not matter.
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

  test('arrivals that were not sent because too few files could be open', () => {
    const given = { pace: pace({ dropped: 30, inFlight: 870 }) }
    expect(of(given, open)).toMatchObject([
      { code: 'arrivals-dropped', message: expect.stringMatching(/because 870 were in flight/) },
      { code: 'few-descriptors', message: expect.stringMatching(/870 connections to each variant at most/) },
    ])
    const asked = { plan: { ...open.plan, load: { ...open.plan.load, inFlight: 870 } } }
    expect(of(given, asked)).toMatchObject([{ code: 'arrivals-dropped' }])
  })

  test('connections that are not kept are reported by variant, with the share of requests that needed new ones', () => {
    const one = (variant: string, connections: number, requests = 0) =>
      launch(variant, { renewed: { connections, requests } })
    const told = (...rounds: LaunchRecord[]) =>
      findings(evidence(Array.from({ length: 4 }, () => rounds)), METRICS)
    expect(told(one('before', 1), one('after', 1))).toEqual([])
    expect(told(one('before', 6), launch('after'))).toMatchObject([
      { code: 'connections-not-kept', severity: 'info', message: expect.stringMatching(/: Before 2 %\.$/) },
    ])
    expect(told(one('before', 6), one('after', 300, 1))).toMatchObject([
      { code: 'connections-not-kept', message: expect.stringMatching(/: Before 2 %, After 100 %\.$/) },
      { code: 'requests-resent', severity: 'warning', message: expect.stringMatching(/: After 4\.$/) },
    ])
  })

  test('late last answers of a slow service are not a queue', () => {
    // Three slices of 500 ms at 100/s; the last answer comes a second after it was asked for, or each waits for the one before.
    const paced = pace({ rate: 100, arrivals: 150 })
    const answering = (latencies: number[]) => ({
      pace: paced,
      histograms: seen({ latency: [encoded(latencies)] }),
      timed: timed('', columns).timed,
    })
    const columns = { requests: [50, 50, 50], wall: [1.5e9, 1.5e9, 1.5e9], loaderCpu: [1e8, 1e8, 1e8] }
    expect(of(answering(times(150, 1e6)), open)).toEqual([])
    const queue = Array.from({ length: 150 }, (_, i) => 10_000 * (1 + (i % 50)))
    expect(of(answering(queue), open)).toMatchObject([
      { code: 'rate-not-reached', message: expect.stringMatching(/answered 3\d % of the 100 requests/) },
    ])
  })

  test('a few arrivals more or less are luck', () => {
    const timedSlices = (requests: number[]) =>
      timed('', { requests, wall: [1e9, 1e9, 1e9], loaderCpu: [1e8, 1e8, 1e8] }).timed
    const few = { pace: pace({ rate: 4, arrivals: 9 }), timed: timedSlices([3, 3, 3]) }
    expect(of(few, open)).toEqual([])
    const many = { pace: pace({ rate: 4_000, arrivals: 9_000 }), timed: timedSlices([3_000, 3_000, 3_000]) }
    expect(of(many, open)).toMatchObject([{ code: 'rate-not-reached' }])
  })

  test('a closed loop reports that it cannot measure a stall', () => {
    const [found] = of({ histograms: { latency: [encoded([...times(2_000, 1_000), 2_000_000])] } })
    expect(found).toMatchObject({ code: 'closed-loop-stalls', severity: 'info' })
    expect(found!.message).toMatch(/One answer took 2\.00 s, and p99 is 1\.00 ms/)
  })

  test('failures are reported by step and reason, with a sample', () => {
    const given = timed('before', { unexpected: [3, 0, 0] })
    const failures: LaunchRecord['failures'] = [
      { step: 'POST /cart', kind: 'unexpected', reason: 'status 409', count: 2, sample: '409 sold out' },
      { step: 'GET /', kind: 'unexpected', reason: 'body without `ok`', count: 1 },
    ]
    const round = [{ ...given, failures }, launch('after')]
    const [found] = findings(evidence([round, round, round, round]), METRICS)
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
    latency: [encoded(times(100, 7))],
    requests: 100,
    dropped: 0,
    timeline: { at: [0], requests: [100], p50: [7], p99: [7] },
  }
  const given = {
    pace: pace(),
    histograms: seen({ latency: [encoded(times(300, 9))], uncorrected: [encoded(times(300, 8))] }),
    phases: [phase],
  }
  const phases = [{ name: 'hold 5', from: 5, to: 5, duration: 100 }]
  const curves = latencyCurves(
    evidence([[launch('before', given)]], {
      plan: { ...plan, load: { ...plan.load, engine: 'open', phases } },
    }),
  )
  const shown = curves.map(({ kind, phase, step, points }) => [kind, phase, step, points[0]!.value])
  expect(shown).toEqual([
    ['corrected', undefined, 'all', 9],
    ['uncorrected', undefined, 'all', 8],
    ['corrected', 'hold 5', 'all', 7],
  ])
})
