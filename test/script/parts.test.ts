import { describe, expect, test } from 'vitest'
import { arrivalTimes, parseRows } from '../../harness/script/index.ts'

describe('rows of a file', () => {
  test('CSV with quotes, line breaks, a mark at the beginning and Windows line ends', () => {
    const text = '\uFEFFid,name\r\n1,"Ada, ""the first"""\r\n\r\n2,"two\nlines"\r\n'
    expect(parseRows(text, 'a.csv')).toEqual([
      { id: '1', name: 'Ada, "the first"' },
      { id: '2', name: 'two\nlines' },
    ])
  })

  test('JSON lines keep their types', () => {
    expect(parseRows('{"id": 1}\n\n{"id": "2", "yes": true}\n', 'a.jsonl')).toEqual([
      { id: 1 },
      { id: '2', yes: true },
    ])
  })

  test.each([
    ['', 'a.csv', /no rows/],
    ['id,name\n', 'a.csv', /no rows/],
    ['id,name\n1\n', 'a.csv', /1 fields; the header has 2/],
    ['', 'a.jsonl', /no rows/],
    ['{"a": 1}\n{"a": [1]}\n', 'a.jsonl', /no JSON object/],
    ['{"a": 1', 'a.jsonl', /no JSON object/],
  ])('%j in %s is refused', (text, path, message) => {
    expect(() => parseRows(text, path)).toThrow(message)
  })
})

describe('arrivals', () => {
  const hold = [{ from: 1_000, to: 1_000, duration: 20_000 }]

  test('constant ones have equal gaps', () => {
    const times = arrivalTimes({ phases: hold, count: 5, kind: 'constant', seed: 1 })
    expect([...times]).toEqual([0, 1, 2, 3, 4])
  })

  test('Poisson ones have exponential gaps, by the test of Kolmogorov and Smirnov', () => {
    const times = arrivalTimes({ phases: hold, count: 1e6, kind: 'poisson', seed: 3 })
    expect(times.length).toBeGreaterThan(19_500)
    expect(times.length).toBeLessThan(20_500)
    const gaps = Array.from(times.subarray(1), (time, i) => time - times[i]!).toSorted((a, b) => a - b)
    const distance = Math.max(...gaps.map((gap, i) => Math.abs(1 - Math.exp(-gap) - (i + 0.5) / gaps.length)))
    // 1 % critical value.
    expect(distance * Math.sqrt(gaps.length)).toBeLessThan(1.63)
  })

  test('a ramp has as many arrivals as the area under it, and more of them later', () => {
    const phases = [{ from: 0, to: 1_000, duration: 10_000 }]
    const times = arrivalTimes({ phases, count: 1e6, kind: 'constant', seed: 1 })
    expect(times).toHaveLength(5_000)
    const firstHalf = times.filter(time => time < 5_000).length
    expect(Math.abs(firstHalf - 1_250)).toBeLessThanOrEqual(1)
    expect(times.at(-1)).toBeLessThan(10_000)
  })

  test('phases follow each other without a gap, and the same seed gives the same times', () => {
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
