import { describe, expect, it } from 'vitest'
import { analyze, decodeOnce, packagesToRead } from '../../harness/analyze/index.ts'
import { evidenceOfRecords, evidenceOfRun } from '../../harness/evidence/index.ts'
import cpu from '../../harness/metrics/cpu.ts'
import type { CallChange } from '../../harness/model/flame.ts'
import type { RunRecord } from '../../harness/model/record.ts'
import { BASE, type Costs, changes, MORE, measured, WILD } from './known-costs.ts'

const named = (before: Costs, after: Costs) =>
  changes(before, after).culprits.map(({ function: name, cause, owner }) => [
    name,
    owner,
    cause.kind,
    'callee' in cause ? cause.callee : '',
  ])

describe('the culprits', () => {
  it.each<[string, Costs, string[][]]>([
    ['a function that works more', { 'app.handle lib.parse': 45 }, [['lib.parse', 'lib', 'own work', '']]],
    [
      'a call that was not made before',
      { 'app.handle lib.parse node:crypto native:init': 30 },
      [['lib.parse', 'lib', 'new call', 'node:crypto']],
    ],
    [
      'a native call that costs more',
      { 'app.handle lib.parse native:slice': 30 },
      [['lib.parse', 'lib', 'call', 'native:slice']],
    ],
    [
      'two functions that share the change',
      { 'app.handle lib.parse': 40, 'app.handle app.format': 25 },
      [
        ['lib.parse', 'lib', 'own work', ''],
        ['app.format', 'application', 'own work', ''],
      ],
    ],
    [
      'a call that is gone',
      { 'app.handle lib.parse native:slice': 0 },
      [['lib.parse', 'lib', 'dropped call', 'native:slice']],
    ],
    [
      'the caller of a function that another one replaces, which may be the same under a new name',
      { 'app.handle lib.parse': 0, 'app.handle lib.parse native:slice': 0, 'app.handle lib.read': 60 },
      [['app.handle', 'application', 'other call', 'lib.read']],
    ],
    ['nobody, where Node alone costs more', { 'node:parse': 60 }, []],
    ['nobody, where nothing changed', {}, []],
  ])('are %s', (_, changed, culprits) => {
    expect(named(BASE, { ...BASE, ...changed })).toEqual(culprits)
  })

  it('are found although a function beside them seems cheaper by chance', () => {
    const before = { ...BASE, 'app.handle lib.write': 30 }
    const { culprits } = changes(
      before,
      { ...before, 'app.handle lib.parse': 26 },
      { noise: 'app.handle lib.write' },
    )
    expect(culprits.map(({ function: name }) => name)).toEqual(['lib.parse'])
  })

  it('are found although chance makes a function beside them seem more expensive', () => {
    const before = { ...BASE, 'app.handle lib.write': 30 }
    const beside = { noise: 'app.handle lib.write', noises: MORE }
    const named = (more: number) =>
      changes(before, { ...before, 'app.handle lib.parse': 20 + more }, beside).culprits.map(
        it => it.function,
      )
    expect(named(6)).toEqual(['lib.parse'])
    expect(named(2)).not.toEqual(['lib.parse'])
  })

  it('are deeper than a caller in which only a little of the change lands', () => {
    const [walk, step] = ['app.handle lib.parse lib.walk', 'app.handle lib.parse lib.walk lib.step']
    const before = { ...BASE, [walk]: 10, [step]: 10 }
    const named = (inWalk: number, inStep: number) => {
      const after = { ...before, 'app.handle lib.parse': 40, [walk]: 10 + inWalk, [step]: 10 + inStep }
      return changes(before, after).culprits.map(it => it.function)
    }
    expect(named(9, 72)).toEqual(['lib.step'])
    expect(named(31, 50)).toEqual(['lib.walk'])
  })

  it.each<[string, object]>([
    ['both of which spend more in it', {}],
    ['one of which does so by chance', { noise: 'app.handle lib.parse lib.skip lib.walk', noises: WILD }],
  ])('are a function with two callers, %s', (_, known) => {
    const [step, skip] = ['app.handle lib.parse lib.step', 'app.handle lib.parse lib.skip'] as const
    const before = { ...BASE, [step]: 10, [skip]: 10, [`${step} lib.walk`]: 10, [`${skip} lib.walk`]: 10 }
    const after = {
      ...before,
      'app.handle app.format': 26,
      [step]: 14,
      [skip]: 14,
      [`${step} lib.walk`]: 72,
      [`${skip} lib.walk`]: 24,
    }
    const { culprits } = changes(before, after, known)
    expect(culprits.map(it => it.function)).toEqual(['lib.walk'])
  })

  it('are none of a change below 1 % that may be chance, whatever the profiles say', () => {
    const evidence = evidenceOfRun(measured(BASE, { ...BASE, 'app.handle lib.parse': 26 }, { cpu: 52 }))
    expect(analyze(evidence, []).culprits).toHaveLength(1)
    expect(analyze(evidence, cpu).culprits).toEqual([])
  })

  it('are none when they hold more than the whole beyond chance', () => {
    const before = { ...BASE, 'app.handle lib.write': 30 }
    const after = { ...before, 'app.handle lib.write': 20, 'app.handle lib.parse': 36 }
    expect(named(before, after)).toEqual([['app.handle', 'application', 'call', 'lib.parse']])
  })

  it('are not inside a function that another one replaced', () => {
    const before = { ...BASE, 'app.handle lib.parse lib.walk': 31 }
    const after = {
      ...BASE,
      'app.handle lib.parse': 0,
      'app.handle lib.parse native:slice': 0,
      'app.handle lib.read': 24,
    }
    expect(named(before, after)).toEqual([['app.handle', 'application', 'other call', 'lib.read']])
  })

  it('say how much of the change they hold, and how sure that is', () => {
    const [culprit] = changes(BASE, { ...BASE, 'app.handle lib.parse': 45, '(program)': 5 }).culprits
    expect(culprit).toMatchObject({ file: 'node_modules/lib/index.js', caller: 'app.handle' })
    expect(culprit!.after - culprit!.before).toBeCloseTo(25 * 1.07, 0)
    expect(culprit!.whole).toBeCloseTo(27 * 1.07, 0)
    expect(culprit!.interval!.low).toBeGreaterThan(20)
  })
})

describe('a call that holds a change', () => {
  const after = { ...BASE, 'app.handle lib.parse node:crypto native:init': 30 }
  const source = (lines: string[]) => ({ file: '/srv/app/node_modules/lib/index.js', from: 9, lines })
  const causeWith = (sources: RunRecord['sources'], changed: Costs = after) =>
    changes(BASE, changed, { sources }).culprits[0]!.cause

  it('has its own figures, and a place where it is not native', () => {
    const cause = causeWith([])
    expect(cause).toMatchObject({
      callee: 'node:crypto',
      file: 'node:net',
      line: 11,
      owner: 'lib',
      before: 0,
    })
    expect((cause as CallChange).after).toBeCloseTo(30 * 1.07, 0)
    const native = causeWith([], { ...BASE, 'app.handle lib.parse native:slice': 30 }) as CallChange
    expect(native.file).toBeUndefined()
    expect(native.before).toBeCloseTo(4 * 1.07, 0)
  })

  it('counts what took the place of another call and what that cost', () => {
    const cause = causeWith([], {
      ...BASE,
      'app.handle lib.parse': 0,
      'app.handle lib.parse native:slice': 0,
      'app.handle lib.read': 60,
    }) as CallChange
    expect(cause).toMatchObject({ kind: 'other call', callee: 'lib.read', instead: 'lib.parse' })
    expect(cause.before).toBeCloseTo(24 * 1.07, 0)
    expect(cause.after).toBeCloseTo(60 * 1.07, 0)
  })

  it('has a line where the text of its function has one such call', () => {
    const read = { ...BASE, 'app.handle lib.parse nodeCreate': 30 }
    const lines = ['function parse(x) {', '  log()', '  return crypto.nodeCreate(x)', '}']
    expect(causeWith([{ ...source(lines) }], read)).toMatchObject({ callee: 'nodeCreate', at: 11 })
    const twice = lines.with(1, '  nodeCreate()')
    expect(causeWith([{ ...source(twice) }], read)).not.toHaveProperty('at', expect.anything())
  })

  it('has no line in the new version where it is gone', () => {
    const read = { ...BASE, 'app.handle lib.parse nodeCreate': 30 }
    const sources = [source(['function parse(x) { return x }'])]
    const { cause } = changes(read, BASE, { sources }).culprits[0]!
    expect(cause).toMatchObject({ kind: 'dropped call', at: undefined })
  })

  it('is neither new nor gone where both versions have it: it was too cheap to be seen', () => {
    const read = { ...BASE, 'app.handle lib.parse nodeCreate': 30 }
    const sources = [source(['function parse(x) { return nodeCreate(x) }'])]
    expect(changes(BASE, read, { sources }).culprits[0]!.cause).toMatchObject({ kind: 'call', at: 9 })
    expect(changes(read, BASE, { sources }).culprits[0]!.cause).toMatchObject({ kind: 'call' })
  })
})

describe('versions of packages', () => {
  const LIB = '/srv/app/node_modules/lib'
  const packages = [{ folder: LIB, name: 'library', version: '2.0.0' }]

  it('are those that the record has of the side', () => {
    const { owners, culprits } = changes(BASE, { ...BASE, 'app.handle lib.parse': 45 }, { packages })
    expect(owners[0]).toMatchObject({
      kind: 'dependency',
      owner: 'library',
      versions: { before: '2.0.0', after: '2.0.0' },
    })
    expect(culprits[0]).toMatchObject({ owner: 'library', version: '2.0.0' })
  })

  it('differ between two records', () => {
    const [before, after] = ['1.0.0', '2.0.0'].map(version =>
      measured(
        BASE,
        { ...BASE, 'app.handle lib.parse': 45 },
        { packages: [{ folder: LIB, name: 'lib', version }] },
      ),
    )
    const evidence = evidenceOfRecords(before!, after!, 'after')
    const { owners } = analyze(evidence, [])
    expect(owners.find(({ owner }) => owner === 'lib')?.versions).toEqual({ before: '1.0.0', after: '2.0.0' })
  })

  it('are asked of the folders of all packages that were sampled', () => {
    const evidence = evidenceOfRun(measured({ 'node:net': 5 }, { ...BASE, 'app.handle zip.deflate': 0.01 }))
    expect(packagesToRead(evidence, decodeOnce()).toSorted()).toEqual([LIB, `${LIB}/node_modules/@zip/core`])
  })
})

describe('owners', () => {
  const { owners } = changes(BASE, {
    ...BASE,
    'app.handle lib.parse node:crypto native:init': 12,
    'app.handle lib.parse zip.deflate': 4,
  })

  it('are the application, packages by their names, Node and V8', () => {
    expect(owners.map(({ owner }) => owner).toSorted()).toEqual([
      '@zip/core',
      'Node',
      'V8',
      'application',
      'lib',
      'rest',
    ])
  })

  it('pay for what Node does for them', () => {
    const lib = owners.find(({ owner }) => owner === 'lib')!
    expect(owners[0]).toBe(lib)
    expect(lib.after - lib.before).toBeCloseTo(12 * 1.07, 0)
    expect(lib.significant).toBe(true)
  })

  it('add up to all that was sampled', () => {
    const all = Object.values(BASE).reduce((sum, cost) => sum + cost, 0)
    expect(owners.reduce((sum, { before }) => sum + before, 0)).toBeCloseTo(all * 1.07, 0)
  })

  it('have an interval in the unit of their costs, around the change', () => {
    for (const { before, after, interval } of owners.filter(({ kind }) => kind !== 'rest')) {
      expect(interval!.low).toBeLessThanOrEqual(after - before + 1e-9)
      expect(interval!.high).toBeGreaterThanOrEqual(after - before - 1e-9)
    }
    expect(owners.at(-1)).toMatchObject({ owner: 'rest', interval: null, significant: false })
  })

  it('with other threads and small owners add up to the whole', () => {
    const small = { ...BASE, 'app.handle zip.deflate': 0.01 }
    const counted = changes(small, { ...small, 'app.handle lib.parse': 30 }, { cpu: 100 })
    const rows = counted.owners
    expect(rows.map(({ owner }) => owner)).not.toContain('@zip/core')
    expect(rows.at(-1)!.owner).toBe('rest')
    expect(rows.reduce((sum, { after }) => sum + after, 0)).toBeCloseTo(100)
    expect(rows.at(-1)!.after).toBeGreaterThan(30)
  })
})
