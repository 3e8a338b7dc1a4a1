import { describe, expect, test } from 'vitest'
import { mean, standardDeviation } from '../../harness/stats/describe.ts'
import { normal, seededRandom, shuffled } from '../../harness/stats/random.ts'

const draws = (count: number, draw: () => number) => Array.from({ length: count }, draw)

describe('seededRandom', () => {
  test('repeats with its seed and differs with another', () => {
    expect(draws(5, seededRandom(7))).toEqual(draws(5, seededRandom(7)))
    expect(draws(5, seededRandom(7))).not.toEqual(draws(5, seededRandom(8)))
  })

  test('is uniform over [0, 1), and in each of its top bits', () => {
    const list = draws(40_000, seededRandom(1))
    expect(mean(list)).toBeCloseTo(0.5, 2)
    expect(standardDeviation(list)).toBeCloseTo(Math.sqrt(1 / 12), 2)
    expect(list.every(value => value >= 0 && value < 1)).toBe(true)
    const eighths = Map.groupBy(list, value => Math.floor(value * 8))
    for (const [, part] of eighths) expect(part.length / 5_000).toBeCloseTo(1, 1)
  })
})

test('normal draws are standard normal', () => {
  const random = seededRandom(2)
  const list = draws(40_000, () => normal(random))
  expect(mean(list)).toBeCloseTo(0, 1)
  expect(standardDeviation(list)).toBeCloseTo(1, 1)
  expect(list.filter(value => value > 1.96).length / list.length).toBeCloseTo(0.025, 2)
})

test('shuffling keeps every item and leaves the original alone', () => {
  const items = [1, 2, 3, 4, 5, 6, 7, 8]
  const mixed = shuffled(items, seededRandom(3))
  expect(items).toEqual([1, 2, 3, 4, 5, 6, 7, 8])
  expect(mixed).not.toEqual(items)
  expect(mixed.toSorted()).toEqual(items)
})
