import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { holm } from '../../harness/judge/levels.ts'

describe('holm', () => {
  test('one test gets everything', () => {
    expect(holm([0.2], 0.01)).toEqual([0.01])
  })

  test('Holm’s own steps: level over what is left, until one fails', () => {
    const levels = holm([0.5, 0.001, 0.004], 0.01)
    expect(levels[1]).toBeCloseTo(0.01 / 3, 12)
    expect(levels[2]).toBeCloseTo(0.01 / 2, 12)
    expect(levels[0]).toBeCloseTo(0.01, 12)
  })

  test('after the first failure the level no longer grows', () => {
    const levels = holm([0.004, 0.0045, 0.0049], 0.01)
    expect(levels).toEqual([0.01 / 3, 0.01 / 3, 0.01 / 3])
  })

  test('never spends more than Holm may: the smallest true null still has to pass level / nulls', () => {
    const probabilities = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), {
      minLength: 1,
      maxLength: 12,
    })
    fc.assert(
      fc.property(probabilities, list => {
        const levels = holm(list, 0.01)
        const passed = list.filter((p, i) => p <= levels[i]!).length
        for (const level of levels) {
          expect(level).toBeGreaterThanOrEqual(0.01 / list.length - 1e-15)
          expect(level).toBeLessThanOrEqual(0.01 / Math.max(1, list.length - passed) + 1e-15)
        }
      }),
    )
  })
})
