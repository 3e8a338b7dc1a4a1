import { describe, expect, test } from 'vitest'
import { ratiosOf } from '../../harness/analyze/ratios.ts'
import { spikesIn } from '../../harness/analyze/spikes.ts'
import cpu from '../../harness/metrics/cpu.ts'
import { seededRandom } from '../../harness/stats/random.ts'
import { evidence, timed } from './records.ts'

const repeated = (value: number, count: number) => Array.from({ length: count }, () => value)

describe('spikes', () => {
  test('count where all slices differ from typical ones beyond doubt', () => {
    const whole = [-0.4, -0.5, -0.45, -0.42, -0.48, -0.5]
    expect(spikesIn(repeated(-0.12, 6), whole)).toMatchObject({ counted: true })
    const { typical, whole: all } = spikesIn(repeated(-0.12, 6), whole)!
    expect(typical).toBeCloseTo(Math.expm1(-0.12), 10)
    expect(all).toBeCloseTo(Math.expm1(-2.75 / 6), 10)
  })

  test.each([
    ['four rounds cannot exclude chance', repeated(0, 4), [0.3, 0.31, 0.3, 0.29], false],
    ['the rounds agree, but not closely', repeated(0, 6), [0.05, 0.4, 0.02, 0.3, 0.01, 0.2], false],
  ])('are suspected: %s', (_, typical, whole, counted) => {
    expect(spikesIn(typical, whole)?.counted).toBe(counted)
  })

  test.each([
    ['the difference does not matter', repeated(0.1, 8), repeated(0.11, 8)],
    ['the rounds disagree', repeated(0, 6), [0.3, -0.2, 0.4, 0.1, -0.1, 0.2]],
    ['there is one round', [0], [1]],
    ['a side was not measured', [0, null, 0, null], [null, 1, null, 1]],
  ])('do not matter where %s', (_, typical, whole) => {
    expect(spikesIn(typical, whole)).toBeUndefined()
  })

  test('are counted by chance in at most one of two hundred runs', () => {
    const random = seededRandom(7)
    const noise = () => Array.from({ length: 12 }, random).reduce((sum, value) => sum + value, -6)
    let counted = 0
    for (let run = 0; run < 4_000; run++) {
      const whole = Array.from({ length: 7 }, () => 0.08 * noise())
      if (spikesIn(repeated(0, 7), whole)?.counted) counted++
    }
    expect(counted).toBeLessThan(20)
  })
})

test('a collection in every fifth slice of one side counts in full, where six rounds agree', () => {
  const [metric] = cpu
  const requests = repeated(10, 20)
  const launch = (id: string, spike: number) =>
    timed(id, {
      requests,
      cpu: requests.map((_, row) => (row % 5 === 0 ? spike : 100_000)),
    })
  const rounds = Array.from({ length: 6 }, (_, round) => [
    launch('before', 100_000),
    launch('after', 1_000_000 + 10_000 * round),
  ])
  const { ratios, spikes, before, after } = ratiosOf(evidence(rounds), metric!, 'after', new Set())
  expect(spikes).toMatchObject({ counted: true, typical: 0 })
  expect(before[0]).toBeCloseTo(10, 10)
  expect(after[0]).toBeCloseTo(28, 10)
  expect(ratios[0]).toBeCloseTo(Math.log(2.8), 10)
})
