import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { trendOf } from '../../harness/stats/trend.ts'

describe('a trend', () => {
  test('is the change from the first value to the last', () => {
    expect(trendOf([1, 2, 3, 4, 5])).toMatchObject({ change: 4 })
    expect(trendOf([5, 4, 3, 2, 1]).change).toBe(-4)
    // One value that stands out does not make one.
    expect(trendOf([1, 1, 1, 90, 1, 1, 1])).toEqual({ change: 0, score: 0 })
  })

  test('is as sure as the published table says', () => {
    // Kendall's S of 26 with eight values has a one-sided probability of 0.0009, which is 3.1 standard deviations.
    expect(trendOf([1, 3, 2, 4, 5, 6, 7, 8]).score).toBeCloseTo(3.09, 2)
  })

  test('turns around with the values', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: -1_000, max: 1_000 }), { minLength: 3, maxLength: 20 }),
        values => {
          const [forwards, backwards] = [trendOf(values), trendOf(values.toReversed())]
          expect(backwards.change).toBeCloseTo(-forwards.change)
          expect(backwards.score).toBeCloseTo(-forwards.score)
        },
      ),
    )
  })

  test('is seldom sure where there is none', () => {
    let sure = 0
    let seed = 7
    const random = () => {
      seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0
      return seed / 2 ** 32
    }
    for (let run = 0; run < 2_000; run++) if (trendOf(Array.from({ length: 8 }, random)).score >= 2.6) sure++
    expect(sure / 2_000).toBeLessThan(0.01)
  })
})
