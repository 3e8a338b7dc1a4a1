import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { sightError, sightIn } from '../../../harness/cli/doctor/sight.ts'
import { judgeComparisons } from '../../../harness/judge/index.ts'
import type { Comparison } from '../../../harness/model/comparison.ts'
import type { Report } from '../../../harness/model/report.ts'
import { normal, seededRandom } from '../../../harness/stats/random.ts'
import { planOf } from '../host.ts'
import { comparison, trial } from './report.ts'

const SCENARIO = join(import.meta.dirname, '../../../scenarios/injected.ts')

/** Standard deviation 1.095 %. */
const SPREAD = [0.01, -0.01, 0.01, -0.01, 0.01, -0.01]

async function reportWith(comparisons: Comparison[]): Promise<Report> {
  const report = await trial(await planOf(SCENARIO, '/'), { ratios: SPREAD })
  return { ...report, analysis: { ...report.analysis, comparisons } }
}

const reported = await reportWith([comparison(SPREAD)])
const cpu = (seconds: number, reports: Report[]) => sightIn(seconds, reports)[0]!.change!

describe('what a gate can see', () => {
  test('rounds are as many as fit into the time; too few of them see nothing', () => {
    expect(sightIn(61, [reported])).toMatchObject([{ metric: 'cpu.perRequest', seconds: 61, rounds: 12 }])
    expect(sightIn(15, [reported])).toMatchObject([{ rounds: 3, change: null }])
    expect(sightIn(2, [reported])).toMatchObject([{ rounds: 0, change: null }])
  })

  test('more time sees more; twice the spread sees half as well', async () => {
    const doubled = await reportWith([comparison(SPREAD.map(ratio => 2 * ratio))])
    expect(cpu(120, [reported])).toBeLessThan(cpu(60, [reported]))
    expect(Math.log1p(cpu(60, [doubled]))).toBeCloseTo(2 * Math.log1p(cpu(60, [reported])), 10)
  })

  test('the injected change does not count as spread, and both runs are used', async () => {
    const moved = await reportWith([comparison(SPREAD.map(ratio => ratio + 0.05))])
    expect(cpu(60, [reported, moved])).toBeCloseTo(cpu(60, [reported]), 10)
    const still = await reportWith([comparison([0, 0, 0, 0, 0, 0])])
    expect(Math.log1p(cpu(60, [reported, still]))).toBeCloseTo(
      Math.log1p(cpu(60, [reported])) / Math.SQRT2,
      10,
    )
  })

  test('reports its own error, which is larger with fewer rounds', async () => {
    // Five degrees of freedom, then ten.
    expect(sightError([reported])).toBeCloseTo(0.316228, 6)
    expect(sightError([reported, reported])).toBeCloseTo(0.223607, 6)
    expect(sightError([await reportWith([comparison([0.01])])])).toBeNull()
  })

  test('sees a drop of a metric that is better when higher', async () => {
    const report = await reportWith([comparison(SPREAD, { metric: 'throughput', better: 'higher' })])
    expect(Math.log1p(sightIn(60, [report])[0]!.change!)).toBeCloseTo(-Math.log1p(cpu(60, [reported])), 10)
  })

  test('leaves out what was not measured', async () => {
    expect(sightIn(60, [await reportWith([])])).toEqual([])
    expect(sightIn(60, [await reportWith([comparison([0.01])])])).toEqual([])
  })

  test('the judge itself calls such a change a regression in four runs of five', () => {
    const { change, rounds } = sightIn(60, [reported])[0]!
    const random = seededRandom(7)
    const gated = ['cpu.perRequest', 'latency.p99', 'throughput']
    const trials = 1_000
    let called = 0
    for (let run = 0; run < trials; run++) {
      const comparisons = gated.map((metric, at) =>
        comparison(
          Array.from(
            { length: rounds },
            () => 0.010954 * normal(random) + (at === 0 ? Math.log1p(change!) : 0),
          ),
          { metric },
        ),
      )
      const { gates } = judgeComparisons(comparisons, {
        plan: {
          gates: gated.map(metric => ({ metric, margin: 1e-6, level: 'error' })),
          rounds: { min: 4, max: 24 },
          quick: false,
        },
        subjects: reported.evidence.subjects,
        baseline: 'plain',
        rounds,
        last: true,
        roundTime: 5_000,
      })
      if (gates[0]!.status === 'regressed') called++
    }
    expect(called / trials).toBeGreaterThan(0.72)
    expect(called / trials).toBeLessThan(0.88)
  })
})
