import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { makePlan } from '../../harness/plan/index.ts'
import { openBaseline, saveBaseline } from '../../harness/store/index.ts'
import { CAPABILITIES, folderWith, scenarioFile, worldIn } from '../plan/world.ts'
import { sampleRecord } from '../store/record.ts'

const project = (files: Record<string, string> = {}) =>
  folderWith({ 'scenarios/demo.ts': scenarioFile('variants: undefined, baseline: undefined,'), ...files })

const planOf = (directory: string, request = {}) =>
  makePlan({ scenario: 'demo', ...request }, worldIn(directory), CAPABILITIES)

const saved = (directory: string, name: string) =>
  join(directory, '.bench', 'baselines', 'demo', `${name}.json`)

describe('--save-baseline', () => {
  test('one variant is enough: it is measured with the yardstick and saved under the name', async () => {
    const directory = await project()
    const plan = await planOf(directory, { saveBaseline: 'main' })
    expect(plan.variants.map(({ id }) => id)).toEqual(['current'])
    expect(plan.saveAs).toBe(saved(directory, 'main'))
    expect(plan.yardstick).toMatchObject({
      version: 1,
      variant: { id: 'yardstick' },
      load: { connections: 10 },
    })
    expect(plan.maxTime).toBe(80_000)
    expect(plan.repeat).toContain('--save-baseline main')
  })

  test('a run that is neither saved nor compared with a saved one measures no yardstick', async () => {
    const directory = await folderWith({ 'scenarios/demo.ts': scenarioFile() })
    expect((await planOf(directory)).yardstick).toBeUndefined()
  })

  test.each(['../main', '/etc/main', 'a/b', '.hidden', '', 'x'.repeat(80), 'a\\b'])(
    'a name is never a path: %j',
    async name => {
      const directory = await project()
      await expect(planOf(directory, { saveBaseline: name })).rejects.toMatchObject({
        name: 'UsageError',
        message: expect.stringMatching(/cannot be the name of a baseline/),
        place: '--save-baseline',
      })
    },
  )
})

describe('--baseline', () => {
  test('a name means a saved baseline of the scenario; the variant is measured alone, with the yardstick', async () => {
    const directory = await project()
    await mkdir(dirname(saved(directory, 'main')), { recursive: true })
    await writeFile(saved(directory, 'main'), '{}')
    const plan = await planOf(directory, { baseline: 'main' })
    expect(plan).toMatchObject({ baseline: 'current', recorded: saved(directory, 'main'), yardstick: {} })
    expect(plan.variants.map(({ id }) => id)).toEqual(['current'])
  })

  test.each([
    ['runs/record.json', 'runs/record.json'],
    ['./runs', 'runs/record.json'],
    ['old.json', 'old.json'],
  ])('%s is a path', async (path, file) => {
    const directory = await project({ 'runs/record.json': '{}', 'old.json': '{}' })
    expect((await planOf(directory, { baseline: path })).recorded).toBe(join(directory, file))
  })

  test.each([
    ['mian', /no saved baseline `mian` of demo/, /Did you mean `main`.*git:mian/],
    ['runs/none.json', /no record at this path/, /--save-baseline/],
    ['..', /`\.\.` cannot be the name/, /no path/],
  ])('%s is refused', async (baseline, message, advice) => {
    const directory = await project({ '.bench/baselines/demo/main.json': '{}' })
    await expect(planOf(directory, { baseline })).rejects.toMatchObject({
      name: 'UsageError',
      message: expect.stringMatching(message),
      advice: expect.stringMatching(advice),
    })
  })
})

describe('a record as the baseline', () => {
  const record = sampleRecord()
  const two = { ...record, rounds: [...record.rounds, ...record.rounds] }
  const local = { ...record.environment, platform: process.platform, arch: process.arch }

  async function opened(run: typeof record, change = {}) {
    const directory = await folderWith({})
    await saveBaseline(join(directory, 'main.json'), run)
    return await openBaseline(join(directory, 'main.json'), { ...record.plan, ...change })
  }

  test('is read as it was saved', async () => {
    const run = { ...two, environment: local }
    expect(await opened(run)).toEqual(run)
    expect(await opened({ ...run, recorded: two })).toEqual(run)
  })

  test.each([
    [
      'another scenario',
      { ...two, environment: local },
      { fingerprint: 'x' },
      /another load or another target/,
    ],
    ['another variant', { ...two, environment: local }, { baseline: 'c' }, /has 0 rounds of `c`/],
    ['one round', { ...record, environment: local }, {}, /has 1 round of `a`/],
    ['another platform', { ...two, environment: { ...local, platform: 'plan9' } }, {}, /measured on plan9/],
  ])('of %s is refused', async (_, run, change, message) => {
    await expect(opened(run, change)).rejects.toMatchObject({
      name: 'UsageError',
      message: expect.stringMatching(message),
      advice: expect.stringContaining('--save-baseline'),
    })
  })

  test.each([
    ['cut off', JSON.stringify(record).slice(0, 500), /cut off/],
    ['of another schema', '{"schema":"flamegate/record/9"}', /schema flamegate\/record\/9/],
    ['of something else', '{"name":"shop"}', /not a record of Flamegate/],
  ])('%s is refused', async (_, content, message) => {
    const directory = await folderWith({ 'main.json': content })
    await expect(openBaseline(join(directory, 'main.json'), record.plan)).rejects.toThrow(message)
  })
})
