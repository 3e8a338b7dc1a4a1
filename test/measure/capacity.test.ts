import fc from 'fast-check'
import { expect, test } from 'vitest'
import { RateBisection } from '../../harness/measure/driver/capacity.ts'

function search(first: number, capacity: number) {
  const bracket = new RateBisection(first)
  const tried: number[] = []
  for (let rate = bracket.next; rate !== undefined; rate = bracket.next) {
    tried.push(rate)
    bracket.add(rate <= capacity)
  }
  return { found: bracket.found, tried }
}

test('finds any capacity that is not absurdly far from the first guess', () => {
  fc.assert(
    fc.property(fc.double({ min: 0.2, max: 5, noNaN: true }), ratio => {
      const { found, tried } = search(1_000, 1_000 * ratio)
      expect(tried.length).toBeLessThanOrEqual(12)
      expect(found! / (1_000 * ratio)).toBeGreaterThan(0.93)
      expect(found! / (1_000 * ratio)).toBeLessThan(1.07)
    }),
  )
})

test('finds nothing rather than the last guess when every rate passes or fails', () => {
  expect(search(1_000, 0).found).toBeNull()
  expect(search(1_000, Number.POSITIVE_INFINITY).found).toBeNull()
})
