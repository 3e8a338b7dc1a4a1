/** `report` and `compare` on saved records. */
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { loadCapabilities } from '../../harness/capabilities.ts'
import { encodePprof } from '../../harness/formats/index.ts'
import type { Capabilities } from '../../harness/model/capabilities.ts'
import type { LaunchRecord } from '../../harness/model/launch.ts'
import type { RunRecord } from '../../harness/model/record.ts'
import { encoded, environment, launch, plan, QUIET, run, slices } from '../analyze/records.ts'
import { read } from '../formats/files.ts'
import { folderWith } from '../plan/world.ts'
import { runCli } from './host.ts'

let capabilities: Capabilities
beforeAll(async () => {
  capabilities = await loadCapabilities()
})

/** A launch whose CPU per request is `cost` times the usual one. */
function profiled(variant: string, cost = 1, round = 0): LaunchRecord {
  const scaled = (columns: typeof QUIET) =>
    slices({ ...columns, cpu: columns.cpu.map(cpu => cpu * cost * (1 + 0.001 * (round % 3))) })
  return launch(variant, {
    timed: scaled(QUIET),
    histograms: { latency: [encoded([100, 200, 300])] },
    collected: {
      cpu: {
        slices: scaled(QUIET),
        profile: Buffer.from(
          encodePprof(read(variant === 'before' ? 'node26.cpuprofile' : 'node26-again.cpuprofile')),
        ).toString('base64'),
        figures: {},
      },
    },
  })
}

function record(given: Partial<RunRecord> = {}, cost = 1): RunRecord {
  const rounds = Array.from({ length: 6 }, (_, i) => [
    profiled('before', cost, i),
    profiled('after', cost, i),
  ])
  return run(rounds, { plan: { ...plan, collectors: ['cpu'] }, ...given })
}

const text = (value: RunRecord) => JSON.stringify(value)

describe('report', () => {
  test('renders every file next to the record, with the same bytes each time', async () => {
    const directory = await folderWith({ 'saved/record.json': text(record()) })
    const file = (name: string) => readFile(join(directory, name))
    const first = await runCli(['report', 'saved'], { directory, capabilities })
    expect({ code: first.code, err: first.err }).toEqual({ code: 0, err: '' })
    expect(first.out).toContain(`Report: ${join(directory, 'saved', 'report.html')}`)
    const page = await file('saved/report.html')
    const again = await runCli(['report', 'saved/record.json', '--output', 'copy'], {
      directory,
      capabilities,
    })
    expect(again.code).toBe(0)
    expect((await file('copy/report.html')).equals(page)).toBe(true)
    expect((await file('copy/report.json')).equals(await file('saved/report.json'))).toBe(true)
    await file('saved/profiles/r1-before-cpu.pb.gz')
    // The copy is complete: it can be rendered from in its turn.
    expect((await runCli(['report', 'copy'], { directory, capabilities })).code).toBe(0)
    expect((await file('copy/report.html')).equals(page)).toBe(true)
  })

  test('a record under another name gets a folder of its own', async () => {
    const directory = await folderWith({ 'main.json': text(record()) })
    const { code, out } = await runCli(['report', 'main.json', '--json'], { directory, capabilities })
    expect(code).toBe(0)
    expect(out).toBe(await readFile(join(directory, 'main-report', 'report.json'), 'utf8'))
  })

  /** In the first rounds, a histogram or a profile is not valid. */
  const damaged = (part: 'histogram' | 'profile', rounds: number): RunRecord => {
    const saved = record()
    for (const { launches } of saved.rounds.slice(0, rounds)) {
      if (part === 'histogram') launches[0]!.histograms.latency = ['AAAA']
      else launches[0]!.collected.cpu!.profile = 'AAAA'
    }
    return saved
  }

  test.each<[string, string, RegExp]>([
    ['none', '', /There is no record/],
    ['cut off', text(record()).slice(0, 900), /cut off/],
    ['no record', '{"schema":"other"}', /not a record of Flamegate/],
    ['of another schema', '{"schema":"flamegate/record/9"}', /schema flamegate\/record\/9/],
    ['incomplete', '{"schema":"flamegate/record/1"}', /record is not complete/],
    ['with damaged histograms', text(damaged('histogram', 99)), /damaged/],
    ['with damaged profiles', text(damaged('profile', 99)), /damaged/],
  ])('a record that is %s: a message, and exit code 2', async (_, content, message) => {
    const directory = await folderWith(content === '' ? {} : { 'record.json': content })
    const { code, out, err } = await runCli(['report', 'record.json'], { directory, capabilities })
    expect({ code, out }).toEqual({ code: 2, out: '' })
    expect(err).toMatch(message)
    expect(err).toContain('→')
  })

  test.each(['histogram', 'profile'] as const)(
    'a round with a damaged %s is left out, and a finding names it',
    async part => {
      const directory = await folderWith({ 'record.json': text(damaged(part, 1)) })
      const { code, out } = await runCli(['report', 'record.json'], { directory, capabilities })
      expect(code).toBe(0)
      expect(out).toContain(`${record().rounds.length - 1} rounds`)
      expect(out).toMatch(/Round 1 of the record is damaged and left out/)
    },
  )

  test('takes one path', async () => {
    const { code, err } = await runCli(['report'], { directory: '/' })
    expect(code).toBe(2)
    expect(err).toContain('Write `npx flamegate report <record>`')
  })
})

describe('compare', () => {
  const LATER = '2026-05-11T09:12:33.000Z'
  const two = (after: RunRecord) =>
    folderWith({ 'a/record.json': text(record()), 'b/record.json': text(after) })
  const compare = (directory: string, flags: string[] = []) =>
    runCli(['compare', 'a', 'b', '--output', 'out', ...flags], { directory, capabilities })

  test('compares every common variant with the first record as the baseline; changes of time have no verdict, and the page says why', async () => {
    const directory = await two(record({ startedAt: LATER }, 1.1))
    const { code, out } = await compare(directory)
    expect(code).toBe(0)
    expect(out).toMatch(/inconclusive/)
    expect(out).toContain('One side was measured at')
    expect(out).not.toMatch(/regressed/)
    const json = JSON.parse(await readFile(join(directory, 'out', 'after', 'report.json'), 'utf8'))
    const cpu = json.comparisons.find(({ metric }: { metric: string }) => metric === 'cpu.perRequest')
    expect(cpu).toMatchObject({ verdict: 'inconclusive', rounds: 6 })
    expect(cpu.change.estimate).toBeCloseTo(0.1, 3)
    expect(json.frames.length).toBeGreaterThan(0)
    expect(json.frames.some(({ significant }: { significant: boolean }) => significant)).toBe(false)
    expect(json.gates).toEqual([])
  })

  test('can be rendered again with the same result', async () => {
    const directory = await two(record({ startedAt: LATER }, 1.1))
    await compare(directory, ['--variants', 'before'])
    const page = await readFile(join(directory, 'out', 'report.html'))
    expect((await runCli(['report', 'out'], { directory, capabilities })).code).toBe(0)
    expect((await readFile(join(directory, 'out', 'report.html'))).equals(page)).toBe(true)
  })

  test('bytes and errors are comparable between days', async () => {
    const after = record({ startedAt: LATER })
    for (const { timed } of after.rounds.flatMap(({ launches }) => launches)) timed.errors = [1, 1, 1]
    const { out } = await compare(await two(after), ['--variants', 'before', '--json'])
    const errors = JSON.parse(out).comparisons.find(({ metric }: { metric: string }) => metric === 'errors')
    expect(errors.verdict).toBe('regressed')
  })

  test('there is nothing to compare when one side got only wrong answers', async () => {
    const after = record({ startedAt: LATER })
    for (const { timed } of after.rounds.flatMap(({ launches }) => launches)) timed.unexpected = [99, 99, 99]
    const { code, out } = await compare(await two(after), ['--variants', 'before'])
    expect(code).toBe(3)
    expect(out).toMatch(/There is nothing to conclude: 99 % of the 1800 requests to Before/)
  })

  test('all rounds of both count, also where one of them has fewer', async () => {
    const after = record({ startedAt: LATER }, 1.1)
    after.rounds.length = 4
    const { out } = await compare(await two(after), ['--variants', 'before', '--json'])
    const { rounds, comparisons } = JSON.parse(out)
    expect(rounds).toBe(6)
    const cpu = comparisons.find(({ metric }: { metric: string }) => metric === 'cpu.perRequest')
    expect(cpu.rounds).toBe(4)
    expect(cpu.change.estimate).toBeCloseTo(0.1, 2)
  })

  test('a difference is a finding, and with --strict an error', async () => {
    const other = record({ startedAt: LATER, environment: { ...environment, cpuModel: 'Xeon' } })
    const directory = await two(other)
    const { code, out } = await compare(directory, ['--variants', 'before'])
    expect(code).toBe(0)
    expect(out).toContain('Processor: AMD EPYC 9B14 there, Xeon here.')
    const strict = await compare(directory, ['--strict'])
    expect({ code: strict.code, out: strict.out }).toEqual({ code: 2, out: '' })
    expect(strict.err).toMatch(/not comparable[\s\S]*Processor/)
    expect((await compare(await two(record({ startedAt: LATER })), ['--strict'])).code).toBe(0)
  })

  test('a variant that one of them lacks is refused', async () => {
    const directory = await two(record())
    const { code, err } = await compare(directory, ['--variants', 'befroe'])
    expect(code).toBe(2)
    expect(err).toContain('Did you mean `before`?')
    const others = record()
    const renamed = text(others).replaceAll('"before"', '"x"').replaceAll('"after"', '"y"')
    await writeFile(join(directory, 'b', 'record.json'), renamed)
    const none = await compare(directory)
    expect(none.code).toBe(2)
    expect(none.err).toContain('no variant in common')
  })
})
