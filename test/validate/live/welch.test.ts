import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { countedSample, sampleOf, welch } from '../../../validate/live/welch.ts'

// Worked through with SciPy 1.x: t = 2.8530, 27.887 degrees of freedom, p = 0.00807.
const BEFORE = [27.5, 21, 19, 23.6, 17, 17.9, 16.9, 20.1, 21.9, 22.6, 23.1, 19.6, 19, 21.7, 21.4]
const AFTER = [27.1, 22, 20.8, 23.4, 23.4, 23.5, 25.8, 22, 24.8, 20.2, 21.9, 22.1, 22.9, 30.5, 24.4]

describe("Welch's test", () => {
  test('agrees with a known example, as a fraction of the first mean', () => {
    const { status, estimate, low, high } = welch(sampleOf(BEFORE), sampleOf(AFTER))
    expect(status).toBe('regressed')
    expect(estimate).toBeCloseTo(0.1360871, 6)
    expect(low).toBeCloseTo(0.0383594, 6)
    expect(high).toBeCloseTo(0.2338147, 6)
  })

  test('less is an improvement; p above one per cent says nothing', () => {
    expect(welch(sampleOf(AFTER), sampleOf(BEFORE)).status).toBe('improved')
    expect(welch(sampleOf(BEFORE.slice(0, 8)), sampleOf(AFTER.slice(0, 8))).status).toBe('inconclusive')
  })

  test('takes every request of a long run', () => {
    const sample = { mean: 1, variance: 4, count: 100_000 }
    expect(welch(sample, { ...sample, mean: 1.03 }).status).toBe('regressed')
    expect(welch(sample, { ...sample, mean: 1.01 }).status).toBe('inconclusive')
  })

  test('needs two values on each side', () => {
    expect(() => welch(sampleOf([1, 2]), { mean: 1, variance: 0, count: 1 })).toThrow(RangeError)
  })
})

test('a sample that is counted is the sample that is kept', () => {
  const values = fc.array(fc.double({ min: 0, max: 1e4, noNaN: true }), { minLength: 2 })
  fc.assert(
    fc.property(values, values => {
      const counted = countedSample()
      for (const value of values) counted.add(value)
      const { mean, variance, count } = counted.sample()
      const kept = sampleOf(values)
      expect(count).toBe(kept.count)
      expect(mean).toBeCloseTo(kept.mean, 6)
      expect(Math.sqrt(variance)).toBeCloseTo(Math.sqrt(kept.variance), 5)
    }),
  )
})
