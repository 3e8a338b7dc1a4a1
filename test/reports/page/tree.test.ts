import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  firstBeyond,
  layOut,
  neighbour,
  nextBeyond,
  nodeAt,
  widestChild,
} from '../../../reports/html/page/layout.js'
import { growTree, searchTree, sureChange, wholeOf } from '../../../reports/html/page/tree.js'
import { anySource, source, sum } from './trees.ts'

describe('growTree', () => {
  it('goes depth first, siblings by name', () => {
    const tree = growTree(
      source([
        [-1, 0, 0, 0],
        [0, 3, 1, 1],
        [0, 1, 1, 1],
        [1, 2, 4, 0],
      ]),
    )
    expect(Array.from(tree.frame as Uint32Array, i => 'abcdefgh'[i])).toEqual(['a', 'b', 'd', 'c'])
    expect([...tree.parent]).toEqual([-1, 0, 0, 2])
    expect([...tree.end]).toEqual([4, 2, 4, 4])
    expect([...tree.totalBefore]).toEqual([6, 1, 5, 4])
    expect([...tree.span]).toEqual([6, 1, 5, 4])
  })

  it('gives what is only on one side room of its own', () => {
    const moved = source([
      [-1, 0, 0, 0],
      [0, 1, 5, 0],
      [0, 2, 0, 5],
    ])
    expect([...growTree(moved).span]).toEqual([10, 5, 5])
  })

  it('loses no cost, and every subtree is a range', () => {
    fc.assert(
      fc.property(anySource, from => {
        const tree = growTree(from)
        expect(wholeOf(tree)).toMatchObject({ before: sum(from.before), after: sum(from.after) })
        for (let i = 0; i < tree.length; i++) {
          expect(sum(tree.before.slice(i, tree.end[i]))).toBe(tree.totalBefore[i])
          expect(tree.span[i]).toBeGreaterThanOrEqual(Math.max(tree.totalBefore[i], tree.totalAfter[i]))
        }
      }),
    )
  })

  it('takes a depth of 5,000', () => {
    const nodes = Array.from({ length: 5_000 }, (_, i): [number, number, number, number] => [
      i - 1,
      i % 8,
      1,
      2,
    ])
    const tree = growTree(source(nodes))
    expect(tree.depth[4_999]).toBe(4_999)
    expect(tree.totalAfter[0]).toBe(10_000)
  })

  it('takes no node at all', () => {
    expect(wholeOf(growTree(source([])))).toEqual({ before: 0, after: 0, span: 0 })
  })
})

describe('sureChange', () => {
  it('is the end of the interval that is nearest to zero, or nothing', () => {
    const tree = { low: [1, -4, -1, Number.NaN], high: [3, -2, 1, Number.NaN] }
    expect([0, 1, 2, 3].map(i => sureChange(tree, i))).toEqual([1, -2, 0, 0])
  })
})

describe('layOut', () => {
  it('keeps children inside of their parent, side by side', () => {
    fc.assert(
      fc.property(anySource, fc.constantFrom('diff', 'before', 'after'), (from, side) => {
        const tree = growTree(from)
        const layout = layOut(tree, side)
        for (let row = 0; row < layout.rows; row++) {
          const nodes = [...layout.nodes.slice(layout.start[row], layout.start[row + 1])]
          let right = 0
          for (const node of nodes) {
            expect(layout.x[node]).toBeGreaterThanOrEqual(right)
            right = layout.x[node] + layout.width[node]
            const up = tree.parent[node]
            if (up >= 0) expect(right).toBeLessThanOrEqual(layout.x[up] + layout.width[up])
          }
        }
      }),
    )
  })

  it('finds every node at its own middle', () => {
    fc.assert(
      fc.property(anySource, from => {
        const tree = growTree(from)
        const layout = layOut(tree, 'diff')
        for (const node of layout.nodes) {
          expect(nodeAt(layout, tree.depth[node], layout.x[node]! + layout.width[node]! / 2)).toBe(node)
        }
      }),
    )
  })

  it('finds nothing where there is no node', () => {
    const layout = layOut(growTree(source([[-1, 0, 5, 5]])), 'diff')
    expect(nodeAt(layout, 0, 6)).toBe(-1)
    expect(nodeAt(layout, 1, 1)).toBe(-1)
    expect(firstBeyond(layout, 0, 1, 5)).toBe(1)
  })
})

describe('moving', () => {
  const tree = growTree(
    source([
      [-1, 0, 0, 0],
      [0, 1, 1, 1],
      [0, 2, 9, 9],
      [0, 3, 0, 0],
    ]),
  )
  const layout = layOut(tree, 'diff')

  it('goes down to the widest child and sideways to what has width', () => {
    expect(widestChild(tree, layout, 0)).toBe(2)
    expect(widestChild(tree, layout, 1)).toBe(-1)
    expect(neighbour(tree, layout, 1, 1)).toBe(2)
    expect(neighbour(tree, layout, 2, 1)).toBe(-1)
  })
})

describe('searchTree', () => {
  it('counts a nested hit once', () => {
    const tree = growTree(
      source([
        [-1, 0, 1, 1],
        [0, 1, 2, 2],
        [1, 1, 4, 8],
      ]),
    )
    expect(searchTree(tree, 'B.JS')).toMatchObject({ nodes: 2, functions: 1, before: 6, after: 10 })
    expect(searchTree(tree, 'nowhere')).toMatchObject({ nodes: 0, before: 0 })
    expect(searchTree(tree, '  ')).toBeNull()
  })

  it('of everything is the whole', () => {
    fc.assert(
      fc.property(anySource, from => {
        const { before, after } = wholeOf(growTree(from))
        expect(searchTree(growTree(from), '/srv')).toMatchObject({ before, after })
      }),
    )
  })
})

it('finds the next beyond a place as a search from the start would', () => {
  fc.assert(
    fc.property(anySource, fc.nat({ max: 200 }), (from, at) => {
      const layout = layOut(growTree(from), 'diff')
      for (let row = 0; row < layout.rows; row++) {
        const [start, end] = [layout.start[row]!, layout.start[row + 1]!]
        expect(nextBeyond(layout, start, end, at)).toBe(firstBeyond(layout, start, end, at))
      }
    }),
  )
})
