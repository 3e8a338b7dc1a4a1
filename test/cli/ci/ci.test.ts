import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { parse } from 'junit2json'
import { describe, expect, test } from 'vitest'
import type { Status } from '../../../harness/model/comparison.ts'
import { MeasureError } from '../../../harness/model/errors.ts'
import { fileNameOf } from '../../../harness/paths/file-name.ts'
import { repositoryWith } from '../../git/repository.ts'
import { folderWith, scenarioFile } from '../../plan/world.ts'
import { improved as improvedBy } from '../../reports/variations.ts'
import { planOf, reportOf, runCli, type Setting } from '../host.ts'

const project = (extra: Record<string, string> = {}) =>
  folderWith({
    'scenarios/one.ts': scenarioFile(`ci: true,\n  gates: {\n    'cpu.perRequest': '+2%',\n  },`),
    'scenarios/two.ts': scenarioFile(`ci: { maxTime: '20s' },`),
    'scenarios/unmarked.ts': scenarioFile(),
    ...extra,
  })

/** Each scenario with the status given for it. */
const measured =
  (statuses: Record<string, Status>): NonNullable<Setting['measure']> =>
  plan =>
    reportOf(plan, statuses[/(\w+)\.ts$/.exec(plan.request!.scenario)![1]!])

const read = (directory: string, path: string) => readFile(join(directory, 'out', path), 'utf8')

describe('flamegate ci', () => {
  test('runs the marked scenarios, shares out the time, and writes the files of the job', async () => {
    const directory = await project()
    const { code, asked, out } = await runCli(['ci', '--budget', '2m', '--output', 'out'], { directory })
    expect(code).toBe(0)
    expect(asked.map(({ scenario }) => scenario)).toEqual([
      join(directory, 'scenarios/one.ts'),
      join(directory, 'scenarios/two.ts'),
    ])
    expect(asked[0]!.maxTime).toBeGreaterThan(95_000)
    expect(asked[1]!.maxTime).toBe(20_000)
    expect(out).toContain('2 scenarios: 2 fine')
    expect(JSON.parse(await read(directory, 'report.json'))).toMatchObject({
      schema: 'flamegate/job/1',
      code: 0,
      scenarios: [
        { scenario: 'one', file: 'scenarios/one.ts', folder: 'one', status: 'fine', code: 0 },
        { scenario: 'two' },
      ],
    })
    expect(await parse(await read(directory, 'junit.xml'))).toMatchObject({ tests: 2, failures: 0 })
    expect(await read(directory, 'index.html')).toContain('<a href="one/report.html">')
    for (const file of ['summary.md', 'comment.md']) expect(await read(directory, file)).toContain('2 fine')
  })

  test.each<[Status, string[], number]>([
    ['fine', [], 0],
    ['improved', [], 0],
    ['inconclusive', [], 0],
    ['inconclusive', ['--strict'], 1],
    ['regressed', [], 1],
    ['not comparable', [], 3],
  ])('%s with %j is exit code %i', async (status, flags, expected) => {
    const directory = await project()
    const { code } = await runCli(['ci', ...flags, '--output', 'out'], {
      directory,
      measure: measured({ two: status }),
    })
    expect(code).toBe(expected)
  })

  test('a scenario that cannot be measured does not stop the others', async () => {
    const directory = await project()
    const { code, asked } = await runCli(['ci', '--output', 'out'], {
      directory,
      measure: plan => {
        if (plan.request!.scenario.endsWith('one.ts'))
          throw new MeasureError('It was not ready.', { advice: 'Start it by hand.' })
        return reportOf(plan)
      },
    })
    expect({ code, asked: asked.length }).toEqual({ code: 3, asked: 2 })
    expect(JSON.parse(await read(directory, 'report.json')).scenarios[0]).toMatchObject({
      folder: '',
      status: 'not measured',
      code: 3,
      problem: { message: 'It was not ready.', advice: 'Start it by hand.' },
    })
  })

  test('a scenario that does not load fails the job with 2', async () => {
    const directory = await project({ 'scenarios/broken.ts': 'export {}' })
    const { code, asked, out } = await runCli(['ci', '--output', 'out'], { directory })
    expect({ code, asked: asked.length }).toEqual({ code: 2, asked: 2 })
    expect(out).toContain('no default export')
  })

  test('on GitHub it annotates the gate’s line and writes the summary', async () => {
    const directory = await project()
    const summary = join(directory, 'summary')
    await writeFile(summary, 'before\n')
    const environment = { GITHUB_ACTIONS: 'true', GITHUB_STEP_SUMMARY: summary, GITHUB_WORKSPACE: directory }
    const { err } = await runCli(['ci', '--output', 'out'], {
      directory,
      environment,
      measure: measured({ one: 'regressed' }),
    })
    const source = (await readFile(join(directory, 'scenarios/one.ts'), 'utf8')).split('\n')
    const line = source.findIndex(text => text.includes("'cpu.perRequest'")) + 1
    expect(err).toContain(`::error file=scenarios/one.ts,line=${line},title=one%3A slow regressed::`)
    expect(await readFile(summary, 'utf8')).toMatch(/^before\n## 2 scenarios: 1 regressed, 1 fine\n/)
  })

  test('in a folder of a repository it names files from the root of the repository', async () => {
    const root = await repositoryWith({
      'apps/api/scenarios/one.ts': scenarioFile('ci: true,'),
      'apps/api/package.json': '{}',
    })
    const directory = join(root, 'apps/api')
    const { PATH = '' } = process.env
    const environment = { PATH, GITHUB_ACTIONS: 'true', GITHUB_WORKSPACE: dirname(root) }
    const measure = measured({ one: 'regressed' })
    const { err } = await runCli(['ci', '--output', 'out'], { directory, environment, measure })
    expect(err).toMatch(/^::error file=apps\/api\/scenarios\/one\.ts,/m)
    expect(await read(directory, 'junit.xml')).toContain('file="apps/api/scenarios/one.ts"')
  })

  test('an improvement is told with what it comes from', async () => {
    const directory = await project()
    const { out } = await runCli(['ci', '--output', 'out'], {
      directory,
      measure: async plan => (plan.scenario === 'one' ? improvedBy() : await reportOf(plan)),
    })
    expect(out).toMatch(
      /one: improved\n {2}\S.* less CPU per request than .*\n {2}check \(.*\) costs next to nothing now \(−/,
    )
    expect(out).toMatch(/two: fine\n(?! )/)
  })

  test('a summary that cannot be written does not change the verdict', async () => {
    const directory = await project()
    const environment = { GITHUB_STEP_SUMMARY: join(directory, 'no/such/folder') }
    const { code, err } = await runCli(['ci', '--output', 'out'], { directory, environment })
    expect(code).toBe(0)
    expect(err).toContain('warning: the summary of the job cannot be written')
  })

  test('without git, a scenario that declares no baseline is refused before anything runs', async () => {
    const alone = scenarioFile('ci: true,').replace("baseline: 'plain',", '')
    const directory = await folderWith({ 'scenarios/alone.ts': alone })
    const { code, err, asked } = await runCli(['ci', '--output', 'out'], { directory })
    expect({ code, asked }).toEqual({ code: 2, asked: [] })
    expect(err).toMatch(/needs a git repository/)
    // The likeliest mistake of a CI job is told where its reader looks.
    expect(JSON.parse(await read(directory, 'report.json'))).toMatchObject({
      code: 2,
      scenarios: [{ scenario: 'alone', status: 'not measured', code: 2 }],
    })
    expect(await parse(await read(directory, 'junit.xml'))).toMatchObject({ tests: 1, errors: 1 })
  })

  test('an interrupted job names what it did not measure, and no merge passes it', async () => {
    const directory = await project()
    const interrupted = await runCli(['ci', '--output', 'out'], {
      directory,
      measure: (_plan, world, send) => {
        send('SIGTERM')
        throw world.signal.reason
      },
    })
    expect({ code: interrupted.code, asked: interrupted.asked.length }).toEqual({ code: 130, asked: 1 })
    expect(interrupted.out).toContain('2 scenarios: 2 not measured')
    expect(JSON.parse(await read(directory, 'report.json'))).toMatchObject({
      code: 130,
      scenarios: [
        { scenario: 'one', code: 130 },
        { scenario: 'two', code: 130 },
      ],
    })
    const merged = await runCli(['merge', 'out', '--output', 'merged'], { directory })
    expect(merged.code).toBe(130)
  })

  test('a regression is reported even when the disk is full', async () => {
    const directory = await project()
    await mkdir(join(directory, 'out/report.json'), { recursive: true })
    const { code, out, err } = await runCli(['ci', '--output', 'out'], {
      directory,
      measure: measured({ one: 'regressed' }),
    })
    expect(code).toBe(3)
    expect(out).toContain('one: regressed')
    expect(err).toContain('This cannot be written.')
  })

  test('refuses a job without scenarios, and two scenarios of one name', async () => {
    const unmarked = await folderWith({ 'scenarios/a.ts': scenarioFile() })
    const nothing = await runCli(['ci'], { directory: unmarked })
    expect(nothing.code).toBe(2)
    expect(nothing.err).toContain('Write `ci: true` in one, or name it: `npx flamegate ci a`.')
    const twins = await runCli(['ci', 'a', 'scenarios/a.ts'], { directory: unmarked })
    expect(twins).toMatchObject({ code: 2, err: expect.stringContaining('Two scenarios are called `a`.') })
  })

  test('a name cannot lead out of the folder', async () => {
    const directory = await project({ 'scenarios/bad.ts': scenarioFile(`ci: true, name: '../../bad',`) })
    const { code, asked } = await runCli(['ci', '--output', 'out'], { directory })
    expect(code).toBe(0)
    const home = join(directory, 'out', fileNameOf('../../bad'))
    expect(asked.map(({ output }) => output)).toContain(home)
    expect(dirname(home)).toBe(join(directory, 'out'))
    expect(await readFile(join(directory, 'out', 'index.html'), 'utf8')).toContain(basename(home))
  })

  test('--dry-run shows what would run', async () => {
    const { code, out, asked } = await runCli(['ci', '--dry-run'], { directory: await project() })
    expect({ code, asked }).toEqual({ code: 0, asked: [] })
    expect(out).toBe('Budget: 600 s\none  scenarios/one.ts\ntwo  scenarios/two.ts  20 s at most\n')
  })

  test.each<[string, Record<string, string>, string[], RegExp]>([
    ['a commit that is not there', {}, ['--baseline', 'git:nosuch'], /needs a git repository|no commit/],
    ['an empty record', { 'empty.json': '' }, ['--baseline', 'empty.json'], /cut off or not valid JSON/],
    ['a scenario that does not load', { 'scenarios/broken.ts': 'export {}' }, [], /no default export/],
  ])('--dry-run fails as the job would: %s', async (_, files, flags, message) => {
    const directory = await project(files)
    const { code, err, asked } = await runCli(['ci', '--dry-run', ...flags], { directory })
    expect({ code, asked }).toEqual({ code: 2, asked: [] })
    expect(err).toMatch(message)
  })
})

describe('shards', () => {
  const shard = (directory: string, index: number, statuses: Record<string, Status> = {}) =>
    runCli(['ci', '--shard', `${index}/2`, '--output', `shard-${index}`], {
      directory,
      measure: measured(statuses),
    })

  test('each runs its part, and merged they give the report of a single job', async () => {
    const directory = await project()
    expect((await shard(directory, 1)).asked).toHaveLength(1)
    expect((await shard(directory, 2, { two: 'regressed' })).code).toBe(1)
    // The engine here saves no record; a real one does it after each round.
    for (const [index, name] of [
      [1, 'one'],
      [2, 'two'],
    ] as const) {
      const record = (await reportOf(await planOf(name, directory))).run
      await mkdir(join(directory, `shard-${index}`, name), { recursive: true })
      await writeFile(join(directory, `shard-${index}`, name, 'record.json'), JSON.stringify(record))
    }
    const { code, out } = await runCli(['merge', 'shard-1', 'shard-2', '--output', 'out'], { directory })
    expect(out).toContain('2 scenarios')
    expect(code).toBe(3)
    expect(JSON.parse(await read(directory, 'report.json'))).toMatchObject({
      shard: null,
      scenarios: [{ scenario: 'one' }, { scenario: 'two' }],
    })
  })

  test('a missing shard, one that is given twice, and a folder of no job are refused', async () => {
    const directory = await project()
    await shard(directory, 1)
    const missing = await runCli(['merge', 'shard-1'], { directory })
    expect(missing).toMatchObject({
      code: 2,
      err: expect.stringContaining('There are 2 shards, and 2 is missing.'),
    })
    const none = await runCli(['merge', 'scenarios'], { directory })
    expect(none).toMatchObject({ code: 2, err: expect.stringContaining('has no report of a CI job') })
  })

  test('a report that names a folder outside its own is refused', async () => {
    const directory = await project()
    await runCli(['ci', '--output', 'out'], { directory })
    const document = JSON.parse(await read(directory, 'report.json'))
    document.scenarios[0].folder = '../../elsewhere'
    await writeFile(join(directory, 'out/report.json'), JSON.stringify(document))
    const { code, err } = await runCli(['merge', 'out'], { directory })
    expect(code).toBe(2)
    expect(err).toContain('which is outside its own')
  })

  test.each(['0/2', '3/2', '1', 'a/b', '1/2/3'])('%s is not a shard', async text => {
    const { code, err } = await runCli(['ci', '--shard', text], { directory: '/' })
    expect(code).toBe(2)
    expect(err).toContain('is not a shard')
  })
})
