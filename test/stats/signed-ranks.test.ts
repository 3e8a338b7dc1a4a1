import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { rankInterval, rankProbability } from '../../harness/stats/signed-ranks.ts'

const values = fc.array(fc.double({ min: -1, max: 1, noNaN: true }), { minLength: 1, maxLength: 9 })

/** All 2ⁿ ways to choose signs. */
const signings = (sizes: number[]): number[][] =>
  sizes.reduce<number[][]>(
    (all, size) =>
      all.flatMap(one => [
        [...one, size],
        [...one, -size],
      ]),
    [[]],
  )

/** 1, 2, … with these ranks negative. */
const ranked = (count: number, ...against: number[]): number[] =>
  Array.from({ length: count }, (_, i) => (against.includes(i + 1) ? -(i + 1) : i + 1))

describe('rankProbability', () => {
  test.each([
    // Wilcoxon's critical values, one-sided: as tabulated for 0.5 and 2.5 %.
    ['10 values, sum 3', ranked(10, 3), 5 / 1024],
    ['10 values, sum 4', ranked(10, 4), 7 / 1024],
    ['8 values, none', ranked(8), 1 / 256],
    ['8 values, sum 3', ranked(8, 1, 2), 5 / 256],
    ['6 values, none', ranked(6), 1 / 64],
  ])('%s', (_, list, probability) => {
    expect(rankProbability(list)).toBeCloseTo(probability, 12)
  })

  test('20 values: a sum of 37 is below 0.5 %, one of 38 is not', () => {
    expect(rankProbability(ranked(20, 20, 17))).toBeLessThan(0.005)
    expect(rankProbability(ranked(20, 20, 18))).toBeGreaterThan(0.005)
  })

  test('errs no more often than the level, whatever the sizes', () => {
    const sizes = fc.uniqueArray(fc.integer({ min: 1, max: 1_000 }), { minLength: 1, maxLength: 8 })
    fc.assert(
      fc.property(sizes, fc.constantFrom(0.005, 0.05, 0.2, 0.5), (list, level) => {
        const all = signings(list)
        const called = all.filter(one => rankProbability(one) <= level).length
        expect(called / all.length).toBeLessThanOrEqual(level)
      }),
    )
  })

  test('errs no more often with ties and zeros', () => {
    const sizes = fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 1, maxLength: 8 })
    fc.assert(
      fc.property(sizes, fc.constantFrom(0.005, 0.05, 0.2), (list, level) => {
        const all = signings(list)
        const called = all.filter(one => rankProbability(one) <= level).length
        expect(called / all.length).toBeLessThanOrEqual(level)
      }),
    )
    expect(rankProbability([0, 0, 0])).toBe(1)
  })
})

describe('rankInterval', () => {
  test('is above zero exactly where the ranks are as unlikely as the level', () => {
    fc.assert(
      fc.property(values, fc.double({ min: 1e-3, max: 0.5, noNaN: true }), (list, level) => {
        expect(rankInterval(list, level)[0] > 0).toBe(rankProbability(list) <= level)
      }),
    )
  })

  test('is mirrored with its values', () => {
    fc.assert(
      fc.property(values, list => {
        const [low, high] = rankInterval(list, 0.1)
        const turned = list.map(value => -value)
        expect(rankInterval(turned, 0.1)).toEqual([0 - high, 0 - low])
      }),
      { examples: [[[0, 0, 0, 0, 0]], [[-1, -1, 1, -0, -1]]] },
    )
  })

  test('is infinite for too few values', () => {
    expect(rankInterval([5, 5, 5, 5], 0.05)).toEqual([Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY])
    expect(rankInterval([5, 5, 5, 5, 5], 0.05)).toEqual([5, 5])
    expect(rankInterval([], 0.05)).toEqual([Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY])
  })

  test('ignores how far off one value is', () => {
    const usual = [4, 5, 5.5, 6, 6.5, 7, 7.5, 8, 9]
    expect(rankInterval([...usual, -1], 0.005)[0]).toBeGreaterThan(0)
    expect(rankInterval([...usual, 1e9], 0.005)[0]).toBe(rankInterval([...usual, 10], 0.005)[0])
  })
})
