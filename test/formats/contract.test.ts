/** Tests for every format and every profile in `files/`. */
import { gunzipSync, gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import * as formats from '../../harness/formats/index.ts'
import type { ReadProfile } from '../../harness/formats/read.ts'
import type { Profile } from '../../harness/model/profile.ts'
import { buildCallTree, functionTable, ProfileBuilder } from '../../harness/profile/index.ts'
import { canonical, fileBytes, formatOf, PROFILE_FILES, read, sum } from './files.ts'
import * as writers from './writers.ts'

const encode = (text: string) => new TextEncoder().encode(text)

/** A writer, whether its format keeps lines, and which profiles it can hold. */
const WRITERS: {
  format: ReadProfile['format']
  write: (profile: Profile) => Uint8Array
  lines: boolean
  can?: (profile: Profile) => boolean
}[] = [
  { format: 'pprof', write: profile => formats.encodePprof(profile), lines: true },
  { format: 'folded', write: profile => encode(writers.writeFolded(profile)), lines: false },
  { format: 'speedscope', write: profile => encode(writers.writeSpeedscope(profile)), lines: false },
  {
    format: 'cpuprofile',
    write: profile => encode(writers.writeCpuProfile(profile)),
    lines: false,
    can: profile => profile.samples.time !== undefined,
  },
  {
    format: 'heapprofile',
    write: profile => encode(writers.writeHeapProfile(profile)),
    lines: false,
    can: profile => profile.valueTypes.at(-1)!.unit === 'bytes',
  },
]

/** Without sample labels, which only pprof has. */
const unlabelled = (profile: Profile): Profile => ({
  ...profile,
  samples: { ...profile.samples, labels: new Map() },
})

describe.each(PROFILE_FILES)('%s', name => {
  const profile = read(name)

  it('is recognised by its content, gzipped or not', () => {
    const bytes = fileBytes(name)
    const plain = name.endsWith('.gz') ? gunzipSync(bytes) : bytes
    for (const content of [plain, gzipSync(plain)]) {
      expect(formats.readProfile(content).format).toBe(formatOf(name))
      expect(canonical(formats.readProfile(content).profile)).toEqual(canonical(profile))
    }
  })

  it('points backwards or into its tables', () => {
    const { strings, functions, locations, stacks, samples, valueTypes } = profile
    expect(strings[0]).toBe('')
    expect(stacks.parent.every((parent, at) => parent >= -1 && parent < at)).toBe(true)
    expect(stacks.location.every(location => location < locations.function.length)).toBe(true)
    expect(locations.function.every(fn => fn < functions.name.length)).toBe(true)
    expect([...functions.name, ...functions.file].every(text => text < strings.length)).toBe(true)
    expect(samples.stack.every(stack => stack >= -1 && stack < stacks.parent.length)).toBe(true)
    expect(samples.values.length).toBe(valueTypes.length)
    for (const column of samples.values) expect(column.length).toBe(samples.stack.length)
  })

  it('has samples and values', () => {
    expect(profile.samples.stack.length).toBeGreaterThan(10)
    expect(sum(profile.samples.values.at(-1)!)).toBeGreaterThan(0)
  })

  it('keeps every value in the call tree', () => {
    const tree = buildCallTree([profile])
    const whole = sum(profile.samples.values.at(-1)!)
    expect(sum(tree.self[0]!)).toBeCloseTo(whole, 3)
    const { self, total } = functionTable(tree)
    expect(sum(self[0]!)).toBeCloseTo(whole, 3)
    expect(Math.max(...total[0]!)).toBeLessThanOrEqual(whole * (1 + 1e-9))
  })

  const able = WRITERS.filter(({ can }) => can?.(profile) ?? true)
  it.each(able)('survives being written as $format', ({ format, write, lines }) => {
    const again = formats.readProfile(write(profile))
    expect(again.format).toBe(format)
    // Except for pprof, formats hold one value type and no labels; folded stacks cannot name the type.
    const types = format === 'pprof' ? profile.valueTypes.length : 1
    const source = format === 'pprof' ? profile : unlabelled(profile)
    const said = (of: Profile) => canonical(of, { lines, types }).said
    // Bun's clock is finer than the microseconds of a .cpuprofile.
    const near = (value: number) => (format === 'cpuprofile' ? expect.closeTo(value, -3) : value)
    const wanted = Object.entries(said(source)).map(([stack, values]) => [stack, values.map(near)])
    expect(said(again.profile)).toEqual(Object.fromEntries(wanted))
  })
})

describe('a depth of 10,000', () => {
  const builder = new ProfileBuilder([{ type: 'cpu', unit: 'nanoseconds' }])
  let stack = -1
  for (let depth = 0; depth < 10_000; depth++)
    stack = builder.stack(
      stack,
      builder.location(builder.function(`level${depth % 100}`, '/srv/app/a.js', 1, 1)),
    )
  builder.sample(stack, [1_000_000])
  const deep = builder.build()
  const heap: Profile = { ...deep, valueTypes: [{ type: 'space', unit: 'bytes' }] }

  it.each(WRITERS)('is written and read as $format', ({ format, write, lines }) => {
    const source = format === 'heapprofile' ? heap : deep
    const again = formats.readProfile(write(source)).profile
    expect(canonical(again, { lines, types: 1 }).said).toEqual(canonical(source, { lines }).said)
  })

  it('counts a sample once per function', () => {
    const { self, total } = functionTable(buildCallTree([deep]))
    expect(sum(self[0]!)).toBe(1_000_000)
    expect(sum(total[0]!)).toBe(100 * 1_000_000)
  })
})
