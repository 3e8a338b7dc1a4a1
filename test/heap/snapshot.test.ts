/** Retained sizes of graphs that can be checked by hand and of real heaps, and content that is not a heap snapshot. */
import { randomUUID } from 'node:crypto'
import { readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { writeHeapSnapshot } from 'node:v8'
import fc from 'fast-check'
import { describe, expect, it, onTestFinished } from 'vitest'
import { compared } from '../../harness/collectors/snapshot.ts'
import { type Graph, immediateDominators } from '../../harness/heap/dominators.ts'
import { readHeapSnapshot } from '../../harness/heap/snapshot.ts'
import { ProfileError } from '../../harness/profile/index.ts'

function graphOf(edges: number[][]): Graph {
  const first = [0]
  for (const { length } of edges) first.push(first.at(-1)! + length)
  return { first: Uint32Array.from(first), to: Uint32Array.from(edges.flat()) }
}

function reached(edges: number[][], without = -1): Set<number> {
  const found = new Set(without === 0 ? [] : [0])
  for (const node of found) for (const to of edges[node]!) if (to !== without) found.add(to)
  return found
}

describe('dominators', () => {
  it('of a diamond with a tail are at its top', () => {
    const { dominator } = immediateDominators(graphOf([[1], [2, 3], [4], [4], [5], []]))
    expect([...dominator]).toEqual([0, 0, 1, 1, 1, 4])
  })

  it('are the nodes without which a node cannot be reached', () => {
    const graphs = fc
      .integer({ min: 1, max: 9 })
      .chain(size =>
        fc.array(fc.array(fc.nat(size - 1), { maxLength: 3 }), { minLength: size, maxLength: size }),
      )
    fc.assert(
      fc.property(graphs, edges => {
        const { order, dominator } = immediateDominators(graphOf(edges))
        expect([...order].sort((a, b) => a - b)).toEqual([...edges.keys()])
        for (const node of reached(edges)) {
          const above = new Set<number>()
          for (let at = node; at !== 0; at = dominator[at]!) above.add(dominator[at]!)
          const needed = [...reached(edges)].filter(
            other => other !== node && !reached(edges, other).has(node),
          )
          expect([...above].sort()).toEqual(needed.sort())
        }
      }),
    )
  })

  it('of a chain of a hundred thousand nodes', () => {
    const edges = Array.from({ length: 100_000 }, (_, at) => (at < 99_999 ? [at + 1] : []))
    expect(immediateDominators(graphOf(edges)).dominator[99_999]).toBe(99_998)
  })
})

/** Root → list → two items, of which the second holds a text that the root refers to weakly. */
const SMALL = {
  snapshot: {
    meta: {
      node_fields: ['type', 'name', 'id', 'self_size', 'edge_count'],
      node_types: [['synthetic', 'object', 'string'], 'string', 'number', 'number', 'number'],
      edge_fields: ['type', 'name_or_index', 'to_node'],
      edge_types: [['property', 'weak'], 'string_or_number', 'node'],
    },
  },
  nodes: [0, 0, 1, 0, 2, 1, 1, 3, 10, 2, 1, 2, 5, 20, 0, 1, 2, 7, 30, 1, 2, 3, 9, 400, 0],
  edges: [0, 0, 5, 1, 0, 20, 0, 0, 10, 0, 0, 15, 0, 0, 20],
  strings: ['', 'List', 'Item', 'a long text'],
}
const bytesOf = (value: unknown) => new TextEncoder().encode(JSON.stringify(value))

describe('a heap snapshot', () => {
  it('has sums by constructor, with retained bytes', () => {
    expect(Object.fromEntries(readHeapSnapshot(bytesOf(SMALL)))).toEqual({
      '(synthetic)': { count: 1, self: 0, retained: 460 },
      List: { count: 1, self: 10, retained: 460 },
      Item: { count: 2, self: 50, retained: 450 },
      '(string)': { count: 1, self: 400, retained: 400 },
    })
  })

  it('of a real heap shows added objects with their retained bytes', () => {
    class Remembered {
      text = randomUUID() + randomUUID()
      more = [1, 2, 3]
    }
    const path = join(tmpdir(), `flamegate-${randomUUID()}.heapsnapshot`)
    onTestFinished(() => rmSync(path, { force: true }))
    const take = () => readHeapSnapshot(readFileSync(writeHeapSnapshot(path)))
    const before = take()
    const kept = Array.from({ length: 5_000 }, () => new Remembered())
    const { name, count, self, retained } = compared(before, take())
    const at = name.indexOf('Remembered')
    expect(at).toBeLessThan(10)
    expect([count[0][at], count[1][at]]).toEqual([0, kept.length])
    expect(self[1][at]).toBeGreaterThan(kept.length * 24)
    expect(retained[1][at]).toBeGreaterThan(self[1][at]! + kept.length * 64)
  })

  it.each<[string, Uint8Array, RegExp]>([
    ['half of the text', bytesOf(SMALL).subarray(0, 90), /damaged, truncated/],
    ['a list', bytesOf([]), /description of its fields is missing/],
    ['something else', bytesOf({ nodes: [] }), /description of its fields is missing/],
    [
      'fields that are not known',
      bytesOf({ ...SMALL, snapshot: { meta: { ...SMALL.snapshot.meta, node_fields: ['x'] } } }),
      /lacks "type"/,
    ],
    ['half a node', bytesOf({ ...SMALL, nodes: SMALL.nodes.slice(0, 7) }), /incomplete/],
    [
      'a reference to nothing',
      bytesOf({ ...SMALL, edges: SMALL.edges.map(value => value * 10) }),
      /refers to a node that does not exist/,
    ],
    ['texts for numbers', bytesOf({ ...SMALL, edges: ['0'] }), /values that are not numbers/],
  ])('is rejected: %s', (_, bytes, message) => {
    expect(() => readHeapSnapshot(bytes)).toThrow(ProfileError)
    expect(() => readHeapSnapshot(bytes)).toThrow(message)
  })
})
