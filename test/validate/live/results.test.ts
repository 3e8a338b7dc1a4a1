import { appendFile, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { Outcome } from '../../../validate/live/outcome.ts'
import { readSettings } from '../../../validate/live/settings.ts'
import { appendResult, newestResults, resumeResults, startResults } from '../../../validate/results.ts'
import { folderWith } from '../../plan/world.ts'

const { settings } = readSettings(['--runs', '2', '--levels', '0,5%'])
const outcome: Outcome = {
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

describe('results', () => {
  test('what was written is read again, but for a line that was cut off', async () => {
    const folder = await folderWith({})
    startResults(folder, settings)
    appendResult(folder, outcome)
    await appendFile(join(folder, 'results.jsonl'), '{"method":"sli')
    expect(resumeResults(folder)).toEqual({ folder, settings, lines: [outcome] })
    appendResult(folder, { ...outcome, run: 2 })
    expect(resumeResults<object, Outcome>(folder).lines.map(({ run }) => run)).toEqual([1, 2])
    expect(await readFile(join(folder, 'results.jsonl'), 'utf8')).not.toContain('"sli{')
  })

  test('are never written over', async () => {
    const folder = await folderWith({})
    startResults(folder, settings)
    expect(() => startResults(folder, settings)).toThrow(/already exists.*--resume/)
  })

  test('the newest are found', async () => {
    const folder = await folderWith({ '2026-07-02/other': '', '2026-07-01/results.jsonl': '' })
    expect(newestResults(folder)).toBe(join(folder, '2026-07-01'))
    expect(newestResults(join(folder, 'nowhere'))).toBeUndefined()
  })

  test('a file that is none is refused with the place', async () => {
    const folder = await folderWith({ 'results.jsonl': '{"settings":{}}\n{oops\n' })
    expect(() => resumeResults(folder)).toThrow(/results\.jsonl:2 is not JSON/)
    expect(() => resumeResults(join(folder, 'x'))).toThrow(/nothing to resume/)
    const other = await folderWith({ 'results.jsonl': '{"method":"slices"}\n' })
    expect(() => resumeResults(other)).toThrow(/settings/)
  })
})

describe('settings', () => {
  test('flags replace what a full or a quick validation does', () => {
    expect(readSettings([]).settings).toMatchObject({ levels: [0, 0.02, 0.03, 0.05], runs: 10, others: true })
    expect(readSettings(['--quick', '--runs', '3']).settings).toMatchObject({ levels: [0, 0.05], runs: 3 })
    expect(
      readSettings([
        '--max-time=120s',
        '--alternated',
        '6x2.5',
        '--before-after',
        '5',
        '--only-slices',
        '--margin=+1%',
      ]).settings,
    ).toMatchObject({
      maxTime: 120_000,
      alternated: { times: 6, seconds: 2.5 },
      beforeAfter: 5,
      others: false,
      margin: '1%',
    })
  })

  test('only what was asked for goes before what a resumed one has kept', () => {
    expect(readSettings(['--resume']).runs).toBeUndefined()
    expect(readSettings(['--resume', '--runs', '20'])).toMatchObject({ resume: true, runs: 20 })
  })

  test.each([
    [['--runs', '0'], /--runs 0/],
    [['--runs', '2.5'], /whole number/],
    [['--levels', '0,x'], /--levels 0,x/],
    [['--levels', '0,,2'], /--levels 0,,2/],
    [['--alternated', '1x5'], /two processes/],
    [['--max-time', 'soon'], /--max-time soon/],
    [['--frobnicate'], /frobnicate/],
  ])('%j is refused', (argv, message) => {
    expect(() => readSettings(argv)).toThrow(message)
  })
})
