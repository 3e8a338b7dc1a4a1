import { describe, expect, test } from 'vitest'
import { excludedSamples, leftOut } from '../../harness/analyze/exclusion.ts'
import { findings } from '../../harness/analyze/findings.ts'
import type { Evidence } from '../../harness/model/evidence.ts'
import type { LaunchRecord } from '../../harness/model/launch.ts'
import { evidence, launch, metricsOf, plan, slices, timed } from './records.ts'

const METRICS = metricsOf('throughput')
const quiet = [launch('before'), launch('after')]
const rounds = (count: number, odd: LaunchRecord[] = quiet) => [
  odd,
  ...Array.from({ length: count - 1 }, () => quiet),
]
const unsettled = [launch('before'), launch('after', { warmup: { settled: false, slices: slices({}) } })]
const starved = [launch('before'), timed('after', { runDelay: [6e5, 6e5, 6e5] })]

const excludedRounds = (measured: Evidence) =>
  new Set([...excludedSamples(measured)].map(({ round }) => round))

const codes = (...given: Parameters<typeof evidence>) =>
  findings(evidence(...given), METRICS).map(({ code }) => code)

describe('findings', () => {
  test('a quiet run has none', () => {
    expect(codes(rounds(4))).toEqual([])
  })

  test.each<[string, Parameters<typeof evidence>]>([
    ['few-rounds', [rounds(3)]],
    ['disturbed', [rounds(4, [launch('before'), timed('after', { runDelay: [2e5, 2e5, 2e5] })])]],
    ['steal', [rounds(4, [launch('before', { steal: 0.02 }), launch('after', { steal: 0.02 })])]],
    ['errors', [rounds(4, [launch('before'), timed('after', { errors: [0, 1, 0] })])]],
    ['unexpected-answers', [rounds(4, [launch('before'), timed('after', { unexpected: [0, 1, 0] })])]],
    ['pinning-unavailable', [rounds(4), { plan: { ...plan, pinning: undefined } }]],
  ])('%s', (code, given) => {
    expect(codes(...given)).toEqual([code])
  })

  test.each<[string, Parameters<typeof timed>[1]]>([
    ['loader-saturated', { loaderUtilization: [0.95, 0.96, 0.97] }],
    ['loader-saturated', { loaderCpu: [9.5e5, 9.5e5, 9.5e5] }],
    ['loader-idle', { loaderIdle: [0.5, 0.6, 0.7] }],
    ['target-not-saturated', { mainCpu: [3e5, 3e5, 3e5] }],
    ['clock-coarse', { cpu: [1e6, 2e6, 3e6, 2e6] }],
  ])('%s', (code, columns) => {
    const round = [timed('before', columns), timed('after', columns)]
    expect(codes([round, round, round, round])).toEqual([code])
  })

  test('few rounds are only a note where a quick run planned no more', () => {
    const quick = { ...plan, quick: true, rounds: { min: 2, max: 2 } }
    expect(findings(evidence(rounds(2), { plan: quick }), METRICS)).toMatchObject([
      { code: 'few-rounds', severity: 'info' },
    ])
    expect(findings(evidence(rounds(1), { plan: quick }), METRICS)).toMatchObject([
      { code: 'few-rounds', severity: 'warning' },
    ])
  })

  test('different-bytes, with each variant’s figure', () => {
    const round = [launch('before'), timed('after', { bytes: [24_000, 24_000, 24_000] })]
    expect(findings(evidence([round, round, round, round]), METRICS)).toMatchObject([
      { code: 'different-bytes', message: 'Bytes per answer differ: Before 200 bytes, After 240 bytes.' },
    ])
  })

  test('not-settled counts launches, and rounds-left-out names their rounds', () => {
    expect(findings(evidence(rounds(4, unsettled)), METRICS)).toMatchObject([
      {
        code: 'not-settled',
        message: '1 of 4 launches of After had not reached steady state when it was measured.',
      },
      { code: 'rounds-left-out', message: expect.stringContaining('1 of 4 rounds (1)') },
    ])
  })

  test('launches that mostly wait are compared by their latency before their CPU per request is steady', () => {
    const waiting = rounds(4).map(round =>
      round.map(each => ({ ...each, warmup: { ...each.warmup, settled: false, latencySettled: true } })),
    )
    expect(findings(evidence(waiting), METRICS)).toMatchObject([
      {
        code: 'cpu-not-settled',
        severity: 'info',
        message: expect.stringContaining('in 4 of 4 launches of Before, 4 of 4 launches of After.'),
      },
    ])
  })

  test('findings from measuring come first, and are not repeated', () => {
    const noticed = { code: 'pinning-unavailable', severity: 'info', message: 'No taskset.' } as const
    const given = { plan: { ...plan, pinning: undefined }, findings: [noticed] }
    expect(findings(evidence(rounds(3), given), METRICS)).toMatchObject([noticed, { code: 'few-rounds' }])
  })

  test('each has advice', () => {
    for (const { advice } of findings(evidence(rounds(3, unsettled)), METRICS)) expect(advice).toMatch(/\.$/)
  })
})

describe('samples that are left out', () => {
  test('each with its reason', () => {
    expect(leftOut(evidence([quiet, unsettled, quiet, starved, quiet, quiet])).map(it => it.reason)).toEqual([
      'a launch never reached steady state',
      'a launch waited for a processor for more than half of the time',
    ])
  })

  test('leaves out a round with a launch that never settled or was starved', () => {
    expect(excludedRounds(evidence([quiet, unsettled, quiet, starved, quiet, quiet]))).toEqual(
      new Set([2, 4]),
    )
  })

  test('time taken by the host counts like time taken by another process', () => {
    const waiting = { runDelay: [4e5, 4e5, 4e5] }
    const stolen = [launch('before'), { ...timed('after', waiting), steal: 0.2 }]
    expect(excludedRounds(evidence([stolen, quiet, quiet, quiet]))).toEqual(new Set([1]))
    expect(excludedRounds(evidence([[launch('before'), timed('after', waiting)], quiet]))).toEqual(new Set())
  })

  test('keeps all rounds when too many would be left out', () => {
    expect(excludedRounds(evidence([unsettled, unsettled, quiet, quiet]))).toEqual(new Set())
  })

  test('does not depend on the results', () => {
    const slow = [launch('before'), timed('after', { cpu: [9e9, 9e9, 9e9] })]
    expect(excludedRounds(evidence([slow, quiet, quiet, quiet]))).toEqual(new Set())
  })

  test('treats both sides the same way', () => {
    const turned = starved.map(one => ({ ...one, variant: one.variant === 'before' ? 'after' : 'before' }))
    expect(excludedRounds(evidence([turned, quiet, quiet, quiet]))).toEqual(new Set([1]))
  })
})
