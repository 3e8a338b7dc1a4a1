import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { functionText } from '../../harness/analyze/lines.ts'
import { encodePprof } from '../../harness/formats/index.ts'
import type { SourceLines } from '../../harness/model/record.ts'
import { ProfileBuilder } from '../../harness/profile/index.ts'
import { launch, plan, profileChanges, run, slices } from './records.ts'

const source = (from: number, lines: string[], file = '/srv/app/a.js'): SourceLines => ({ file, from, lines })
const side = (from: number, lines: string[], self: Record<number, number> = {}) => ({
  source: source(from, lines),
  self: new Map(Object.entries(self).map(([line, cost]) => [Number(line), cost])),
})

describe('the text of a function', () => {
  it('has a row for a line that both versions have, and one for each that only one has', () => {
    const text = functionText({
      before: side(10, ['function f(a) {', '  var b = a', '  return b', '}'], { 11: 2, 12: 3 }),
      after: side(20, ['function f(a) {', '  const b = a', '', '    return b', '}'], { 21: 4, 23: 1 }),
    })!
    expect(text.rows.map(({ text, before, after }) => [text, before?.line, after?.line])).toEqual([
      ['function f(a) {', 10, 20],
      ['  var b = a', 11, undefined],
      ['  const b = a', undefined, 21],
      ['', undefined, 22],
      ['    return b', 12, 23],
      ['}', 13, 24],
    ])
    expect(text.rows[4]).toMatchObject({ before: { self: 3 }, after: { self: 1 } })
    expect(text.rest).toEqual({ before: 0, after: 0 })
  })

  it('keeps the beginning, and further lines that cost something on either side', () => {
    const lines = Array.from({ length: 30 }, (_, at) => `step ${at}`)
    const { rows } = functionText({ before: side(1, lines, { 20: 1 }), after: side(1, lines, { 25: 1 }) })!
    expect(rows.map(({ after }) => after!.line)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 20, 25])
    expect(rows[8]).toMatchObject({ before: { self: 1 }, after: { self: 0 } })
  })

  it('has a rest: samples without a line, and lines whose text is not known', () => {
    const { rest } = functionText({
      before: side(5, ['f() {', '}'], { 0: 1, 4: 2, 5: 3, 7: 4 }),
      after: { self: new Map([[9, 5]]) },
    })!
    expect(rest).toEqual({ before: 7, after: 5 })
  })

  it('is absent where neither side was read', () => {
    expect(functionText({ before: { self: new Map([[3, 1]]) } })).toBeUndefined()
    expect(functionText({ after: side(3, []) })).toBeUndefined()
  })

  it('adds up, in the order of both texts', () => {
    const lines = fc.array(fc.constantFrom('a', 'b', ' b', '}', ''), { maxLength: 40 })
    const costs = fc.dictionary(
      fc.integer({ min: 0, max: 60 }).map(String),
      fc.double({ min: 0.1, max: 9, noNaN: true }),
    )
    fc.assert(
      fc.property(lines, lines, costs, costs, (was, is, before, after) => {
        const text = functionText({ before: side(7, was, before), after: side(3, is, after) })
        if (!text) return
        for (const [name, costs] of Object.entries({ before, after })) {
          const one = name as 'before' | 'after'
          const own = text.rows.flatMap(row => row[one] ?? [])
          const total = own.reduce((sum, { self }) => sum + self, text.rest[one])
          expect(total).toBeCloseTo(
            Object.values(costs).reduce((sum, cost) => sum + cost, 0),
            6,
          )
          expect(own.map(({ line }) => line)).toEqual(own.map(({ line }) => line).toSorted((a, b) => a - b))
        }
      }),
    )
  })
})

/** `work` is called through two paths, and its samples are in lines of its own. */
function profile(root: string, from: number, costs: Record<number, number>): string {
  const builder = new ProfileBuilder([{ type: 'cpu', unit: 'nanoseconds' }])
  const work = builder.function('work', `${root}/a.js`, from)
  for (const caller of ['one', 'two'])
    for (const [line, cost] of Object.entries(costs)) {
      const above = builder.stack(-1, builder.location(builder.function(caller, `${root}/a.js`, 1)))
      builder.sample(builder.stack(above, builder.location(work, Number(line))), [cost * 1e6])
    }
  return Buffer.from(encodePprof(builder.build())).toString('base64')
}

it('lines add up to the self cost of their function, over all calls, each side at its own place', () => {
  const launchOf = (variant: string, root: string, from: number, costs: Record<number, number>) => {
    const columns = slices({ requests: [100], cpu: [9e7], mainCpu: [9e7] })
    return launch(variant, {
      timed: columns,
      collected: { cpu: { slices: columns, profile: profile(root, from, costs), figures: {} } },
    })
  }
  const record = run(
    [1, 2, 3].map(round => [
      launchOf('before', '/srv/a', 3, { 3: round, 4: 5 }),
      launchOf('after', '/srv/b', 13, { 0: 1, 14: 7, 16: round }),
    ]),
    { plan: { ...plan, collectors: ['cpu'] } },
  )
  record.sources = [
    source(3, ['function work() {', '  return 1', '}'], '/srv/a/a.js'),
    source(13, ['function work() {', '  return 1', '  // more', '  and()', '}'], '/srv/b/a.js'),
  ]
  const { flames, frames } = profileChanges(record)
  const { rows, rest } = flames[0]!.frames.find(it => it.function === 'work')!.source!
  expect(rows.map(({ text, before, after }) => [text, before?.line, after?.line])).toEqual([
    ['function work() {', 3, 13],
    ['  return 1', 4, 14],
    ['  // more', undefined, 15],
    ['  and()', undefined, 16],
    ['}', 5, 17],
  ])
  const row = frames.find(it => it.function === 'work')!
  const sumOf = (one: 'before' | 'after') => rows.reduce((sum, it) => sum + (it[one]?.self ?? 0), rest[one])
  expect(sumOf('before')).toBeCloseTo(row.before, 6)
  expect(sumOf('after')).toBeCloseTo(row.after, 6)
  expect(rest.before).toBe(0)
  expect(rest.after).toBeGreaterThan(0)
  expect(rows[1]!.after!.self).toBeGreaterThan(rows[3]!.after!.self)
})
