/** Random call trees in the form that the page's script works on. */
import fc from 'fast-check'

export interface Source {
  unit: string
  frames: {
    name: string
    file: string
    line: number
    category: string
    match: string
    low: number
    high: number
    p: number
    owner: number | null
  }[]
  owners: { name: string; category: string; low: number; high: number }[]
  parent: number[]
  frame: number[]
  before: number[]
  after: number[]
  low: number[]
  high: number[]
}

const CATEGORIES = ['application', 'dependency', 'node', 'v8']

/** A tree of the given nodes: parent, frame, self before, self after; without intervals. */
export function source(nodes: [number, number, number, number][], names = 'abcdefgh'): Source {
  return {
    unit: 'µs',
    frames: [...names].map((name, i) => ({
      name,
      file: `/srv/${name}.js`,
      line: i + 1,
      category: CATEGORIES[i % 4]!,
      match: 'exact',
      low: Number.NaN,
      high: Number.NaN,
      p: Number.NaN,
      owner: null,
    })),
    owners: [{ name: 'Node', category: 'node', low: Number.NaN, high: Number.NaN }],
    parent: nodes.map(node => node[0]),
    frame: nodes.map(node => node[1]),
    before: nodes.map(node => node[2]),
    after: nodes.map(node => node[3]),
    low: nodes.map(() => Number.NaN),
    high: nodes.map(() => Number.NaN),
  }
}

const cost = fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 100 }))

/** One root, up to 60 nodes over eight functions, recursion included. */
export const anySource: fc.Arbitrary<Source> = fc
  .array(fc.tuple(fc.nat(), fc.integer({ min: 0, max: 7 }), cost, cost), { minLength: 1, maxLength: 60 })
  .map(rows =>
    source(rows.map(([up, frame, before, after], i) => [i === 0 ? -1 : up % i, frame, before, after])),
  )

export const sum = (values: Iterable<number>): number => [...values].reduce((a, b) => a + b, 0)
