import { expect, test } from 'vitest'
import { changeOf } from '../../harness/stats/centre.ts'

test('log-ratios become fractions', () => {
  const change = changeOf({ estimate: Math.log(1.05), low: Math.log(1.02), high: Math.log(1.08) }, 0.95)
  expect(change.estimate).toBeCloseTo(0.05, 12)
  expect(change.low).toBeCloseTo(0.02, 12)
  expect(change.high).toBeCloseTo(0.08, 12)
})

test('an infinite interval becomes finite fractions', () => {
  const change = changeOf({ estimate: 0, low: Number.NEGATIVE_INFINITY, high: 1e9 }, 0.95)
  expect([change.low, change.high].every(Number.isFinite)).toBe(true)
  expect(change.low).toBeGreaterThan(-1)
})
