import { describe, expect, test } from 'vitest'
import { latencyCurves } from '../../harness/analyze/latency.ts'
import { overheads } from '../../harness/analyze/collected.ts'
import { encoded, evidence, launch, plan, slices } from './records.ts'

const uniform = (count: number, offset = 0) => Array.from({ length: count }, (_, i) => i + 1 + offset)
const at = (points: { percentile: number }[], percentile: number) =>
  points.find(point => point.percentile === percentile)

describe('latencyCurves', () => {
  test('all rounds together, between the extremes of single rounds', () => {
    const [curve] = latencyCurves(
      evidence([
        [launch('before', { histograms: { latency: [encoded(uniform(1_000))] } })],
        [launch('before', { histograms: { latency: [encoded(uniform(1_000, 500))] } })],
      ]),
    )
    expect(curve).toMatchObject({ variant: 'before', step: 'all', count: 2_000 })
    expect(at(curve!.points, 50)).toEqual({ percentile: 50, value: 750, low: 500, high: 1_000 })
  })

  test('a percentile with no request above it is left out', () => {
    const curve = (requests: number) =>
      latencyCurves(
        evidence([[launch('before', { histograms: { latency: [encoded(uniform(requests))] } })]]),
      )[0]!.points
    expect(curve(1_000).at(-1)!.percentile).toBe(99.9)
    expect(curve(20_000).at(-1)!.percentile).toBe(99.99)
  })

  test('one curve for each step of a script that has several', () => {
    const steps = ['GET /a', 'GET /b'].map(name => ({ name, method: 'GET', path: '/' }))
    const record = evidence(
      [[launch('before', { histograms: { latency: [encoded([100]), encoded([900, 900])] } })]],
      {
        plan: { ...plan, load: { ...plan.load, steps } },
      },
    )
    expect(latencyCurves(record).map(({ step, count }) => [step, count])).toEqual([
      ['all', 3],
      ['GET /a', 1],
      ['GET /b', 2],
    ])
  })

  test('a variant without answers has no curve', () => {
    expect(
      latencyCurves(
        evidence([[launch('before'), launch('after', { histograms: { latency: [encoded([])] } })]]),
      ),
    ).toEqual([])
  })
})

describe('overheads', () => {
  const collectors = { plan: { ...plan, collectors: ['cpu'] } }
  const captured = (factor: number) =>
    launch('before', {
      collected: { cpu: { slices: slices({ cpu: [500_000 * factor], requests: [100] }), figures: {} } },
    })

  test('CPU per request with the collector against the same launch without it', () => {
    const [overhead] = overheads(evidence([[captured(1.04)], [captured(1.05)], [captured(1.06)]], collectors))
    expect(overhead!.collector).toBe('cpu')
    expect(overhead!.change!.estimate).toBeCloseTo(0.05, 3)
    expect(overhead!.change!.low).toBeGreaterThan(0.02)
    expect(overhead!.change!.high).toBeLessThan(0.08)
  })

  test('is unknown without two rounds of it', () => {
    expect(overheads(evidence([[captured(1.04)], [launch('before')]], collectors))[0]!.change).toBeNull()
  })
})
