import { describe, expect, it } from 'vitest'
import { enoughRounds, maxT } from '../../harness/stats/max-t.ts'
import { normal, seededRandom } from '../../harness/stats/random.ts'

/** Single-step p-value of the largest row, from all flips written out. */
function bruteForce(rows: number[][]): number {
  const rounds = rows[0]!.length
  const t = (row: number[]) => {
    const mean = row.reduce((a, b) => a + b, 0) / rounds
    const variance = row.reduce((a, b) => a + (b - mean) ** 2, 0) / (rounds - 1)
    return Math.abs(mean) / Math.sqrt(variance / rounds)
  }
  const largest = (signs: number) =>
    Math.max(...rows.map(row => t(row.map((d, at) => ((signs >> at) & 1 ? -d : d)))))
  const observed = largest(0)
  const all = Array.from({ length: 2 ** rounds }, (_, signs) => largest(signs))
  return all.filter(value => value >= observed - 1e-9).length / all.length
}

const noise = (rows: number, rounds: number, seed: number) => {
  const random = seededRandom(seed)
  return Array.from({ length: rows }, () => Array.from({ length: rounds }, () => normal(random)))
}

describe('max-T', () => {
  it('is the share of sign flips with a larger |t| anywhere', () => {
    for (let seed = 1; seed <= 20; seed++) {
      const rows = noise(5, 8, seed)
      expect(Math.min(...maxT(rows).p)).toBeCloseTo(bruteForce(rows), 12)
    }
  })

  it('finds the one row that changed', () => {
    const rows = noise(40, 12, 3)
    rows[17] = rows[17]!.map(value => value + 5)
    const { p, critical } = maxT(rows)
    expect(p[17]).toBe(2 / 2 ** 12)
    expect(p.filter((value, row) => row !== 17 && value <= 0.05)).toEqual([])
    expect(critical).toBeGreaterThan(2.5)
  })

  it('finds a second row that a larger change would hide in a single step', () => {
    const rows = noise(10, 10, 4)
    rows[2] = rows[2]!.map(value => value + 20)
    rows[5] = rows[5]!.map(value => value + 3)
    const { p } = maxT(rows)
    expect([p[2]! <= 0.05, p[5]! <= 0.05]).toEqual([true, true])
  })

  it('errs in at most one family of twenty, even with dependent and skewed rows', () => {
    const families = 1000
    let wrong = 0
    for (let seed = 1; seed <= families; seed++) {
      const rows = noise(20, 8, seed)
      const shared = rows[0]!
      const mixed = rows.map((row, at) => row.map((value, round) => value + shared[round]! * (at % 3)))
      if (Math.min(...maxT(mixed).p) <= 0.05) wrong++
    }
    // Three standard errors above 5 %.
    expect(wrong / families).toBeLessThan(0.07)
  })

  it('draws flips by seed where there are too many to try all', () => {
    const rows = noise(5, 20, 7)
    rows[1] = rows[1]!.map(value => value + 4)
    expect(maxT(rows, { seed: 5 })).toEqual(maxT(rows, { seed: 5 }))
    expect(maxT(rows).p[1]).toBeLessThan(0.001)
  })

  it('finds nothing where there is too little to test', () => {
    expect(maxT([[1, 1.1]])).toEqual({ p: [0.5], critical: null })
    expect(maxT([[0, 0, 0, 0, 0, 0, 0]]).p).toEqual([1])
    expect(maxT([]).p).toEqual([])
  })

  it('needs six rounds for a level of 5 %', () => {
    expect([5, 6].map(rounds => enoughRounds(rounds, 0.05))).toEqual([false, true])
  })
})
