import { describe, expect, test } from 'vitest'
import { arrivalTimes } from '../../../harness/loaders/pacing/arrivals.ts'

describe('arrivals', () => {
  const hold = [{ from: 1_000, to: 1_000, duration: 20_000 }]

  test('have equal gaps when constant', () => {
    const times = arrivalTimes({ phases: hold, count: 5, kind: 'constant', seed: 1 })
    expect([...times]).toEqual([0, 1, 2, 3, 4])
  })

  test('have exponential gaps when Poisson, by the Kolmogorov–Smirnov test', () => {
    const times = arrivalTimes({ phases: hold, count: 1e6, kind: 'poisson', seed: 3 })
    expect(times.length).toBeGreaterThan(19_500)
    expect(times.length).toBeLessThan(20_500)
    const gaps = Array.from(times.subarray(1), (time, i) => time - times[i]!).toSorted((a, b) => a - b)
    const distance = Math.max(...gaps.map((gap, i) => Math.abs(1 - Math.exp(-gap) - (i + 0.5) / gaps.length)))
    // Critical value at 1 %.
    expect(distance * Math.sqrt(gaps.length)).toBeLessThan(1.63)
  })

  test('number as many as the area under a ramp, and grow denser along it', () => {
    const phases = [{ from: 0, to: 1_000, duration: 10_000 }]
    const times = arrivalTimes({ phases, count: 1e6, kind: 'constant', seed: 1 })
    expect(times).toHaveLength(5_000)
    const firstHalf = times.filter(time => time < 5_000).length
    expect(Math.abs(firstHalf - 1_250)).toBeLessThanOrEqual(1)
    expect(times.at(-1)).toBeLessThan(10_000)
  })

  test('follow from phase to phase without a gap, and repeat with the same seed', () => {
    const phases = [
      { from: 100, to: 100, duration: 1_000 },
      { from: 1_000, to: 1_000, duration: 1_000 },
    ]
    const times = arrivalTimes({ phases, count: 1e6, kind: 'constant', seed: 1 })
    expect([times.filter(time => time < 1_000).length, times.length]).toEqual([100, 1_100])
    const poisson = (seed: number) => [...arrivalTimes({ phases, count: 1e6, kind: 'poisson', seed })]
    expect(poisson(5)).toEqual(poisson(5))
    expect(poisson(6)).not.toEqual(poisson(5))
  })
})
