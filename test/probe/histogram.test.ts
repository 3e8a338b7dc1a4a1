import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { BUCKETS, bucketOf, lowest, quantile } from '../../harness/probe/histogram.cjs'

const latency = fc.integer({ min: 0, max: 2 ** 31 - 1 })

describe('a bucket', () => {
  test('holds its values, and is at most an eighth as wide as they are', () => {
    fc.assert(
      fc.property(latency, us => {
        const bucket = bucketOf(us)
        expect(bucket).toBeLessThan(BUCKETS)
        expect(lowest(bucket)).toBeLessThanOrEqual(us)
        expect(lowest(bucket + 1)).toBeGreaterThan(us)
        expect(lowest(bucket + 1) - lowest(bucket)).toBeLessThanOrEqual(Math.max(1, us / 8))
      }),
    )
  })

  test('is the last one for whatever is longer, and the first one for less than nothing', () => {
    expect(bucketOf(1e12)).toBe(BUCKETS - 1)
    expect(bucketOf(-5)).toBe(0)
  })
})

describe('a quantile', () => {
  test('is in the bucket of the value that sorting would find', () => {
    fc.assert(
      fc.property(
        fc.array(latency, { minLength: 1 }),
        fc.double({ min: 0.01, max: 1, noNaN: true }),
        (all, share) => {
          const counts = new Array<number>(BUCKETS).fill(0)
          for (const us of all) counts[bucketOf(us)]!++
          const sorted = all.toSorted((a, b) => a - b)
          const exact = sorted[Math.ceil(share * all.length) - 1]!
          expect(bucketOf(quantile(counts, share)!)).toBe(bucketOf(exact))
        },
      ),
    )
  })

  test('of nothing is not known', () => {
    expect(quantile(new Array<number>(BUCKETS).fill(0), 0.5)).toBeUndefined()
  })
})
