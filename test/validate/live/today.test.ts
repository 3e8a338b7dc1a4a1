import { describe, expect, test } from 'vitest'
import { byEye, byWelch } from '../../../validate/live/today.ts'

// Computed with SciPy 1.x: t = 2.8530, 27.887 degrees of freedom, p = 0.00807.
const BEFORE = [27.5, 21, 19, 23.6, 17, 17.9, 16.9, 20.1, 21.9, 22.6, 23.1, 19.6, 19, 21.7, 21.4]
const AFTER = [27.1, 22, 20.8, 23.4, 23.4, 23.5, 25.8, 22, 24.8, 20.2, 21.9, 22.1, 22.9, 30.5, 24.4]

describe("Welch's test", () => {
  test('agrees with a known example, as a fraction of the first mean', () => {
    const { status, estimate, low, high } = byWelch(BEFORE, AFTER)
    expect(status).toBe('regressed')
    expect(estimate).toBeCloseTo(0.1360871, 6)
    expect(low).toBeCloseTo(0.0383594, 6)
    expect(high).toBeCloseTo(0.2338147, 6)
  })

  test('calls less an improvement, and decides nothing at p above one percent', () => {
    expect(byWelch(AFTER, BEFORE).status).toBe('improved')
    expect(byWelch(BEFORE.slice(0, 8), AFTER.slice(0, 8)).status).toBe('inconclusive')
  })

  test('needs two values on each side', () => {
    expect(() => byWelch([1, 2], [1])).toThrow(RangeError)
  })
})

test.each([
  [1000, 980, 'regressed'],
  [1000, 985, 'fine'],
  [1000, 1030, 'improved'],
])('by eye, %i and then %i requests per second are %s', (before, after, status) => {
  expect(byEye(before, after).status).toBe(status)
})
