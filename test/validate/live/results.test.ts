import { appendFile, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { Flags } from '../../../validate/flags.ts'
import type { Measurement } from '../../../validate/live/measurement.ts'
import live, { settingsFrom } from '../../../validate/live.ts'
import { appendResult, newestResults, openResults, resumeResults } from '../../../validate/results.ts'
import { folderWith } from '../../plan/world.ts'

const settingsOf = (...argv: string[]) => settingsFrom(new Flags(live.flags!, argv), false)

const settings = settingsOf('--runs', '2', '--levels', '0,5%')
const measurement: Measurement = {
  method: 'slices',
  level: 0.05,
  run: 1,
  status: 'regressed',
  estimate: 0.05,
  low: 0.04,
  high: 0.06,
  seconds: 50,
  startedAt: '2026-07-01T00:00:00.000Z',
}

const opened = (folder: string, ...argv: string[]) =>
  openResults({ flags: new Flags(live.flags!, argv), folder }, settings)

describe('results', () => {
  test('reads what was written, without a last line that was cut off', async () => {
    const folder = await folderWith({})
    opened(folder)
    appendResult(folder, measurement)
    await appendFile(join(folder, 'results.jsonl'), '{"method":"sli')
    expect(resumeResults(folder)).toEqual({ folder, settings, lines: [measurement] })
    appendResult(folder, { ...measurement, run: 2 })
    expect(resumeResults<object, Measurement>(folder).lines.map(({ run }) => run)).toEqual([1, 2])
    expect(await readFile(join(folder, 'results.jsonl'), 'utf8')).not.toContain('"sli{')
  })

  test('are never overwritten', async () => {
    const folder = await folderWith({})
    opened(folder)
    expect(() => opened(folder)).toThrow(/already exists.*--resume/)
  })

  test('resumes the newest, or those of --output', async () => {
    const parent = await folderWith({ '2026-07-02/other': '' })
    const [older, newer] = ['2026-06-30', '2026-07-01'].map(name => join(parent, name)) as [string, string]
    opened(older)
    opened(newer)
    expect(newestResults(parent)).toBe(newer)
    expect(newestResults(join(parent, 'nowhere'))).toBeUndefined()
    expect(opened(join(parent, 'now'), '--resume').folder).toBe(newer)
    expect(opened(join(parent, 'now'), '--resume', '--output', older).folder).toBe(older)
    expect(() => opened(join(parent, 'nowhere', 'now'), '--resume')).toThrow(/nothing to resume/)
  })

  test('refuses a file that is not valid and says where', async () => {
    const folder = await folderWith({ 'results.jsonl': '{"settings":{}}\n{oops\n' })
    expect(() => resumeResults(folder)).toThrow(/results\.jsonl:2 is not JSON/)
    expect(() => resumeResults(join(folder, 'x'))).toThrow(/nothing to resume/)
    const other = await folderWith({ 'results.jsonl': '{"method":"slices"}\n' })
    expect(() => resumeResults(other)).toThrow(/settings/)
  })
})

describe('settings', () => {
  test('flags replace the defaults of a full or a quick experiment', () => {
    expect(settingsOf()).toMatchObject({ levels: [0, 0.02, 0.03, 0.05], runs: 10, others: true })
    expect(settingsFrom(new Flags(live.flags!, ['--runs', '3']), true)).toMatchObject({
      levels: [0, 0.05],
      runs: 3,
    })
    const flags = '--max-time=120s --alternated 6x2.5 --before-after 5 --only-slices --margin=+1%'
    expect(settingsOf(...flags.split(' '))).toMatchObject({
      maxTime: 120_000,
      alternated: { times: 6, seconds: 2.5 },
      beforeAfter: 5,
      others: false,
      margin: '1%',
    })
  })

  test.each([
    [['--runs', '0'], /--runs 0/],
    [['--runs', '2.5'], /whole number/],
    [['--levels', '0,x'], /--levels 0,x/],
    [['--levels', '0,,2'], /--levels 0,,2/],
    [['--alternated', '1x5'], /two processes/],
    [['--max-time', 'soon'], /--max-time soon/],
    [['--frobnicate'], /frobnicate/],
  ])('refuses %j', (argv, message) => {
    expect(() => settingsOf(...argv)).toThrow(message)
  })
})
