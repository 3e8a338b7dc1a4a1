import { readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { readRecord, saveRecord } from '../../harness/store/index.ts'
import { parseJson } from '../../harness/store/json.ts'
import { parseRecord } from '../../harness/store/schema.ts'
import { folderWith } from '../plan/world.ts'
import { sampleRecord } from './record.ts'

test('a record comes back as it was written, by its file and by its folder', async () => {
  const folder = join(await folderWith({}), 'runs', 'one')
  const path = await saveRecord(folder, sampleRecord())
  expect(path).toBe(join(folder, 'record.json'))
  expect(await readRecord(path)).toEqual(sampleRecord())
  expect(await readRecord(folder)).toEqual(sampleRecord())
})

test('written round after round, only the record remains', async () => {
  const folder = join(await folderWith({}), 'run')
  for (const duration of [1, 2, 3]) await saveRecord(folder, { ...sampleRecord(), duration })
  expect((await readRecord(folder)).duration).toBe(3)
  expect(await readdir(folder)).toEqual(['record.json'])
})

test('a write that fails leaves the earlier record and no temporary file', async () => {
  const folder = join(await folderWith({}), 'run')
  await saveRecord(folder, sampleRecord())
  const hostile = {
    ...sampleRecord(),
    toJSON: () => {
      throw new Error('disk full')
    },
  }
  await expect(saveRecord(folder, hostile)).rejects.toThrow('disk full')
  // The name is taken by a folder, so the rename itself fails.
  const taken = await folderWith({ 'record.json/x': '' })
  await expect(saveRecord(taken, sampleRecord())).rejects.toThrow()
  expect(await readRecord(folder)).toEqual(sampleRecord())
  expect((await readdir(taken)).sort()).toEqual(['package.json', 'record.json'])
})

const text = JSON.stringify(sampleRecord())

test.each([
  ['nothing', undefined, /no record here/],
  ['an empty file', '', /cut off or not valid JSON/],
  ['a record that is cut off', text.slice(0, text.length / 2), /cut off or not valid JSON/],
  [
    'another schema',
    text.replace('flamegate/record/2', 'flamegate/record/9'),
    /schema flamegate\/record\/9; this Flamegate reads flamegate\/record\/2/,
  ],
  ['another program’s file', '{"schema":{"x":1}}', /not a record of Flamegate/],
  ['a list', '[]', /not a record of Flamegate/],
  ['a record without rounds', text.replace('"rounds":[', '"round":['), /record is not complete/],
  [
    'a variant whose name has two lines',
    text.replaceAll('"variant":"a"', '"variant":"a\\nb"'),
    /record is not complete/,
  ],
  [
    'a collector whose name leaves a folder',
    text.replaceAll('"cpu":', '"../cpu":'),
    /record is not complete/,
  ],
])('%s is refused with its place', async (_, content, message) => {
  const folder = await folderWith({})
  const file = join(folder, 'record.json')
  if (content !== undefined) await writeFile(file, content)
  const refused = expect(readRecord(file)).rejects
  await refused.toThrow(message)
  await expect(readRecord(file)).rejects.toMatchObject({
    name: 'UsageError',
    place: file,
    advice: expect.any(String),
  })
})

test('columns of unequal length are refused', () => {
  const record = sampleRecord()
  record.rounds[0]!.launches[1]!.timed.cpu!.pop()
  expect(parseRecord(record)).toEqual({
    problems: ['rounds[0].launches[1].timed: columns of unequal length'],
  })
})

test('pauses come back as they were written, and only when every one is complete', () => {
  const record = sampleRecord()
  const pauses = { kind: ['Scavenge'], duration: [200_000], before: [12e6], after: [9e6] }
  record.rounds[0]!.launches[1]!.collected.gc = {
    slices: record.rounds[0]!.launches[1]!.timed,
    figures: {},
    pauses,
  }
  expect(parseRecord(record)).toEqual({ record })
  pauses.after.pop()
  expect(parseRecord(record)).toEqual({
    problems: ['rounds[0].launches[1].collected.gc.pauses: columns of unequal length'],
  })
})

test('whatever JSON comes in, it is a record or a list of problems', () => {
  const anything = fc.oneof(
    fc.jsonValue(),
    fc
      .tuple(fc.constantFrom(...Object.keys(sampleRecord())), fc.jsonValue())
      .map(([key, value]) => ({ ...sampleRecord(), [key]: value })),
  )
  fc.assert(
    fc.property(anything, value => {
      const read = parseRecord(value)
      expect('record' in read || read.problems.length > 0).toBe(true)
    }),
  )
})

test('a record that is damaged anywhere is read, or refused with a reason', () => {
  const text = JSON.stringify(sampleRecord())
  const damaged = fc
    .tuple(fc.nat(text.length), fc.nat(20), fc.string({ maxLength: 5 }))
    .map(([at, lost, junk]) => text.slice(0, at) + junk + text.slice(at + lost))
  fc.assert(
    fc.property(damaged, written => {
      let value: unknown
      try {
        value = parseJson(written)
      } catch (error) {
        expect(error).toBeInstanceOf(SyntaxError)
        return
      }
      const read = parseRecord(value)
      expect('record' in read || read.problems.length > 0).toBe(true)
    }),
    { numRuns: 1_000 },
  )
})

test('a finding with the code of another version is kept as it is', async () => {
  const foreign = text.replace('"code":"few-rounds"', '"code":"not-of-this-version"')
  const folder = await folderWith({ 'record.json': foreign })
  const { findings } = await readRecord(folder)
  expect(findings).toMatchObject([{ code: 'not-of-this-version', message: 'One round says little.' }])
})
