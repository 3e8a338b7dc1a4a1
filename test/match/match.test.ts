import { describe, expect, it } from 'vitest'
import { uniteTrees } from '../../harness/match/index.ts'
import {
  type ProfileBuilder as Builder,
  buildCallTree,
  type CallTree,
  functionTable,
  ProfileBuilder,
} from '../../harness/profile/index.ts'
import { callTree } from '../formats/files.ts'

type Where = [name: string, file?: string, line?: number, column?: number]

/** A profile from stacks, outermost first. */
function tree(...stacks: Where[][]): CallTree {
  const builder: Builder = new ProfileBuilder([{ type: 'cpu', unit: 'nanoseconds' }])
  for (const frames of stacks) {
    let stack = -1
    for (const where of frames) stack = builder.stack(stack, builder.location(builder.function(...where)))
    builder.sample(stack, [1])
  }
  return buildCallTree([builder.build()])
}

/** `name:line how → self before/after`, for every function that is not exactly the same. */
function changes(before: CallTree, after: CallTree): string[] {
  const union = uniteTrees(before, after)
  const { self } = functionTable(union)
  return union.frames.map(
    ({ name, line }, at) => `${name}:${line} ${union.match[at]} ${self[0]![at]}/${self[1]![at]}`,
  )
}

const main: Where = ['main', '/app/server.js', 1, 1]

describe('functions', () => {
  it('are the same under another root, as URL or as path, after lines were inserted', () => {
    const before = tree([main, ['encode', '/app/lib/encode.js', 10, 3]])
    const after = tree([
      ['main', 'file:///home/me/v2/server.js', 41, 1],
      ['encode', 'file:///home/me/v2/lib/encode.js', 50, 3],
    ])
    expect(changes(before, after)).toEqual(['main:41 line moved 0/0', 'encode:50 line moved 1/1'])
  })

  it('of a renamed file, such as a bundle, are found by the names around them', () => {
    const bundle = (hash: string, ...names: string[]) =>
      tree(...names.map((name, at): Where[] => [[name, `/app/dist/main.${hash}.js`, 1, 10 * at]]))
    expect(
      changes(bundle('3f2a', 'list', 'encode', 'send'), bundle('9c1b', 'list', 'encode', 'log')),
    ).toEqual(['list:1 moved 1/1', 'encode:1 moved 1/1', 'log:1 only after 0/1', 'send:1 only before 1/0'])
    // Two packages with the same functions are still two packages.
    const library = (name: string) =>
      tree([
        ['parse', `/app/node_modules/${name}/index.js`, 1, 1],
        ['stringify', `/app/node_modules/${name}/index.js`, 9, 1],
      ])
    expect(changes(library('fast-json'), library('safe-json'))).toHaveLength(4)
    // One common name is not enough: many files have a `main`.
    expect(changes(bundle('3f2a', 'list', 'encode'), bundle('9c1b', 'list', 'log'))).toHaveLength(4)
  })

  it('are the same at every level of optimisation', () => {
    const before = tree([main, ['*encode', '/app/a.js', 3, 1]], [main, ['~encode', '/app/a.js', 3, 1]])
    expect(before.frames.map(({ name }) => name)).toEqual(['main', 'encode'])
    expect(changes(before, tree([main, ['encode', '/app/a.js', 3, 1]]))).toEqual([
      'main:1 exact 0/0',
      'encode:3 exact 2/1',
    ])
  })

  it('without a name follow the lines around them', () => {
    const at = (shift: number) =>
      tree(
        [main, ['list', '/app/a.js', 10 + shift, 1], ['', '/app/a.js', 12 + shift, 9]],
        [
          main,
          ['list', '/app/a.js', 10 + shift, 1],
          ['', '/app/a.js', 14 + shift, 9],
          ['deep', '/app/a.js', 30 + shift, 1],
        ],
      )
    // 12 + 2 is where the other one was: lines alone would confuse them.
    expect(changes(at(0), at(2)).slice(2)).toEqual([
      ':14 line moved 1/1',
      ':16 line moved 0/0',
      'deep:32 line moved 1/1',
    ])
  })

  it('without a name are distinguished by caller and order where lines do not help', () => {
    const before = tree(
      [main, ['list', '/app/a.js', 10, 1], ['', '/app/a.js', 12, 9]],
      [main, ['list', '/app/a.js', 10, 1], ['', '/app/a.js', 14, 9]],
    )
    const after = tree(
      [main, ['list', '/app/a.js', 10, 1], ['', '/app/a.js', 13, 7]],
      [main, ['list', '/app/a.js', 10, 1], ['', '/app/a.js', 19, 5]],
    )
    expect(changes(before, after).slice(2)).toEqual([':13 by order 1/1', ':19 by order 1/1'])
  })

  it('that were renamed keep their place in the calls', () => {
    const before = tree([main, ['encode', '/app/a.js', 10, 1], ['escape', '/app/a.js', 20, 1]])
    const after = tree([main, ['serialize', '/app/a.js', 10, 1], ['escape', '/app/a.js', 20, 1]])
    expect(changes(before, after)[1]).toBe('serialize:10 renamed 0/0')
  })

  it('stay unmatched if two are candidates for a new name', () => {
    const before = tree([main, ['encode', '/app/a.js', 10, 1]])
    const after = tree([main, ['one', '/app/a.js', 20, 1]], [main, ['two', '/app/a.js', 30, 1]])
    expect(changes(before, after)).toEqual([
      'main:1 exact 0/0',
      'one:20 only after 0/1',
      'two:30 only after 0/1',
      'encode:10 only before 1/0',
    ])
  })

  it('stay unmatched if the caller alone is the same: each side may have sampled another of its callees', () => {
    const before = tree([main, ['encode', '/app/a.js', 10, 1]])
    const after = tree([main, ['send', '/app/a.js', 30, 1]])
    expect(changes(before, after).slice(1)).toEqual(['send:30 only after 0/1', 'encode:10 only before 1/0'])
    const [one, other] = [tree([main, ['', '/app/a.js', 10, 4]]), tree([main, ['', '/app/a.js', 30, 9]])]
    expect(changes(one, other).slice(1)).toEqual([':30 only after 0/1', ':10 only before 1/0'])
  })

  it('of a minified program are not the same because their line is', () => {
    const before = tree([main, ['t', '/app/min.js', 1, 100]], [main, ['e', '/app/min.js', 1, 900]])
    const after = tree([main, ['n', '/app/min.js', 1, 500]], [main, ['r', '/app/min.js', 1, 700]])
    expect(changes(before, after).filter(it => it.includes('renamed'))).toEqual([])
  })

  it('follow the lines below them as well as those above', () => {
    const at = (top: number, end: number) =>
      tree(
        [main, ['first', '/app/a.js', 3, 1]],
        [main, ['', '/app/a.js', top, 5]],
        [main, ['', '/app/a.js', top + 9, 5]],
        [main, ['last', '/app/a.js', end, 1]],
      )
    expect(changes(at(20, 40), at(50, 70)).slice(2, 4)).toEqual([':50 line moved 1/1', ':59 line moved 1/1'])
  })

  it('that were moved to another file keep their name and callers', () => {
    const before = tree([main, ['encode', '/app/server.js', 10, 1]])
    const after = tree([main, ['encode', '/app/lib/encode.js', 4, 1]])
    expect(changes(before, after)[1]).toBe('encode:4 moved 1/1')
  })

  it('of the same name in another file with other callers are not the same', () => {
    const before = tree([main, ['one', '/app/server.js', 10, 1], ['get', '/app/server.js', 12, 1]])
    const after = tree(
      [main, ['one', '/app/server.js', 10, 1]],
      [main, ['two', '/app/server.js', 20, 1], ['get', '/app/lib/b.js', 12, 1]],
    )
    expect(changes(before, after)).toContain('get:12 only after 0/1')
  })

  it('of Node itself are never renamed', () => {
    const before = tree([
      ['emit', 'node:events', 10, 1],
      ['one', 'node:events', 20, 1],
    ])
    const after = tree([
      ['emit', 'node:events', 10, 1],
      ['two', 'node:events', 20, 1],
    ])
    expect(changes(before, after).slice(1)).toEqual(['two:20 only after 0/1', 'one:20 only before 1/0'])
  })
})

describe('two profiles', () => {
  const before = callTree('node26.cpuprofile')

  it('of the same run are the same tree', () => {
    const union = uniteTrees(before, before)
    expect(union.parent.length).toBe(before.parent.length)
    expect(new Set(union.match)).toEqual(new Set(['exact']))
    expect(union.self[0]).toEqual(union.self[1])
  })

  it('of the same code match exactly, or were sampled on one side only', () => {
    const union = uniteTrees(before, callTree('node26-again.cpuprofile'))
    expect(new Set(union.match)).toEqual(new Set(['exact', 'only before', 'only after']))
    expect(union.match.filter(match => match === 'exact').length).toBeGreaterThan(150)
  })

  it('of edited code in another folder match, even renamed and moved functions', () => {
    const union = uniteTrees(before, callTree('node26-edited.cpuprofile'))
    const own = union.frames.flatMap(({ name, file }, at) =>
      file.startsWith('/srv/') ? [`${name} ${union.match[at]}`] : [],
    )
    const named = own.filter(text => !text.startsWith(' ')).sort()
    expect(named).toEqual([
      'ask line moved',
      'escapeText line moved',
      'fib moved',
      'order renamed',
      'render line moved',
      'render line moved',
      'serialize renamed',
    ])
    const anonymous = own.filter(text => text.startsWith(' ') && text.includes('only'))
    // The module function of the new file, and functions that were sampled on one side only.
    expect(anonymous.length).toBeLessThanOrEqual(3)
  })

  it('of two versions of Node match all functions of the service', () => {
    const union = uniteTrees(callTree('node20.cpuprofile'), before)
    const own = union.frames.flatMap(({ name, file }, at) =>
      file.startsWith('/srv/') && name ? [`${name} ${union.match[at]}`] : [],
    )
    expect(new Set(own)).toEqual(
      new Set(['ask exact', 'encode exact', 'escapeText exact', 'fib exact', 'rank exact', 'render exact']),
    )
  })
})
