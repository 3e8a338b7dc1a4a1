import { describe, expect, it } from 'vitest'
import { lengthOf, partOf, stepsIn } from '../../../reports/html/page/derive.js'
import { inflate, unpackFlame } from '../../../reports/html/page/inflate.js'
import { flamePayload } from '../../../reports/html/payload.ts'
import { sampleReport } from '../sample.ts'

const sum = (figures: Iterable<number>) => [...figures].reduce((all, it) => all + it, 0)

async function unpacked(roots = 1) {
  const flame = sampleReport().analysis.flames[0]!
  if (roots > 1) flame.parent = flame.parent.map((parent, i) => (i === 13 ? -1 : parent))
  return { flame, source: unpackFlame(await inflate(flamePayload(flame, []))) }
}

describe('moments of a flame in the page', () => {
  it('are read back as they were packed', async () => {
    const { flame, source } = await unpacked()
    expect([...source.moments.node]).toEqual(flame.moments!.node)
    expect([...source.moments.at]).toEqual(flame.moments!.at)
    flame.moments!.after.forEach((figure, i) => {
      expect(Math.abs(source.moments.after[i] - figure)).toBeLessThanOrEqual(figure * 4e-3)
    })
    expect(lengthOf(source.moments)).toBe(400)
  })

  it('belong to the same calls when several outermost ones get a common caller', async () => {
    const { flame, source } = await unpacked(2)
    expect([...source.moments.node]).toEqual(flame.moments!.node.map(node => node + 1))
  })

  it('give the cost per request of a part, without an interval', async () => {
    const { flame, source } = await unpacked()
    const part = partOf(source, [10, 20])
    // What runs in the second half only costs twice as much there; all else costs what it always does.
    const last = flame.before.length - 1
    expect(part.before[last]).toBeCloseTo(flame.before[last]! * 2, 2)
    expect(sum(part.before)).toBeCloseTo(sum(flame.before) + flame.before[last]!, 1)
    expect([...part.low].every(Number.isNaN)).toBe(true)
    expect(sum(partOf(source, [0, 10]).before)).toBeCloseTo(sum(flame.before) - flame.before[last]!, 1)
  })

  it('are chosen in whole steps, one at least, and all of them is no choice', async () => {
    const { moments } = (await unpacked()).source
    expect(stepsIn(moments, [25, 61])).toEqual([1, 4])
    expect(stepsIn(moments, [30, 30])).toEqual([1, 2])
    expect(stepsIn(moments, [399, 9_999])).toEqual([19, 20])
    expect(stepsIn(moments, [0, 400])).toBeNull()
  })
})
