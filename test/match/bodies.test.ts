import { describe, expect, it } from 'vitest'
import { likeness } from '../../harness/match/body.ts'
import { bodiesIn, type Texts, uniteTrees } from '../../harness/match/index.ts'
import { buildCallTree, type CallTree, functionTable, ProfileBuilder } from '../../harness/profile/index.ts'

const BODY = '{ const found = rows.find(row => row.id === id); return found ? found.name : null }'

describe('the body of a function', () => {
  const text = `
function lookUp(rows, id) ${BODY}
const arrow = (rows, id) => ${BODY}
class Table { lookUp(rows, id) { // how it is found
    const found = rows.find(row => row.id === id)
    return found ? found.name : null
  } }
const short = rows => rows.length * 2 + 1
function long(rows) { return rows.length * 2 + 1 }
function other(rows, id) { for (const row of rows) if (row.id === id) throw new Error(row.name) }
`
  const bodyAt = bodiesIn(text).at
  const lines = text.split('\n')
  /** As V8 gives the place: where the parameters begin. */
  const bodyOf = (line: number, start: string) => bodyAt(line + 1, lines[line]!.indexOf(start) + 1)!

  it('does not depend on name, layout, comments, or the kind of function', () => {
    const [named, arrow, method] = [bodyOf(1, '(rows'), bodyOf(2, '(rows'), bodyOf(3, '(rows')]
    expect(named.hash).toBe(arrow.hash)
    expect(method.hash).toBe(named.hash)
    expect(bodyOf(7, 'rows =>').hash).toBe(bodyOf(8, '(rows').hash)
    expect(bodyOf(9, '(rows').hash).not.toBe(named.hash)
  })

  it('of an inner function is its own', () => {
    const inner = bodyOf(1, 'row =>')
    expect(inner.size).toBeLessThan(bodyOf(1, '(rows').size)
  })

  it('is not known where no function begins', () => {
    expect(bodyAt(99, 1)).toBeUndefined()
    expect(bodiesIn('const a = 1').at(1, 1)).toBeUndefined()
  })

  it('is not known of a module, which begins where its first function may begin', () => {
    expect(bodiesIn('function first(a) { return a }').at(1, 1)).toBeUndefined()
    expect(bodiesIn('const first = a => a').at(1, 1)).toBeUndefined()
    expect(bodiesIn('function first(a) { return a }').at(1, 15)).toBeDefined()
  })

  it('is like another one as far as their texts are', () => {
    const edited = bodiesIn(`function f(rows, id) ${BODY.replace('null', "'nobody'")}`).at(1, 11)!
    expect(likeness(bodyOf(1, '(rows'), edited)).toBeGreaterThan(0.6)
    expect(likeness(bodyOf(1, '(rows'), bodyOf(9, '(rows'))).toBeLessThan(0.4)
  })

  it('is not read from what is no program', () => {
    expect(() => bodiesIn('function (')).toThrow(SyntaxError)
  })
})

/**
 * A profile in which `main` calls each of the functions, which are given by name, line and text. A function at line 0 is only
 * in the file.
 */
function side(...functions: [name: string, line: number, text: string][]): {
  tree: CallTree
  texts: Texts
} {
  const builder = new ProfileBuilder([{ type: 'cpu', unit: 'nanoseconds' }])
  const main = builder.stack(-1, builder.location(builder.function('main', '/app/server.js', 1, 1)))
  for (const [name, line] of functions.filter(([, line]) => line > 0))
    builder.sample(
      builder.stack(main, builder.location(builder.function(name, '/app/server.js', line, 1))),
      [1],
    )
  const bodies = new Map(functions.map(([, line, text]) => [line, bodiesIn(text).at(1, 1)]))
  return {
    tree: buildCallTree([builder.build()]),
    texts: {
      bodyOf: ({ line }) => bodies.get(line),
      marksOf: () => bodiesIn(functions.map(([, , text]) => `;(${text})`).join('\n')).marks(),
    },
  }
}

function matches(before: ReturnType<typeof side>, after: ReturnType<typeof side>): string[] {
  const union = uniteTrees(before.tree, after.tree, { before: before.texts, after: after.texts })
  const { self } = functionTable(union)
  return union.frames
    .map(({ name, line }, at) => `${name || '-'}:${line} ${union.match[at]} ${self[0]![at]}/${self[1]![at]}`)
    .slice(1)
}

const LOOK_UP = `(rows, id) => ${BODY}`
const SUM =
  '(rows) => { let total = 0; for (const { price, amount } of rows) total += price * amount; return total }'
const MIX =
  '(seed) => { let x = seed; for (let i = 0; i < 40; i++) x = Math.imul(x ^ (x >>> 15), 77) + i; return x }'

describe('functions whose text can be read', () => {
  it('are found under another name, and in another order', () => {
    expect(
      matches(side(['', 10, LOOK_UP], ['', 20, SUM]), side(['', 12, SUM], ['byId', 40, LOOK_UP])),
    ).toEqual(['-:12 line moved 1/1', 'byId:40 renamed 1/1'])
  })

  it('are found after an edit', () => {
    const edited = LOOK_UP.replace('null', "'nobody'")
    expect(matches(side(['', 10, LOOK_UP], ['', 20, SUM]), side(['', 30, SUM], ['', 90, edited]))).toEqual([
      '-:30 line moved 1/1',
      '-:90 line moved 1/1',
    ])
  })

  it('are not taken for another one by their order', () => {
    expect(matches(side(['', 10, LOOK_UP], ['', 20, SUM]), side(['', 11, SUM], ['', 44, MIX]))).toEqual([
      '-:11 line moved 1/1',
      '-:44 only after 0/1',
      '-:10 only before 1/0',
    ])
  })

  it('stay alone where their counterpart is in the other file, but was not sampled', () => {
    const lookUpAll = LOOK_UP.replace('.name', '.names')
    expect(matches(side(['', 10, LOOK_UP]), side(['', 30, lookUpAll]))).toEqual(['-:30 line moved 1/1'])
    const both = side(['', 30, lookUpAll], ['', 0, LOOK_UP])
    expect(matches(side(['', 10, LOOK_UP]), both)).toEqual(['-:30 only after 0/1', '-:10 only before 1/0'])
    expect(matches(both, side(['', 10, LOOK_UP]))).toEqual(['-:10 only after 0/1', '-:30 only before 1/0'])
  })

  it('are found where a wrapper has taken their name', () => {
    const wrapper =
      '(rows, id) => { try { return this.inner(rows, id) } catch (error) { throw wrap(error, id) } }'
    expect(matches(side(['find', 10, LOOK_UP]), side(['find', 10, wrapper], ['inner', 20, LOOK_UP]))).toEqual(
      ['find:10 only after 0/1', 'inner:20 renamed 1/1'],
    )
  })

  it('are known by a short text too, with their name and file', () => {
    const get = (what: string) => `() => ${what}`
    const found = matches(
      side(['get', 10, get('a')], ['get', 11, get('b')]),
      side(['get', 10, get('c')], ['get', 11, get('a')], ['get', 12, get('b')]),
    )
    expect(found).toEqual(['get:10 only after 0/1', 'get:11 line moved 1/1', 'get:12 line moved 1/1'])
  })

  it('are not guessed where two are the same', () => {
    const twice = side(['', 10, LOOK_UP], ['', 20, LOOK_UP])
    expect(matches(twice, side(['', 80, LOOK_UP])).filter(it => it.includes('only'))).not.toHaveLength(0)
  })
})
