import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import * as format from 'pprof-format'
import { afterAll, describe, expect, it } from 'vitest'
import { decodePprof, encodePprof } from '../../harness/formats/index.ts'
import { buildCallTree, functionTable, ProfileBuilder } from '../../harness/profile/index.ts'
import { fileBytes, read, sum } from './files.ts'

const folder = mkdtempSync(join(tmpdir(), 'flamegate-pprof-'))
afterAll(() => rmSync(folder, { recursive: true }))

const hasGo = spawnSync('go', ['tool', '-n', 'pprof']).status === 0

function goPprof(...args: string[]): string {
  const command = ['tool', 'pprof', '-unit=ns', '-nodecount=1000', '-nodefraction=0', ...args]
  const env = { ...process.env, HOME: folder }
  return execFileSync('go', command, { encoding: 'utf8', env, stdio: ['ignore', 'pipe', 'ignore'] })
}

/** `flat … cum … name` lines of -top, as nanoseconds. */
function top(output: string): Map<string, { flat: number; cum: number }> {
  const rows = output.matchAll(
    /^\s*(-?[\d.]+)(?:ns)?\s+\S+\s+\S+\s+(-?[\d.]+)(?:ns)?\s+\S+\s+(.*?)(?: \((?:partial-)?inline\))?$/gm,
  )
  return new Map([...rows].map(([, flat, cum, name]) => [name!, { flat: Number(flat), cum: Number(cum) }]))
}

/** The expected output of `-top` for functions with a name of their own. */
function expected(profile: ReturnType<typeof read>) {
  const tree = buildCallTree([profile])
  const { self, total } = functionTable(tree)
  const names = tree.frames.map(({ name }) => name)
  const alone = (name: string) => name !== '' && names.indexOf(name) === names.lastIndexOf(name)
  return tree.frames.flatMap(({ name }, at) =>
    alone(name) && total[0]![at]! > 0 ? [[name, { flat: self[0]![at]!, cum: total[0]![at]! }] as const] : [],
  )
}

describe.runIf(hasGo)('go tool pprof', () => {
  const profile = read('node26.cpuprofile')
  const file = join(folder, 'node26.pb.gz')
  writeFileSync(file, encodePprof(profile, { scenario: 'hello', variant: 'a', round: 3 }))

  it('sees the same functions, self and total', () => {
    const seen = top(goPprof('-top', file))
    const rows = expected(profile)
    expect(rows.length).toBeGreaterThan(50)
    for (const [name, values] of rows) expect(seen.get(name), name).toEqual(values)
  })

  it('sees the same total and the period', () => {
    const total = sum(profile.samples.values[1]!)
    expect(goPprof('-top', file)).toContain(`of ${total}ns total`)
    expect(goPprof('-raw', file)).toContain(`Period: ${profile.period}`)
  })

  it('sees nothing in a profile minus itself, and the difference of two', () => {
    expect(top(goPprof('-top', '-diff_base', file, file)).size).toBe(0)
    const other = join(folder, 'again.pb.gz')
    const again = read('node26-again.cpuprofile')
    writeFileSync(other, encodePprof(again))
    const seen = top(goPprof('-top', '-diff_base', file, other))
    const before = new Map(expected(profile))
    const after = new Map(expected(again))
    const shared = [...before.keys()].filter(
      name => after.has(name) && before.get(name)!.flat !== after.get(name)!.flat,
    )
    expect(shared.length).toBeGreaterThan(20)
    for (const name of shared)
      expect(seen.get(name)?.flat ?? 0, name).toBe(after.get(name)!.flat - before.get(name)!.flat)
  })

  it('selects by label, and keeps anonymous functions apart', () => {
    expect(goPprof('-tags', file)).toMatch(/variant: Total.*\n.*: a/)
    expect(goPprof('-top', '-tagfocus=variant=b', file)).not.toContain('render')
    const anonymous = [...top(goPprof('-top', file)).keys()].filter(name =>
      name.startsWith('(anonymous service.cjs:'),
    )
    expect(anonymous.length).toBeGreaterThan(3)
  })

  it('agrees about a profile that Go wrote', () => {
    const go = read('go-cpu.pb.gz')
    const source = join(folder, 'go.pb.gz')
    writeFileSync(source, fileBytes('go-cpu.pb.gz'))
    const seen = top(goPprof('-top', source))
    for (const [name, values] of expected(go)) expect(seen.get(name), name).toEqual(values)
  })
})

describe('labels', () => {
  const builder = new ProfileBuilder([{ type: 'cpu', unit: 'nanoseconds' }])
  const stack = builder.stack(-1, builder.location(builder.function('f', '/a.js', 3, 9), 4))
  builder.sample(stack, [5], { route: '/list', size: { value: 12, unit: 'bytes' } })
  builder.sample(stack, [7])
  builder.sample(stack, [1], { variant: 'own' })
  builder.sample(stack, [2])
  const profile = builder.build({ duration: 4, period: 10, comments: ['a note'] })
  const again = decodePprof(encodePprof(profile, { variant: 'b', round: 2 }))

  it('are on every sample, and the labels of a sample win', () => {
    expect([...again.samples.labels.values()]).toEqual([
      { variant: 'b', round: 2, route: '/list', size: { value: 12, unit: 'bytes' } },
      { variant: 'b', round: 2 },
      { variant: 'own', round: 2 },
    ])
    expect([...again.samples.values[0]!]).toEqual([5, 9, 1])
  })

  it('are kept with duration, period, comments and places', () => {
    expect(again).toMatchObject({ duration: 4, period: 10, comments: ['a note'] })
    expect([again.functions.line[0], again.functions.column[0], again.locations.line[0]]).toEqual([3, 9, 4])
  })
})

describe('pprof of other tools', () => {
  const strings = new format.StringTable()
  const id = (text: string) => strings.dedup(text)
  const base = {
    sampleType: [new format.ValueType({ type: id('cpu'), unit: id('nanoseconds') })],
    stringTable: strings,
  }
  const bytes = (data: format.ProfileInput) => new format.Profile({ ...base, ...data }).encode()
  const leaf = (data: format.ProfileInput) => {
    const { strings: names, functions } = decodePprof(bytes(data))
    return Array.from(functions.name, name => names[name])
  }

  it('can lack a function or a line, which the address replaces', () => {
    const sample = [new format.Sample({ locationId: [1], value: [5] })]
    const mapping = [new format.Mapping({ id: 1, filename: id('/usr/bin/app') })]
    expect(
      leaf({ sample, mapping, location: [new format.Location({ id: 1, address: 0x4a3f, mappingId: 1 })] }),
    ).toEqual(['0x4a3f'])
    const line = [new format.Line({ functionId: 0, line: 7 })]
    expect(leaf({ sample, location: [new format.Location({ id: 1, line })] })).toEqual(['(unknown)'])
  })

  it('can have inlined functions, each a frame', () => {
    const functions = ['inner', 'outer'].map(
      (name, at) => new format.Function({ id: at + 1, name: id(name) }),
    )
    const line = [new format.Line({ functionId: 1, line: 2 }), new format.Line({ functionId: 2, line: 9 })]
    const location = [new format.Location({ id: 1, line })]
    const profile = decodePprof(
      bytes({ function: functions, location, sample: [new format.Sample({ locationId: [1], value: [5] })] }),
    )
    const tree = buildCallTree([profile])
    expect(tree.frames[tree.frame[0]!]!.name).toBe('outer')
    expect(tree.parent[1]).toBe(0)
  })

  it('can have numbers above 2^53 and below zero', () => {
    const huge = 2n ** 60n
    const location = [new format.Location({ id: huge, address: huge })]
    const sample = [
      new format.Sample({ locationId: [huge], value: [huge] }),
      new format.Sample({ locationId: [huge], value: [-3] }),
    ]
    const profile = decodePprof(bytes({ location, sample }))
    expect([...profile.samples.values[0]!]).toEqual([2 ** 60, -3])
    expect(profile.strings).toContain('0x1000000000000000')
  })

  it('can have empty names of types and no packed fields', () => {
    // sample_type {} · sample { value: 5, value: — not packed } · string_table ""
    const plain = new Uint8Array([0x0a, 0x00, 0x12, 0x02, 0x10, 0x05, 0x32, 0x00])
    const profile = decodePprof(plain)
    expect(profile.valueTypes).toEqual([{ type: '', unit: '' }])
    expect([...profile.samples.values[0]!]).toEqual([5])
    expect([...profile.samples.stack]).toEqual([-1])
  })

  it('can name the default type', () => {
    const types = ['alloc_space', 'inuse_space'].map(
      type => new format.ValueType({ type: id(type), unit: id('bytes') }),
    )
    const sample = [new format.Sample({ value: [10, 20] })]
    const profile = decodePprof(bytes({ sampleType: types, sample, defaultSampleType: id('alloc_space') }))
    expect(profile.valueTypes.at(-1)!.type).toBe('alloc_space')
    expect(profile.samples.values.at(-1)![0]).toBe(10)
  })

  it('keeps names that are made to break pages', () => {
    const name = '</script><img src=x onerror=alert(1)>'
    const functions = [new format.Function({ id: 1, name: id(name) })]
    const location = [new format.Location({ id: 1, line: [new format.Line({ functionId: 1 })] })]
    const sample = [new format.Sample({ locationId: [1], value: [1] })]
    expect(leaf({ function: functions, location, sample })).toEqual([name])
  })
})

it('gives functions of Pyroscope’s agent their own names, which do not change with their lines', () => {
  const { functions, strings } = read('pyroscope-node26.pb.gz')
  const named = Array.from(functions.name, (name, at) =>
    [strings[name], strings[functions.file[at]!]].join(' '),
  )
  for (const name of ['(idle) ', 'total /tmp/cl/service.cjs', 'processTimers node:internal/timers'])
    expect(named).toContain(name)
  expect(named.filter(name => /:\d+ /.test(name))).toEqual([])
})

describe('rejects', () => {
  const good = gunzipSync(fileBytes('go-cpu.pb.gz'))
  const one = (data: format.ProfileInput) => {
    const stringTable = new format.StringTable()
    const sampleType = [new format.ValueType({ type: stringTable.dedup('cpu') })]
    return new format.Profile({ sampleType, stringTable, ...data }).encode()
  }
  const cases: [string, Uint8Array, RegExp][] = [
    ['nothing', new Uint8Array(), /empty/],
    ['a message that is cut', good.subarray(0, good.length - 5), /truncated/],
    ['gzip that is cut', fileBytes('go-cpu.pb.gz').subarray(0, 900), /truncated/],
    ['something else', new Uint8Array([0xff, 0xd8, 0xff, 0xe0, 1, 2, 3]), /not pprof/],
    ['no type of value', one({ sampleType: [], period: 1 }), /does not name a sample type/],
    [
      'a sample of no location',
      one({ sample: [new format.Sample({ locationId: [9], value: [1] })] }),
      /location 9, which does not exist/,
    ],
    [
      'a location of no function',
      one({ location: [new format.Location({ id: 1, line: [new format.Line({ functionId: 4 })] })] }),
      /function 4, which does not exist/,
    ],
    ['the id 0', one({ function: [new format.Function({ id: 0, startLine: 5 })] }), /function has the id 0/],
    [
      'a string that is not there',
      one({ function: [new format.Function({ id: 1, name: 70 })] }),
      /string 70 is not in the table/,
    ],
    ['too few values', one({ sample: [new format.Sample({ value: [1, 2] })] }), /2 values for 1 types/],
  ]
  it.each(cases)('%s', (_, content, message) => {
    expect(() => decodePprof(content)).toThrow(message)
  })
})
