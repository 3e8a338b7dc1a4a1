import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Profile } from '../../harness/model/profile.ts'
import {
  buildCallTree,
  functionTable,
  mergeProfiles,
  ProfileBuilder,
  pruneTree,
  totals,
} from '../../harness/profile/index.ts'
import { read, sum } from '../formats/files.ts'

/** From folded stacks such as `a b c`, outermost first. */
function profile(stacks: Record<string, number>): Profile {
  const builder = new ProfileBuilder([{ type: 'cpu', unit: 'nanoseconds' }])
  for (const [names, value] of Object.entries(stacks)) {
    let stack = -1
    for (const name of names.split(' '))
      stack = builder.stack(stack, builder.location(builder.function(name)))
    builder.sample(stack, [value])
  }
  return builder.build()
}

function table(...profiles: Profile[]) {
  const tree = buildCallTree(profiles)
  const { self, total } = functionTable(tree)
  return Object.fromEntries(
    tree.frames.map(({ name }, at) => [
      name,
      { self: self.map(values => values[at]), total: total.map(values => values[at]) },
    ]),
  )
}

describe('functions', () => {
  it('count a sample once, however often they are in its stack', () => {
    expect(table(profile({ 'f g f': 3, 'f g': 1, f: 5, 'g f f': 2 }))).toEqual({
      f: { self: [10], total: [11] },
      g: { self: [1], total: [6] },
    })
  })

  it('are zero in a profile that lacks them', () => {
    expect(table(profile({ 'f g': 3 }), profile({ 'f h': 4 }))).toEqual({
      f: { self: [0, 0], total: [3, 4] },
      g: { self: [3, 0], total: [3, 0] },
      h: { self: [0, 4], total: [0, 4] },
    })
  })

  const stacks = fc.dictionary(
    fc
      .array(fc.constantFrom('a', 'b', 'c', 'd'), { minLength: 1, maxLength: 8 })
      .map(names => names.join(' ')),
    fc.integer({ min: 1, max: 1000 }),
    { minKeys: 1 },
  )

  it('have the same totals as counted stack by stack', () => {
    fc.assert(
      fc.property(stacks, given => {
        for (const [name, { self, total }] of Object.entries(table(profile(given)))) {
          const within = Object.entries(given).filter(([names]) => names.split(' ').includes(name))
          const atEnd = Object.entries(given).filter(([names]) => names.split(' ').at(-1) === name)
          expect(total[0]).toBe(sum(within.map(([, value]) => value)))
          expect(self[0]).toBe(sum(atEnd.map(([, value]) => value)))
        }
      }),
    )
  })

  it('are the same in the merged profile as in the sum of both', () => {
    fc.assert(
      fc.property(stacks, stacks, (one, two) => {
        const apart = table(profile(one), profile(two))
        const merged = table(mergeProfiles([profile(one), profile(two)]))
        for (const [name, { self, total }] of Object.entries(apart))
          expect(merged[name]).toEqual({ self: [sum(self as number[])], total: [sum(total as number[])] })
      }),
    )
  })
})

describe('functions that are left out', () => {
  const given = profile({ '(idle)': 100, 'f g': 3, 'f drop g': 5, f: 1, 'drop drop': 7 })

  it('are left out with their callees', () => {
    const tree = buildCallTree([given], { without: ({ name }) => name === 'drop' || name === '(idle)' })
    expect(tree.frames.map(({ name }) => name)).toEqual(['f', 'g'])
    expect([...functionTable(tree).total[0]!]).toEqual([4, 3])
  })
})

describe('samples', () => {
  it('without a function count too', () => {
    const builder = new ProfileBuilder([{ type: 'cpu', unit: 'nanoseconds' }])
    builder.sample(-1, [5])
    builder.sample(builder.stack(-1, builder.location(builder.function('(root)'))), [2])
    const tree = buildCallTree([builder.build()])
    expect([...tree.frame].map(frame => tree.frames[frame]!.name)).toEqual(['(no stack)'])
    expect(sum(tree.self[0]!)).toBe(7)
  })
})

describe('profiles of different kinds', () => {
  it('cannot be merged', () => {
    expect(() => mergeProfiles([])).toThrow(/no profile/)
    expect(() => mergeProfiles([read('node26.cpuprofile'), read('node26.heapprofile')])).toThrow(
      /Profiles of samples\/count, cpu\/nanoseconds and of space\/bytes/,
    )
  })
})

describe('a pruned tree', () => {
  const tree = buildCallTree([read('node26.cpuprofile')])
  const pruned = pruneTree(tree, 0.01)

  it('drops calls but no value', () => {
    expect(pruned.parent.length).toBeLessThan(tree.parent.length / 2)
    expect(sum(pruned.self[0]!)).toBeCloseTo(sum(tree.self[0]!), 3)
  })

  it('keeps the totals of the calls that remain, and puts the rest below the caller', () => {
    const small = buildCallTree([
      profile({ a: 1, 'a b': 50, 'a b c d': 0.1, 'a b e': 0.2, 'a b c': 0.1, f: 0.3 }),
    ])
    const kept = pruneTree(small, 0.01)
    const below = totals(kept, kept.self[0]!)
    const rows = [...kept.frame].map(
      (frame, at) => `${kept.parent[at]} ${kept.frames[frame]!.name} ${below[at]!.toFixed(1)}`,
    )
    expect(rows).toEqual(['-1 a 51.4', '0 b 50.4', '1 (rest) 0.4', '-1 (rest) 0.3'])
  })
})
