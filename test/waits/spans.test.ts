import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { overlap, union, within, without } from '../../harness/waits/spans.ts'

const spans = fc
  .array(fc.tuple(fc.nat(100), fc.integer({ min: 1, max: 20 })), { maxLength: 12 })
  .map(all => ({ from: all.map(([from]) => from), to: all.map(([from, length]) => from + length) }))

describe('stretches of time', () => {
  it('that overlap are joined', () => {
    expect(union({ from: [5, 0, 20, 1], to: [8, 3, 21, 6] })).toEqual([
      { from: 0, to: 8 },
      { from: 20, to: 21 },
    ])
  })

  it('are cut at the ends of another one', () => {
    const all = union({ from: [0, 5, 9], to: [2, 6, 12] })
    expect(within(all, 1, 10)).toEqual([
      { from: 1, to: 2 },
      { from: 5, to: 6 },
      { from: 9, to: 10 },
    ])
    expect(without(all, 1, 10)).toEqual([
      { from: 2, to: 5 },
      { from: 6, to: 9 },
    ])
  })

  it('and what they leave out add up to the whole', () => {
    fc.assert(
      fc.property(spans, fc.nat(60), fc.nat(60), (stretches, from, length) => {
        const all = union(stretches)
        const left = without(all, from, from + length).reduce((sum, it) => sum + it.to - it.from, 0)
        expect(overlap(all, from, from + length) + left).toBe(length)
      }),
    )
  })
})
