import { expect, test } from 'vitest'
import { normal, seededRandom } from '../../harness/stats/random.ts'
import { type Series, theilSen } from '../../harness/stats/theil-sen.ts'

const line = (slope: number, level: number, noise: (at: number) => number = () => 0): Series => {
  const x = Array.from({ length: 10 }, (_, at) => at * 100)
  return { x, y: x.map((at, index) => level + slope * at + noise(index)) }
}

test('finds the slope of a line at any level', () => {
  expect(theilSen([line(3, 7), line(3, 1e6)], 0.95)).toEqual({ estimate: 3, low: 3, high: 3 })
})

test('is hardly changed by an outlier', () => {
  const { estimate } = theilSen([line(3, 7, at => (at === 4 ? 1e6 : at % 2))], 0.95)!
  expect(Math.abs(estimate - 3)).toBeLessThan(0.01)
})

test('has Sen’s interval: ranks 12 and 34 of the 45 slopes of ten points', () => {
  const series = line(0, 0, at => at ** 2)
  const slopes = series.x.flatMap((x, a) =>
    series.x.slice(a + 1).map((later, b) => (series.y[a + 1 + b]! - series.y[a]!) / (later - x)),
  )
  slopes.sort((a, b) => a - b)
  expect(theilSen([series], 0.95)).toMatchObject({ low: slopes[10], high: slopes[34] })
})

test('intervals contain the truth as often as promised', () => {
  const random = seededRandom(1)
  const held = Array.from({ length: 400 }, () => {
    const { low, high } = theilSen(
      [line(2, 0, () => 50 * normal(random)), line(2, 9, () => 50 * normal(random))],
      0.95,
    )!
    return low <= 2 && 2 <= high
  })
  expect(held.filter(Boolean).length / held.length).toBeGreaterThan(0.92)
})

test('is null for too few points', () => {
  expect(theilSen([{ x: [1, 2, 3], y: [1, 2, 3] }], 0.95)).toBeNull()
  expect(theilSen([], 0.95)).toBeNull()
})
