import { describe, expect, it } from 'vitest'
import { balancedOrder, williams } from '../../harness/measure/both/balanced-order.ts'

describe('the order of turns', () => {
  it('of two variants is A B, B A', () => {
    expect(williams(2)).toEqual([
      [0, 1],
      [1, 0],
    ])
  })

  it.each([2, 3, 4, 5, 6])('of %i variants puts each in every place equally often', n => {
    const rows = williams(n)
    for (let place = 0; place < n; place++) {
      const counts = Array.from({ length: n }, (_, v) => rows.filter(row => row[place] === v).length)
      expect(new Set(counts)).toEqual(new Set([rows.length / n]))
    }
  })

  it.each([2, 3, 4, 5, 6])('of %i variants lets each follow every other one equally often', n => {
    const followers = new Map<string, number>()
    for (const row of williams(n)) {
      row.slice(1).forEach((variant, i) => {
        const pair = `${row[i]} then ${variant}`
        followers.set(pair, (followers.get(pair) ?? 0) + 1)
      })
    }
    expect(followers.size).toBe(n * (n - 1))
    expect(new Set(followers.values()).size).toBe(1)
  })

  it('continues with the next row', () => {
    expect([0, 1, 2].map(i => balancedOrder(2, i))).toEqual([
      [0, 1],
      [1, 0],
      [0, 1],
    ])
  })
})
