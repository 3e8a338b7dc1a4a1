import { expect, test } from 'vitest'
import { roundsThatWait } from '../../harness/scenario/tails.ts'
import { plan } from '../analyze/records.ts'

const rounds = (metric: string, rate?: number) =>
  roundsThatWait({
    gates: [{ metric, margin: 0.05, level: 'error' as const }],
    load: { ...plan.load, rate },
    maxTime: 120_000,
  })

test('a service that waits has many rounds, which a tail allows where there are enough slow requests', () => {
  expect(rounds('latency.p50', 20)).toBe(9)
  // In 36 s of timed slices: 72, 360 and 7 requests that are slower than the percentile.
  expect([rounds('latency.p99', 200), rounds('latency.p99', 1_000), rounds('latency.p99', 20)]).toEqual([
    7, 9, 6,
  ])
  expect([rounds('latency.p999', 1_000), rounds('latency.p99')]).toEqual([6, 6])
})
