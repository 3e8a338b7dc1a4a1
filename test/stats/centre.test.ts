import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  centreOf,
  intervalOf,
  luck,
  mirrored,
  studentT,
  tailProbability,
} from '../../harness/stats/centre.ts'
import { decide } from '../../harness/stats/decision.ts'

const values = fc.array(fc.double({ min: -1, max: 1, noNaN: true }), { minLength: 2, maxLength: 30 })

describe('centreOf', () => {
  test('is the mean with Student’s interval below twelve values', () => {
    fc.assert(
      fc.property(
        values.filter(list => list.length < 12),
        list => {
          const ours = intervalOf(centreOf(list)!, 0.025)
          const students = studentT(list, 0.95)
          expect(ours.estimate).toBeCloseTo(students.estimate, 12)
          expect(ours.low).toBeCloseTo(students.low, 9)
        },
      ),
    )
  })

  test('has Tukey and McLaughlin’s standard error, computed by hand', () => {
    // One value is trimmed at each end: in the variance of the twelve, 1 and 12 become 2 and 11.
    const centre = centreOf([12, 1, 2, 11, 3, 10, 4, 9, 5, 8, 6, 7])!
    const winsorized = [2, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 11]
    const variance = winsorized.reduce((sum, value) => sum + (value - 6.5) ** 2, 0) / 11
    expect(centre.estimate).toBe(6.5)
    expect(centre.error).toBeCloseTo((Math.sqrt(variance) * Math.sqrt(12)) / 10, 12)
    expect(centre).toMatchObject({ degrees: 9, count: 12 })
  })

  test('ignores how far off one launch is, from twelve rounds on', () => {
    const usual = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]
    expect(centreOf([...usual, 12])).toEqual(centreOf([...usual, 1e9]))
  })

  test('moves and scales with its values', () => {
    fc.assert(
      fc.property(values, fc.double({ min: 0.1, max: 10, noNaN: true }), (list, scale) => {
        const plain = centreOf(list)!
        const moved = centreOf(list.map(value => value * scale + 1))!
        expect(moved.estimate).toBeCloseTo(plain.estimate * scale + 1, 9)
        expect(moved.error).toBeCloseTo(plain.error * scale, 9)
      }),
    )
  })

  test('is null for one value', () => {
    expect(centreOf([1])).toBeNull()
  })
})

describe('tailProbability', () => {
  test('is never below the luck of launches', () => {
    expect(tailProbability(centreOf([5, 5.001, 4.999, 5])!)).toBe(luck(4))
    expect(tailProbability(centreOf([5, 5, 5])!)).toBe(luck(3))
    expect(tailProbability(centreOf([0, 0, 0])!)).toBe(1)
  })

  test('agrees with the interval at the same level', () => {
    fc.assert(
      fc.property(values, fc.double({ min: 1e-4, max: 0.4, noNaN: true }), (list, level) => {
        const centre = centreOf(list)!
        const p = tailProbability(centre)
        fc.pre(centre.error > 1e-9 && Math.abs(p - level) > 1e-9)
        const above = level >= luck(centre.count) && intervalOf(centre, level).low > 0
        expect(above).toBe(p <= level)
      }),
    )
  })
})

describe('luck', () => {
  test('launches from one distribution put at most a quarter of the rounds between x and 2x', () => {
    const launches = fc.array(fc.integer({ min: -50, max: 50 }), { minLength: 1, maxLength: 25 })
    fc.assert(
      fc.property(launches, fc.integer({ min: 1, max: 60 }), (states, x) => {
        const pairs = states.flatMap(a => states.map(b => b - a))
        const within = pairs.filter(difference => difference >= x && difference < 2 * x).length
        expect(within / pairs.length).toBeLessThanOrEqual(luck(1))
      }),
    )
  })
})

describe('decide', () => {
  const levels = { real: 0.005, fine: 0.02 }
  const around = (estimate: number, error: number, count = 8) => ({
    estimate,
    error,
    degrees: count - 1,
    count,
  })

  test.each([
    ['real and big enough', around(0.03, 0.002), 'regressed'],
    ['real and too small to matter', around(0.01, 0.002), 'fine'],
    ['real, and perhaps big enough', around(0.018, 0.002), 'inconclusive'],
    ['big enough and perhaps not real', around(0.03, 0.02), 'inconclusive'],
    ['nothing to see', around(0, 0.002), 'fine'],
    ['nothing can be seen', around(0, 0.05), 'inconclusive'],
    ['better', around(-0.03, 0.002), 'improved'],
    ['better by too little to matter', around(-0.01, 0.002), 'fine'],
    ['too few rounds for any word', around(0.03, 0, 2), 'inconclusive'],
    ['too few rounds even for "fine"', around(0, 0, 2), 'inconclusive'],
  ])('%s', (_, centre, word) => {
    expect(decide(centre, 0.02, levels)).toBe(word)
  })

  test('swaps regressed and improved for mirrored values', () => {
    fc.assert(
      fc.property(values, list => {
        const centre = centreOf(list)!
        const turned = decide(mirrored(centre), 0.02, levels)
        if (decide(centre, 0.02, levels) === 'regressed') expect(turned).toBe('improved')
      }),
    )
  })
})
