/** Our reader of pprof against the package's, which makes an object of everything. */
import { gunzipSync } from 'node:zlib'
import fc from 'fast-check'
import * as format from 'pprof-format'
import { describe, expect, it } from 'vitest'
import { decodePprof, encodePprof } from '../../harness/formats/index.ts'
import { readName } from '../../harness/formats/pprof/function-names.ts'
import { WireReader } from '../../harness/formats/pprof/wire.ts'
import type { Profile } from '../../harness/model/profile.ts'
import { fileBytes, PROFILE_FILES, read } from './files.ts'

type Row = { stack: string[]; values: number[] }

/** Samples with their frames, the innermost first, as the package reads them. */
function expected(bytes: Uint8Array): Row[] {
  const message = format.Profile.decode(bytes)
  const { sample, sampleType, location, function: functions, stringTable } = message
  const text = (at: number | bigint) => stringTable.strings[Number(at)]!
  const byId = new Map(functions.map(it => [it.id, it]))
  const frames = new Map(
    location.map(({ id, line }) => [
      id,
      line.map(({ functionId, line }) => {
        const fn = byId.get(functionId)!
        const own = readName(text(fn.name), text(fn.systemName), Number(fn.startLine))
        return `${own.name} ${text(fn.filename)}:${own.line}:${own.column} @${line}`
      }),
    ]),
  )
  // The type that is shown by default is the last one.
  const shown = sampleType.findIndex(({ type }) => type === message.defaultSampleType)
  const inOrder = (values: number[]) => (shown < 0 ? values : [...values.toSpliced(shown, 1), values[shown]!])
  return sample.map(({ locationId, value }) => ({
    stack: locationId.flatMap(id => frames.get(id)!),
    values: inOrder(value.map(each => Number(BigInt.asIntN(64, BigInt(each))))),
  }))
}

function found({ strings, functions, locations, stacks, samples }: Profile): Row[] {
  const frame = (at: number) => {
    const fn = locations.function[at]!
    const place = `${strings[functions.file[fn]!]}:${functions.line[fn]}:${functions.column[fn]}`
    return `${strings[functions.name[fn]!]} ${place} @${locations.line[at]}`
  }
  return Array.from(samples.stack, (leaf, at) => {
    const stack: string[] = []
    for (let node = leaf; node !== -1; node = stacks.parent[node]!) stack.push(frame(stacks.location[node]!))
    return { stack, values: samples.values.map(column => column[at]!) }
  })
}

describe('the same as the package reads', () => {
  const files = PROFILE_FILES.filter(name => name.endsWith('.pb.gz')).map((name): [string, Uint8Array] => [
    name,
    gunzipSync(fileBytes(name)),
  ])
  const ours = gunzipSync(encodePprof(read('node26.cpuprofile'), { variant: 'a' }))
  it.each([...files, ['pprof of ours', ours] as [string, Uint8Array]])('%s', (_, bytes) => {
    const wanted = expected(bytes)
    expect(wanted.length).toBeGreaterThan(10)
    expect(found(decodePprof(bytes))).toEqual(wanted)
  })

  it('any numbers', () => {
    const whole = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })
    const id = fc.bigInt({ min: 1n, max: 2n ** 63n - 1n })
    const samples = fc.array(fc.tuple(id, whole), { minLength: 1, maxLength: 8 })
    fc.assert(
      fc.property(samples, given => {
        const stringTable = new format.StringTable()
        const name = stringTable.dedup('f')
        const ids = [...new Set(given.map(([id]) => id))]
        const bytes = new format.Profile({
          stringTable,
          sampleType: [new format.ValueType({ type: name })],
          function: ids.map(id => new format.Function({ id, name, filename: stringTable.dedup(`${id}.js`) })),
          location: ids.map(id => new format.Location({ id, line: [new format.Line({ functionId: id })] })),
          sample: given.map(([id, value]) => new format.Sample({ locationId: [id, id], value: [value] })),
        }).encode()
        const file = (id: bigint) => `f ${id}.js:0:0 @0`
        expect(found(decodePprof(bytes))).toEqual(
          given.map(([id, value]) => ({ stack: [file(id), file(id)], values: [Number(value)] })),
        )
      }),
    )
  })
})

describe('a message', () => {
  const fields = (...bytes: number[]) => {
    const reader = new WireReader(Uint8Array.from(bytes))
    const seen: [number, number | string][] = []
    while (reader.next()) seen.push([reader.field, reader.from === reader.to ? reader.number : 'content'])
    return seen
  }

  it('can have fields of other types, and with large numbers', () => {
    // Field 1: 64 bits; field 2: 32 bits; field 3: 7; field 200: 1.
    const fixed = [0x09, 1, 2, 3, 4, 5, 6, 7, 8, 0x15, 1, 2, 3, 4]
    expect(fields(...fixed, 0x18, 7, 0xc0, 0x0c, 1).map(([field]) => field)).toEqual([1, 2, 3, 200])
  })

  it.each([
    ['a number without an end', [0x08, 0x80]],
    ['a number of eleven bytes', [0x08, ...new Array(10).fill(0x80), 1]],
    ['a length beyond the end', [0x0a, 3, 1]],
    ['a length below zero', [0x0a, ...new Array(9).fill(0xff), 1]],
    ['a group', [0x0b]],
  ])('is refused with %s', (_, bytes) => {
    expect(() => fields(...bytes)).toThrow('is damaged')
  })
})

it('a limit holds for whatever a profile has many of', () => {
  const bytes = fileBytes('go-cpu.pb.gz')
  expect(() => decodePprof(bytes, 1e6, 20)).toThrow('has more than 20')
  expect(decodePprof(bytes, 1e6, 10_000)).toEqual(decodePprof(bytes))
})
