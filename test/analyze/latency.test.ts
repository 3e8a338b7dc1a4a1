import { describe, expect, test } from 'vitest'
import { latencyCurves } from '../../harness/analyze/latency.ts'
import { encoded, evidence, launch, plan } from './records.ts'

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
