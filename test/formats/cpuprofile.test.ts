import { describe, expect, it } from 'vitest'
import { readCpuProfile } from '../../harness/formats/v8/cpuprofile.ts'
import { buildCallTree, functionTable } from '../../harness/profile/index.ts'
import { canonical, fileJson, sum } from './files.ts'

const frame = (functionName: string, url = '', lineNumber = -1, columnNumber = -1) => ({
  functionName,
  scriptId: '7',
  url,
  lineNumber,
  columnNumber,
})

const NODES = [
  { id: 1, callFrame: frame('(root)'), hitCount: 0, children: [2, 3, 4] },
  { id: 2, callFrame: frame('(idle)'), hitCount: 9 },
  { id: 3, callFrame: frame('(garbage collector)'), hitCount: 9 },
  { id: 4, callFrame: frame('work', 'file:///srv/app/a.js', 9, 4), hitCount: 9, children: [5] },
  { id: 5, callFrame: frame('', 'file:///srv/app/a.js', 0, 0), hitCount: 9 },
]

const profileOf = (samples: number[], timeDeltas: unknown[], endTime: unknown = undefined) =>
  readCpuProfile({ nodes: NODES, startTime: 0, endTime, samples, timeDeltas })

/** Nanoseconds per function. */
function selfOf({ profile }: ReturnType<typeof readCpuProfile>): Record<string, number> {
  const tree = buildCallTree([profile])
  const { self } = functionTable(tree)
  return Object.fromEntries(tree.frames.map(({ name }, at) => [name, self[0]![at]!]))
}

describe('time', () => {
  it('lasts until the next sample, whatever the hit counts say', () => {
    const read = profileOf([2, 4, 5, 3], [500, 1000, 1500, 2000], 6000)
    expect(selfOf(read)).toEqual({
      '(idle)': 1_000_000,
      work: 1_500_000,
      '': 2_000_000,
      '(garbage collector)': 1_000_000,
    })
    expect(read.repairs).toEqual({ negative: 0, missing: 0, lost: 0, lostTime: 0 })
    expect([...read.profile.samples.time!]).toEqual([0.5, 1.5, 3, 5])
    expect(read.profile).toMatchObject({ duration: 6, period: 1_500_000 })
  })

  it('is sorted where deltas are negative', () => {
    const read = profileOf([2, 4, 5, 3], [1000, 3000, -2000, 3000])
    expect(read.repairs.negative).toBe(1)
    expect([...read.profile.samples.time!]).toEqual([1, 2, 4, 5])
    expect(selfOf(read)).toMatchObject({ '(idle)': 1_000_000, '': 2_000_000, work: 1_000_000 })
  })

  it('is the usual interval where deltas are missing', () => {
    const read = profileOf([4, 4, 4, 4], [1000, null, 1000])
    expect(read.repairs.missing).toBe(2)
    expect(selfOf(read).work).toBe(4_000_000)
  })

  it('is divided evenly where there are no deltas', () => {
    const read = readCpuProfile({ nodes: NODES, startTime: 1000, endTime: 9000, samples: [4, 4, 5, 5] })
    expect(selfOf(read)).toMatchObject({ work: 4_000_000, '': 4_000_000 })
    expect(read.repairs.missing).toBe(4)
  })

  it('without samples is counted as lost and given to no function', () => {
    const read = profileOf([4, 4, 5, 4, 4], [1000, 1000, 1000, 50_000, 1000])
    expect(selfOf(read)).toMatchObject({ '': 1_000_000, work: 4_000_000 })
    expect(read.repairs).toMatchObject({ lost: 1, lostTime: 49 })
  })

  it('comes from hit counts where there are no samples', () => {
    const read = readCpuProfile({ nodes: NODES, startTime: 0, endTime: 36_000 })
    expect(selfOf(read).work).toBe(9_000_000)
    expect(read.profile.samples.time).toBeUndefined()
  })
})

describe('functions', () => {
  const { profile } = profileOf([4, 5, 2], [1000, 1000, 1000])
  const { strings, functions } = profile

  it('have 1-based places, and 0 where V8 says −1', () => {
    const at = [...functions.name].findIndex(name => strings[name] === 'work')
    expect([functions.line[at], functions.column[at]]).toEqual([10, 5])
    const idle = [...functions.name].findIndex(name => strings[name] === '(idle)')
    expect([functions.file[idle], functions.line[idle], functions.column[idle]]).toEqual([0, 0, 0])
  })

  it('have stacks without (root)', () => {
    expect(Object.keys(canonical(profile, { lines: false }).said)).toEqual([
      '(idle) :0:0 {}',
      'work file:///srv/app/a.js:10:5 {}',
      'work file:///srv/app/a.js:10:5; file:///srv/app/a.js:1:1 {}',
    ])
  })

  it('keep the sampled lines', () => {
    const ticks = [
      { line: 12, ticks: 2 },
      { line: 14, ticks: 1 },
    ]
    const nodes = NODES.map(node => (node.id === 4 ? { ...node, positionTicks: ticks } : node))
    const read = readCpuProfile({ nodes, samples: [4, 4, 4, 4], timeDeltas: [1000, 1000, 1000, 1000] })
    const { locations, stacks, samples } = read.profile
    expect(Array.from(samples.stack, stack => locations.line[stacks.location[stack]!])).toEqual([
      12, 14, 12, 0,
    ])
  })

  it('take turns, so that a part of the profile has its share of each', () => {
    const weights = [30, 6, 12]
    const ticks = weights.map((ticks, at) => ({ line: 11 + at, ticks }))
    const nodes = NODES.map(node => (node.id === 4 ? { ...node, positionTicks: ticks } : node))
    const samples = new Array(48).fill(4)
    const { locations, stacks, ...profile } = readCpuProfile({ nodes, samples, timeDeltas: samples }).profile
    const lines = Array.from(profile.samples.stack, stack => locations.line[stacks.location[stack]!]!)
    const counts = (part: number[]) => [11, 12, 13].map(line => part.filter(it => it === line).length)
    expect(counts(lines)).toEqual(weights)
    expect(counts(lines.slice(-8))).toEqual([5, 1, 2])
  })

  it('named (program) stand for samples in the root', () => {
    expect(selfOf(profileOf([1, 4], [1000, 1000]))).toMatchObject({ '(program)': 1_000_000 })
  })
})

interface OldNode {
  id: number
  functionName: string
  url: string
  lineNumber: number
  columnNumber: number
  children: OldNode[]
}

describe('the old form with a head', () => {
  const raw = fileJson('node20.cpuprofile')

  /** As written before 2017: nested, 1-based, with time stamps in µs, start and end in seconds. */
  function old() {
    const byId = new Map<number, (typeof raw.nodes)[number]>(
      raw.nodes.map((node: { id: number }) => [node.id, node]),
    )
    const nest = (id: number): OldNode => {
      const { callFrame, children = [], positionTicks = [] } = byId.get(id)
      return {
        ...callFrame,
        id,
        lineNumber: callFrame.lineNumber + 1,
        columnNumber: callFrame.columnNumber + 1,
        lineTicks: positionTicks.map((tick: { line: number; ticks: number }) => ({
          line: tick.line,
          hitCount: tick.ticks,
        })),
        children: children.map(nest),
      }
    }
    let now = raw.startTime
    const timestamps = raw.timeDeltas.map((delta: number) => (now += delta))
    return {
      head: nest(1),
      startTime: raw.startTime / 1e6,
      endTime: raw.endTime / 1e6,
      samples: raw.samples,
      timestamps,
    }
  }

  it('gives the same profile as the new form', () => {
    const [today, before] = [readCpuProfile(raw), readCpuProfile(old())]
    expect(sum(before.profile.samples.values[1]!)).toBeCloseTo(sum(today.profile.samples.values[1]!), -3)
    const counts = (profile: typeof today.profile) => {
      const { said } = canonical(profile)
      return Object.fromEntries(Object.entries(said).map(([stack, values]) => [stack, values[0]]))
    }
    expect(counts(before.profile)).toEqual(counts(today.profile))
  })
})

describe('Bun', () => {
  const names = (name: string) => {
    const { profile } = readCpuProfile(fileJson(name))
    const { strings, functions } = profile
    const all = Array.from(functions.name, (text, at) => ({
      name: strings[text]!,
      file: strings[functions.file[at]!]!,
      line: functions.line[at]!,
    }))
    return { profile, all }
  }

  it('before 1.4 had a node for each place in a function, which become lines of one function', () => {
    const raw = fileJson('bun1.3.cpuprofile')
    const places = new Set(
      raw.nodes
        .filter((node: (typeof raw.nodes)[number]) => node.callFrame.functionName === 'escapeText')
        .map((node: (typeof raw.nodes)[number]) => node.callFrame.columnNumber),
    )
    expect(places.size).toBeGreaterThan(1)
    const { all, profile } = names('bun1.3.cpuprofile')
    const found = all.filter(it => it.name === 'escapeText')
    expect(found).toEqual([{ name: 'escapeText', file: 'file:///srv/app/service.cjs', line: 0 }])
    // `for (const letter of text) out += …` is the twelfth line.
    expect(profile.locations.line).toContain(12)
  })

  it('before 1.4 gives anonymous functions only a line', () => {
    const { all } = names('bun1.3.cpuprofile')
    const handlers = all.filter(it => it.name === '' && it.file.endsWith('service.cjs'))
    expect(handlers.every(({ line }) => line > 0)).toBe(true)
    expect(new Set(handlers.map(({ line }) => line)).size).toBe(handlers.length)
  })

  it('from 1.4 on knows where a function begins', () => {
    const { all } = names('bun1.4.cpuprofile')
    expect(all.filter(it => it.name === 'encode')).toMatchObject([{ line: 7 }])
  })

  it('keeps all of its time', () => {
    const raw = fileJson('bun1.3.cpuprofile')
    const { profile, repairs } = readCpuProfile(raw)
    const elapsed = raw.endTime - raw.startTime - raw.timeDeltas[0]
    expect(sum(profile.samples.values[0]!)).toBe(raw.samples.length)
    expect(sum(profile.samples.values[1]!) / 1e6 + repairs.lostTime).toBeCloseTo(elapsed / 1e3, 0)
  })
})

describe('rejects', () => {
  const node = (id: number, extra = {}) => ({ id, callFrame: frame('f'), ...extra })
  const cases: [string, unknown, RegExp][] = [
    ['nothing', null, /not an object/],
    ['no tree', {}, /"head" is not an object/],
    [
      'a child that is not there',
      { nodes: [node(1, { children: [2] })], samples: [1] },
      /refers to node 2, which does not exist/,
    ],
    [
      'a sample of nothing',
      { nodes: [node(1)], samples: [1, 5], timeDeltas: [1, 1] },
      /sample 1 refers to node 5, which does not exist/,
    ],
    ['a cycle', { nodes: [node(1, { parent: 2 }), node(2, { parent: 1 })], samples: [1] }, /cycle/],
    ['a node that is its own child', { nodes: [node(1, { children: [1] })], samples: [1] }, /cycle/],
    ['two nodes of one id', { nodes: [node(1), node(1)], samples: [1] }, /two nodes have the id 1/],
    [
      'two parents',
      { nodes: [node(1, { children: [3] }), node(2, { children: [3] }), node(3)], samples: [1] },
      /two parents/,
    ],
    ['neither samples nor counts', { nodes: [node(1)] }, /neither samples nor hit counts/],
  ]
  it.each(cases)('%s', (_, raw, message) => {
    expect(() => readCpuProfile(raw)).toThrow(message)
  })
})
