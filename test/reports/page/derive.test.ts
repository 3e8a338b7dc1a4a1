import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  calleesOf,
  callersOf,
  collapse,
  invert,
  lengthOf,
  partOf,
  significantOnly,
  splice,
  stepsIn,
  withoutCategories,
} from '../../../reports/html/page/derive.js'
import { inflate, unpackFlame } from '../../../reports/html/page/inflate.js'
import { growTree, wholeOf } from '../../../reports/html/page/tree.js'
import { flamePayload } from '../../../reports/html/payload.ts'
import { regressed } from '../variations.ts'
import { anySource, source, sum } from './trees.ts'

type Tree = ReturnType<typeof growTree>
const names = (tree: Tree): string[] => Array.from(tree.frame as Uint32Array, i => tree.frames[i].name)
const costs = (tree: Tree) => ({ before: wholeOf(tree).before, after: wholeOf(tree).after })

/** a calls b, b calls c and d, d calls b again. */
const small = () =>
  growTree(
    source([
      [-1, 0, 1, 1],
      [0, 1, 0, 0],
      [1, 2, 4, 2],
      [1, 3, 8, 8],
      [3, 1, 16, 0],
    ]),
  )

describe('every other tree', () => {
  it('costs what the tree costs', () => {
    fc.assert(
      fc.property(anySource, from => {
        const tree = growTree(from)
        for (const other of [
          invert(tree),
          collapse(tree),
          significantOnly(tree),
          withoutCategories(tree, new Set(['node', 'application'])),
          splice(tree, () => false),
        ]) {
          expect(costs(other)).toEqual(costs(tree))
        }
      }),
    )
  })
})

describe('invert', () => {
  it('has each function with all of its own cost below the top', () => {
    fc.assert(
      fc.property(anySource, from => {
        const tree = growTree(from)
        const inverted = invert(tree)
        for (let i = 1; i < inverted.length; i = inverted.end[i]) {
          const own = from.frame.map((frame, node) => (frame === inverted.frame[i] ? from.before[node]! : 0))
          expect(inverted.totalBefore[i]).toBe(sum(own))
        }
      }),
    )
  })

  it('takes the interval of a function from its table', () => {
    const from = source([
      [-1, 0, 1, 1],
      [0, 1, 2, 2],
    ])
    Object.assign(from.frames[1]!, { low: 0.5, high: 0.75 })
    const inverted = invert(growTree(from))
    const b = names(inverted).indexOf('b')
    expect([inverted.low[b], inverted.high[b]]).toEqual([0.5, 0.75])
    expect(inverted.low[b + 1]).toBeNaN()
  })
})

describe('sandwich', () => {
  it('adds up callers and callees, a recursion once', () => {
    const tree = small()
    const callees = calleesOf(tree, 1)
    expect(names(callees)).toEqual(['b', 'c', 'd', 'b'])
    expect(costs(callees)).toEqual({ before: 28, after: 10 })
    const callers = callersOf(tree, 1)
    expect(names(callers)).toEqual(['b', 'a'])
    expect(costs(callers)).toEqual({ before: 28, after: 10 })
  })

  it('keeps the interval of a callee that was called in one place only', () => {
    const from = source([
      [-1, 0, 1, 1],
      [0, 1, 1, 1],
      [1, 2, 1, 3],
      [1, 3, 1, 1],
      [0, 4, 1, 1],
      [4, 1, 1, 1],
      [5, 3, 1, 1],
    ])
    from.low = from.parent.map((_, i) => i)
    from.high = from.parent.map((_, i) => i + 1)
    const callees = calleesOf(growTree(from), 1)
    expect(names(callees)).toEqual(['b', 'c', 'd'])
    expect([...callees.low]).toEqual([Number.NaN, 2, Number.NaN])
  })

  it('has both halves equal for every function', () => {
    fc.assert(
      fc.property(anySource, fc.integer({ min: 0, max: 7 }), (from, wanted) => {
        const tree = growTree(from)
        expect(costs(calleesOf(tree, wanted))).toEqual(costs(callersOf(tree, wanted)))
      }),
    )
  })
})

describe('splice', () => {
  it('hides a category and gives its cost to the caller', () => {
    const hidden = withoutCategories(small(), new Set(['node']))
    expect(names(hidden)).toEqual(['a', 'b', 'd', 'b'])
    expect([...hidden.before]).toEqual([1, 4, 8, 16])
  })

  it('joins nodes that only pass a call on', () => {
    expect(
      names(
        collapse(
          growTree(
            source([
              [-1, 0, 0, 0],
              [0, 1, 0, 0],
              [1, 2, 0, 0],
              [2, 3, 5, 5],
            ]),
          ),
        ),
      ),
    ).toEqual(['a', 'd'])
  })

  it('keeps what changed beyond doubt, and the way to it', () => {
    const from = source([
      [-1, 0, 1, 1],
      [0, 1, 1, 1],
      [1, 2, 1, 3],
      [0, 3, 7, 7],
    ])
    from.low[2] = 1
    from.high[2] = 3
    const only = significantOnly(growTree(from))
    expect(names(only)).toEqual(['a', 'b', 'c'])
    expect(only.before[0]).toBe(8)
  })
})

async function unpacked() {
  const flame = regressed().analysis.flames[0]!
  return { flame, source: unpackFlame(await inflate(flamePayload(flame, []))) }
}

describe('moments of a flame in the page', () => {
  // The calls have several outermost frames, which get a common caller: every other node moves by one.
  it('are read back as they were packed, and belong to the same calls', async () => {
    const { flame, source } = await unpacked()
    expect(flame.parent.filter(it => it < 0).length).toBeGreaterThan(1)
    expect([...source.moments.node]).toEqual(flame.moments!.node.map(node => node + 1))
    expect([...source.moments.at]).toEqual(flame.moments!.at)
    flame.moments!.after.forEach((figure, i) => {
      expect(Math.abs(source.moments.after[i] - figure)).toBeLessThanOrEqual(figure * 4e-3)
    })
    expect(lengthOf(source.moments)).toBe(flame.moments!.requests.before.length * flame.moments!.step)
  })

  it('give the cost per request of a part, without an interval', async () => {
    const { flame, source } = await unpacked()
    const shares = flame.moments!.requests.before
    const middle = shares.length >> 1
    const [first, second] = [
      [0, middle],
      [middle, shares.length],
    ].map(([from, to]) => ({ part: partOf(source, [from, to]), share: sum(shares.slice(from, to)) }))
    expect([...first!.part.low].every(Number.isNaN)).toBe(true)
    // Both parts together cost what the whole does, call by call.
    source.before.forEach((whole: number, node: number) => {
      const both = first!.part.before[node] * first!.share + second!.part.before[node] * second!.share
      expect(Math.abs(both - whole)).toBeLessThanOrEqual(0.01 * sum(flame.before))
    })
  })

  it('are chosen in whole steps, at least one; choosing all of them chooses nothing', async () => {
    const { moments } = (await unpacked()).source
    const [step, whole] = [moments.step, lengthOf(moments)]
    expect(stepsIn(moments, [1.25 * step, 3.05 * step])).toEqual([1, 4])
    expect(stepsIn(moments, [1.5 * step, 1.5 * step])).toEqual([1, 2])
    expect(stepsIn(moments, [whole - 1, 9_999])).toEqual([whole / step - 1, whole / step])
    expect(stepsIn(moments, [0, whole])).toBeNull()
  })
})
