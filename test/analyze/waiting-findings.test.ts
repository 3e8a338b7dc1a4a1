import { describe, expect, test } from 'vitest'
import { findings } from '../../harness/analyze/findings.ts'
import { isHopeless } from '../../harness/analyze/tails.ts'
import type { LaunchRecord } from '../../harness/model/launch.ts'
import type { PlannedNeed } from '../../harness/model/needs.ts'
import type { Plan } from '../../harness/model/plan.ts'
import { encoded, evidence, launch, metricsOf, plan } from './records.ts'

const NEED: PlannedNeed = {
  name: 'database',
  command: ['postgres'],
  directory: '/srv',
  environment: {},
  ready: { by: 'port' },
  variables: {},
  per: 'run',
  timeout: 30_000,
}

/** A launch of an open loop with latencies (µs) around this one, evenly spread over a tenth of it. */
function answered(variant: string, latency: number, requests = 1_000): LaunchRecord {
  const latencies = Array.from({ length: requests }, (_, at) =>
    Math.round(latency * (1 + at / requests / 10)),
  )
  return launch(variant, {
    pace: { rate: 200, arrivals: requests, dropped: 0, leftOut: 0 },
    histograms: { latency: [encoded(latencies)], sendError: [encoded([5])] },
  })
}

const METRICS = metricsOf('latency.p99')

const messages = (code: string, rounds: LaunchRecord[][], given: Partial<Plan>) =>
  findings(evidence(rounds, { plan: { ...plan, ...given } }), METRICS)
    .filter(finding => finding.code === code)
    .map(({ message }) => message)

describe('state that grows', () => {
  const series = (latencies: number[]) =>
    latencies.map(latency => [answered('before', latency), answered('after', latency * 1.2)])
  const growing = series([5_000, 5_300, 5_200, 5_600, 6_000, 6_300, 6_500, 7_000])

  test('is found where something lives longer than a round', () => {
    const [message] = messages('state-grows', growing, { needs: [NEED] })
    expect(message).toMatch(
      /^From the first round to the last, this grew in all variants: Latency p50 \(\+40\.\d %\)\.$/,
    )
  })

  test('is not looked for where nothing does', () => {
    expect(messages('state-grows', growing, {})).toEqual([])
    expect(messages('state-grows', growing, { needs: [{ ...NEED, per: 'round' }] })).toEqual([])
    expect(
      messages('state-grows', growing, { needs: [{ ...NEED, per: 'round', url: 'tcp://x:1' }] }),
    ).toHaveLength(1)
  })

  test.each<[string, number[]]>([
    ['up and down', [5_000, 7_000, 5_100, 6_900, 5_000, 7_100, 5_050, 7_000]],
    ['down', [7_000, 6_600, 6_300, 6_000, 5_700, 5_400, 5_200, 5_000]],
    ['a little', [5_000, 5_010, 5_020, 5_030, 5_040, 5_050, 5_060, 5_070]],
    ['in few rounds', [5_000, 6_000, 7_000, 8_000]],
  ])('is not found when it goes %s', (_, latencies) => {
    expect(messages('state-grows', series(latencies), { needs: [NEED] })).toEqual([])
  })
})

describe('a tail', () => {
  const gate = (metric: string, margin: number) => [{ metric, margin, level: 'error' as const }]
  const rounds = (requests: number, count = 6) =>
    Array.from({ length: count }, () => [
      answered('before', 5_000, requests),
      answered('after', 5_000, requests),
    ])

  test('with too few requests for its margin says how long it takes', () => {
    const [message] = messages('tail-needs-time', rounds(200), { gates: gate('latency.p99', 0.0005) })
    expect(message).toMatch(
      /^Latency p99 within 0\.05 % takes about .+ at 200 \/s: a launch answers 200 requests, and 2 of them are slower\.$/,
    )
  })

  test('takes four times as long for half the margin', () => {
    const minutes = (margin: number) => {
      const [message] = messages('tail-needs-time', rounds(2_000), { gates: gate('latency.p99', margin) })
      const [, number, unit] = /about (\d+) (min|h|s)/.exec(message!)!
      return Number(number) * { s: 1 / 60, min: 1, h: 60 }[unit as 'min']
    }
    expect(minutes(0.00005) / minutes(0.0001)).toBeCloseTo(4, 0)
  })

  test('that only luck can decide says so, and how long it takes', () => {
    const [message] = messages('tail-needs-time', rounds(60), { gates: gate('latency.p999', 0.05) })
    expect(message).toMatch(
      /^Latency p99\.9 is a matter of luck at 200 \/s: of the requests of a variant in the whole run, about 1 are slower\. 5 take about /,
    )
  })

  test('makes a run futile only where so few requests are slower', () => {
    const isFutile = (requests: number, metric: string) =>
      isHopeless(evidence(rounds(requests, 2), { plan }), { metric })
    expect(isFutile(20, 'latency.p99')).toBe(true)
    expect(isFutile(2_000, 'latency.p99')).toBe(false)
    expect(isFutile(20, 'latency.p50')).toBe(false)
  })

  test.each<[string, number, string, number]>([
    ['a margin that the requests allow', 2_000, 'latency.p99', 0.05],
    ['the median', 200, 'latency.p50', 0.0001],
  ])('needs no more than it has with %s', (_, requests, metric, margin) => {
    expect(messages('tail-needs-time', rounds(requests), { gates: gate(metric, margin) })).toEqual([])
  })
})
