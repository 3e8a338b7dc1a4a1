import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { invert, partOf, significantOnly } from '../../../reports/html/page/derive.js'
import { inflate, unpackFlame } from '../../../reports/html/page/inflate.js'
import { growTree, ownersOf, searchTree, wholeOf } from '../../../reports/html/page/tree.js'
import { flamePayload } from '../../../reports/html/payload.ts'
import { regressed } from '../variations.ts'
import { anySource, type Source, source, sum } from './trees.ts'

const OWNERS = ['application', 'debug@2.6.9', 'debug@4.3.4', 'jwt 8.5.1 → 9.0.2', 'Node'].map((name, i) => ({
  name,
  category: 'dependency',
  low: i + 1,
  high: i + 2,
}))

/** Some functions with owners; the others are their callers'. */
const owned = (from: Source, owners: (number | null)[]) => ({
  ...from,
  owners: OWNERS,
  frames: from.frames.map((frame, i) => ({ ...frame, owner: owners[i] ?? null, low: -2, high: -1 })),
})

const anyOwned = fc
  .tuple(anySource, fc.array(fc.constantFrom(0, 1, 2, 3, null), { minLength: 8, maxLength: 8 }))
  .map(([from, owners]) => owned(from, owners))

/** a of the application calls b of jwt, which calls the native c and d of debug; e is called by nobody. */
const small = () =>
  growTree(
    owned(
      source([
        [-1, 5, 0, 0],
        [0, 0, 1, 1],
        [1, 1, 2, 3],
        [2, 2, 4, 9],
        [2, 3, 8, 8],
        [0, 4, 16, 16],
      ]),
      [0, 3, null, 2, null, null],
    ),
  )

describe('the owner of a node', () => {
  it('is its function’s, or its caller’s, or Node', () => {
    const tree = small()
    const names = Array.from(ownersOf(tree) as Int32Array, at => tree.owners[at].name)
    const frames = Array.from(tree.frame as Uint32Array, at => 'abcdefgh'[at])
    expect(frames.map((frame, i) => `${frame} ${names[i]}`)).toEqual([
      'f Node',
      'a application',
      'b jwt 8.5.1 → 9.0.2',
      'c jwt 8.5.1 → 9.0.2',
      'd debug@4.3.4',
      'e Node',
    ])
  })
})

describe('the tree by owner', () => {
  it('has the owners on top, with their own intervals, and their functions below', () => {
    const tree = invert(small(), true)
    const rows = [...tree.frame.keys()]
      .filter(i => tree.depth[i] === 1 || tree.depth[i] === 2)
      .map(i => {
        const { name } = tree.frames[tree.frame[i]]
        return `${tree.depth[i]} ${name} ${tree.totalBefore[i]}/${tree.totalAfter[i]} ${tree.low[i]}`
      })
    expect(rows).toEqual([
      '1 Node 16/16 5',
      '2 e 16/16 NaN',
      '1 application 1/1 1',
      '2 a 1/1 -2',
      '1 debug@4.3.4 8/8 3',
      '2 d 8/8 -2',
      '1 jwt 8.5.1 → 9.0.2 6/12 4',
      '2 b 2/3 -2',
      '2 c 4/9 NaN',
    ])
  })

  it('costs what the tree costs, and each owner what its search finds', () => {
    fc.assert(
      fc.property(anyOwned, from => {
        const tree = growTree(from)
        const byOwner = invert(tree, true)
        expect(wholeOf(byOwner)).toMatchObject({ before: sum(from.before), after: sum(from.after) })
        for (const { name } of OWNERS) {
          const hits = searchTree(tree, `owner:${name}`)
          const top = [...byOwner.frame.keys()].find(
            i => byOwner.depth[i] === 1 && byOwner.frames[byOwner.frame[i]].name === name,
          )
          const [before, after] =
            top === undefined ? [0, 0] : [byOwner.totalBefore[top], byOwner.totalAfter[top]]
          expect(hits).toMatchObject({ before, after })
        }
        expect(() => significantOnly(byOwner)).not.toThrow()
      }),
    )
  })
})

describe('the search for an owner', () => {
  it.each([
    ['owner:jwt', 2, 6, 12],
    ['Owner: JWT 8.5.1 → 9.0.2 ', 2, 6, 12],
    ['owner:debug', 1, 8, 8],
    ['owner:debug@2.6.9', 0, 0, 0],
    ['owner:deb', 0, 0, 0],
    ['owner:', 0, 0, 0],
  ])('%s', (text, functions, before, after) => {
    expect(searchTree(small(), text)).toMatchObject({ functions, before, after })
  })
})

describe('a flame of a report', () => {
  const { analysis } = regressed()
  const flame = analysis.flames.find(({ collector }) => collector === 'cpu')!

  it('has the owners of the table, with their costs', async () => {
    const from = unpackFlame(await inflate(flamePayload(flame, analysis.frames)))
    const tree = growTree(from)
    const rows = analysis.owners.filter(it => it.collector === 'cpu' && it.kind !== 'rest')
    expect(rows.length).toBeGreaterThan(1)
    for (const { owner, before, after, interval } of rows) {
      const hits = searchTree(tree, `owner:${owner}`)!
      expect(hits.before / before).toBeCloseTo(1, 2)
      expect(hits.after / after).toBeCloseTo(1, 2)
      const known = from.owners.find(({ name }: { name: string }) => name === owner)
      expect(known.low / interval!.low).toBeCloseTo(1, 1)
    }
    const part = partOf(from, [0, 1])
    expect(part.owners.every(({ low }: { low: number }) => Number.isNaN(low))).toBe(true)
  })

  it('without owners is Node’s', async () => {
    const { owners: _, ...bare } = flame
    bare.frames = bare.frames.map(({ owner: _, ...frame }) => frame)
    const tree = growTree(unpackFlame(await inflate(flamePayload(bare, analysis.frames))))
    const { before, after } = wholeOf(tree)
    expect(searchTree(tree, 'owner:Node')).toMatchObject({ before, after })
  })
})
