import { readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { beginRecord, closeRecord, readRecord, saveProgress, saveRecord } from '../../harness/store/index.ts'
import { parseJson } from '../../harness/store/json.ts'
import { folderWith } from '../plan/world.ts'
import { sampleRecord } from './record.ts'

const running = () => ({ ...sampleRecord(), ending: 'running' as const, rounds: [] })
const round = (index: number) => ({ ...sampleRecord().rounds[0]!, index })

async function cutOff(...rounds: number[]): Promise<string> {
  const folder = join(await folderWith({}), 'run')
  await beginRecord(folder)
  for (const index of rounds) await saveProgress(folder, running(), round(index))
  return folder
}

const indexes = ({ rounds }: { rounds: { index: number }[] }) => rounds.map(({ index }) => index)

test('a run that was cut off has the rounds that were complete, in order', async () => {
  const folder = await cutOff(1, 2, 10, 11)
  expect(indexes(await readRecord(folder))).toEqual([1, 2, 10, 11])
  expect(await readRecord(join(folder, 'record.json'))).toEqual(await readRecord(folder))
})

test('a run that is over has one file, with all of its rounds', async () => {
  const folder = await cutOff(1, 2)
  const whole = await closeRecord(folder, { ...running(), ending: 'complete', rounds: [round(1)] })
  expect(indexes(whole)).toEqual([1, 2])
  expect(await readRecord(folder)).toEqual(whole)
  expect(await readdir(folder)).toEqual(['record.json'])
})

test.each([
  ['cut off', '{"index":1,"startedAt"'],
  ['of another shape', '{"index":2}'],
  ['empty', ''],
  ['nested without end', '['.repeat(1e6)],
])('a round that is %s costs only itself, and the record says so', async (_, content) => {
  const folder = await cutOff(1, 2, 3)
  await writeFile(join(folder, 'rounds', 'round-2.json'), content)
  const record = await readRecord(folder)
  expect(indexes(record)).toEqual([1, 3])
  expect(record.findings.at(-1)).toMatchObject({ code: 'round-damaged', message: /Round 2 .* left out/ })
})

test('a damaged round inside a whole record costs only itself too', async () => {
  const folder = await cutOff()
  const record = sampleRecord()
  record.rounds = [round(1), round(2), round(3)]
  record.rounds[1]!.launches[0]!.timed.cpu!.pop()
  await saveRecord(folder, record)
  const read = await readRecord(folder)
  expect(indexes(read)).toEqual([1, 3])
  expect(read.findings.at(-1)).toMatchObject({ code: 'round-damaged', message: /Round 2 .*unequal length/ })
})

test('another run in the same folder begins without the rounds of the one before', async () => {
  const folder = await cutOff(1, 2)
  await beginRecord(folder)
  await saveProgress(folder, running(), round(1))
  expect(indexes(await readRecord(folder))).toEqual([1])
  await beginRecord(folder, [round(1)])
  await saveProgress(folder, running(), round(2))
  expect(indexes(await readRecord(folder))).toEqual([1, 2])
})

test('JSON that is nested too deeply is refused, any other one is read', () => {
  expect(() => parseJson('['.repeat(65) + ']'.repeat(65))).toThrow(/levels/)
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 10 }), value => {
      expect(JSON.stringify(parseJson(JSON.stringify(value)))).toBe(JSON.stringify(value))
    }),
  )
  expect(parseJson(JSON.stringify(`${'['.repeat(100)}\\"`))).toBe(`${'['.repeat(100)}\\"`)
})
