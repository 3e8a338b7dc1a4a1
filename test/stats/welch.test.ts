import fc from 'fast-check'
import { expect, test } from 'vitest'
import { centreOf, intervalOf } from '../../harness/stats/centre.ts'
import { permutationTest } from '../../harness/stats/permutation.ts'
import { normal, seededRandom } from '../../harness/stats/random.ts'
import { differenceOf, welch, welchStatistic } from '../../harness/stats/welch.ts'

// Two samples of unequal size and spread; figures from the definition, by hand: variances 2.5 and 40, errors 0.5 and 10.
const NARROW = [1, 2, 3, 4, 5]
const WIDE = [2, 10, 14, 18]

test('the interval uses t at Welch’s degrees of freedom', () => {
  const a = 2.5 / 5
  const b = 46.666666666666664 / 4
  const { estimate, low, high } = welch(NARROW, WIDE, 0.95)
  expect(estimate).toBeCloseTo(8)
  expect(welchStatistic(NARROW, WIDE)).toBeCloseTo(8 / Math.sqrt(a + b))
  // 3.26 degrees of freedom: t is between those of 3 (3.182) and of 4 (2.776).
  const t = (high - estimate) / Math.sqrt(a + b)
  expect(t).toBeGreaterThan(2.776)
  expect(t).toBeLessThan(3.182)
  expect(estimate - low).toBeCloseTo(high - estimate)
})

test('the interval has no width for constant values', () => {
  expect(welch([1, 1], [3, 3], 0.95)).toEqual({ estimate: 2, low: 2, high: 2 })
  expect(welchStatistic([1, 1], [1, 1])).toBe(0)
  expect(welchStatistic([1, 1], [3, 3])).toBe(Number.POSITIVE_INFINITY)
  expect(() => welch([1], [1, 2], 0.95)).toThrow(RangeError)
})

test('swapping the sides mirrors the interval', () => {
  const sample = fc.array(fc.double({ min: -1e6, max: 1e6, noNaN: true }), { minLength: 2, maxLength: 9 })
  fc.assert(
    fc.property(sample, sample, (before, after) => {
      const [there, back] = [welch(before, after, 0.9), welch(after, before, 0.9)]
      expect(there.low).toBeCloseTo(-back.high, 6)
    }),
  )
})

test('the difference of two centres is Welch’s if nothing is trimmed', () => {
  const sample = fc.array(fc.double({ min: -10, max: 10, noNaN: true }), { minLength: 2, maxLength: 9 })
  fc.assert(
    fc.property(sample, sample, (before, after) => {
      const { estimate, low, high } = intervalOf(differenceOf(centreOf(before), centreOf(after))!, 0.05)
      const expected = welch(before, after, 0.9)
      expect(estimate).toBeCloseTo(expected.estimate, 6)
      expect(low).toBeCloseTo(expected.low, 6)
      expect(high).toBeCloseTo(expected.high, 6)
    }),
    // The squares of these errors are zero.
    {
      examples: [
        [
          [0, 0],
          [0, 4.0834685681589464e-162, 0],
        ],
      ],
    },
  )
  expect(differenceOf(centreOf([1]), centreOf([1, 2]))).toBeNull()
})

const rowsOf = (seed: number, shift: number) => {
  const random = seededRandom(seed)
  return Array.from({ length: 8 }, (_, row) =>
    Array.from({ length: 12 }, (_, at) => normal(random) + (row === 3 && at >= 6 ? shift : 0)),
  )
}

test('finds the row that changed and no other', () => {
  const p = permutationTest(rowsOf(1, 8), 6)
  expect(p[3]).toBeLessThan(0.02)
  expect(p.filter(value => value <= 0.05)).toHaveLength(1)
})

test('finds something in at most one family of twenty where nothing changed', () => {
  const families = Array.from({ length: 40 }, (_, seed) => permutationTest(rowsOf(seed + 1, 0), 6))
  expect(families.filter(p => Math.min(...p) <= 0.05).length).toBeLessThanOrEqual(6)
})

test('works with constant rows and without rows', () => {
  expect(permutationTest([], 6)).toEqual([])
  expect(permutationTest([new Array(12).fill(0.1)], 6)).toEqual([1])
})
