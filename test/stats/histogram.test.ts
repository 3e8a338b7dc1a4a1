import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  buckets,
  createHistogram,
  decodeHistogram,
  encodeHistogram,
  mergeHistograms,
  percentile,
  record,
} from '../../harness/stats/histogram.ts'

function histogramOf(latencies: number[]) {
  const histogram = createHistogram()
  for (const latency of latencies) record(histogram, latency)
  return histogram
}

describe('histogram', () => {
  test('keeps three digits of every percentile', () => {
    const histogram = histogramOf(Array.from({ length: 10_000 }, (_, i) => i + 1))
    for (const percent of [1, 50, 90, 99, 99.9])
      expect(percentile(histogram, percent)! / (percent * 100)).toBeCloseTo(1, 2)
  })

  test('is the same after encoding and decoding', () => {
    const latencies = fc.array(fc.double({ min: 0, max: 1e7, noNaN: true }), { maxLength: 200 })
    fc.assert(
      fc.property(latencies, list => {
        const histogram = histogramOf(list)
        const back = decodeHistogram(encodeHistogram(histogram))
        expect(back.totalCount).toBe(list.length)
        for (const percent of [0, 50, 99])
          expect(percentile(back, percent)).toBe(percentile(histogram, percent))
      }),
      { numRuns: 50 },
    )
  })

  test('holds the counts of all after merging', () => {
    const merged = mergeHistograms([histogramOf([100, 200]), histogramOf([]), histogramOf([300])])
    expect(merged.totalCount).toBe(3)
    expect(percentile(merged, 50)).toBe(200)
  })

  test('has no percentile when empty', () => {
    expect(percentile(createHistogram(), 50)).toBeNull()
  })

  test.each([Number.NaN, -1, Number.POSITIVE_INFINITY])('rejects %d µs', latency => {
    expect(() => record(createHistogram(), latency)).toThrow('A latency is')
  })

  test('counts more than an hour as an hour', () => {
    expect(percentile(histogramOf([1e12]), 100)! / 3.6e9).toBeCloseTo(1, 3)
  })

  test('quotes text that is not a histogram', () => {
    expect(() => decodeHistogram('no histogram')).toThrow('Not a V2 HDR histogram in base64: no histogram')
  })

  test('has each value in exactly one bucket', () => {
    const latencies = fc.array(fc.integer({ min: 1, max: 1e6 }), { minLength: 1, maxLength: 200 })
    fc.assert(
      fc.property(latencies, list => {
        const all = buckets(histogramOf(list))
        expect(all.reduce((sum, { count }) => sum + count, 0)).toBe(list.length)
        // Three digits are kept, so a value can be a thousandth off.
        expect(all[0]!.upTo).toBeGreaterThan(Math.min(...list) * 0.998)
        expect(all.at(-1)!.upTo / 1.1).toBeLessThan(Math.max(...list) * 1.002)
      }),
    )
    expect(buckets(createHistogram())).toEqual([])
  })
})
