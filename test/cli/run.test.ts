import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { Status } from '../../harness/model/comparison.ts'
import { MeasureError } from '../../harness/model/errors.ts'
import { CAPABILITIES, folderWith, scenarioFile } from '../plan/world.ts'
import { reportOf, runCli, type Setting } from './host.ts'

const demo = () =>
  folderWith({
    'scenarios/demo.ts': scenarioFile(`description: 'A demonstration.',`),
    'scenarios/other.ts': scenarioFile(),
  })

describe('without measuring', () => {
  test('--help shows every flag and the exit codes', async () => {
    const { code, out } = await runCli(['--help'], { directory: '/' })
    expect(code).toBe(0)
    for (const word of ['--max-time TIME', '-h, --help', 'FLAMEGATE_MAX_TIME', '130 interrupted'])
      expect(out).toContain(word)
    expect(out).not.toContain('FLAMEGATE_HELP')
  })

  test('--version prints the version of the package', async () => {
    const { version } = JSON.parse(await readFile(join(import.meta.dirname, '../../package.json'), 'utf8'))
    expect((await runCli(['--version'], { directory: '/' })).out).toBe(`${version}\n`)
  })

  test('`list` shows names, descriptions, and the problem of a scenario that does not load', async () => {
    const directory = await folderWith({
      'scenarios/demo.ts': scenarioFile(`description: 'Mine.',`),
      'scenarios/empty.ts': 'export {}',
    })
    const { code, out } = await runCli(['list'], { directory })
    expect(code).toBe(0)
    expect(out).toMatch(/^demo {3}Mine\.\nempty {2}✖ The scenario file has no default export/)
    const listed = JSON.parse((await runCli(['list', '--json'], { directory })).out)
    expect(listed).toMatchObject([
      { name: 'demo', description: 'Mine.' },
      { name: 'empty', problem: expect.any(String) },
    ])
  })

  test('--dry-run prints the resolved plan and measures nothing', async () => {
    const directory = await demo()
    const { code, out, asked } = await runCli(['demo', '--dry-run', '--rounds', '7', '--gate', 'errors<=3'], {
      directory,
    })
    expect({ code, asked }).toEqual({ code: 0, asked: [] })
    expect(out).toMatch(/^rounds +7$/m)
    expect(out).toMatch(/^gate +errors: at most 3 \(error\)$/m)
    const plan = JSON.parse((await runCli(['demo', '--dry-run', '--json'], { directory })).out)
    expect(plan).toMatchObject({ scenario: 'demo', rounds: { min: 4, max: 24 } })
  })
})

describe('commands', () => {
  test('the help shows them', async () => {
    expect((await runCli(['--help'], { directory: '/' })).out).toMatch(/\n {2}doctor +find out what a gate/)
  })

  test('a scenario with the name of a command is measured by its path, and one with the name of a property of objects by its name', async () => {
    const directory = await folderWith({
      'scenarios/doctor.ts': scenarioFile(),
      'scenarios/constructor.ts': scenarioFile(),
    })
    const { asked } = await runCli(['scenarios/doctor.ts', 'constructor'], { directory })
    expect(asked.map(({ scenario }) => scenario)).toEqual(['scenarios/doctor.ts', 'constructor'])
    expect((await runCli(['constructor'], { directory })).code).toBe(0)
  })
})

describe('measuring', () => {
  test('flags become options; the table goes to stdout, progress to stderr', async () => {
    const { code, out, err, asked, listeners } = await runCli(
      ['demo', '--quick', '--max-time', '2m', '--variants', 'slow', '--seed=3', '--output', 'out'],
      {
        directory: await demo(),
        measure: (plan, world) => {
          world.emit({ type: 'round', scenario: 'demo', round: 1, of: 2, left: 20_000 })
          return reportOf(plan)
        },
      },
    )
    expect(asked).toMatchObject([
      { scenario: 'demo', quick: true, maxTime: 120_000, variants: ['slow'], seed: 3, output: 'out' },
    ])
    expect({ code, err, listeners }).toEqual({
      code: 0,
      err: 'demo · round 1 of 2 · 20 s left\n',
      listeners: 0,
    })
    expect(out).toContain('demo')
  })

  test('a run is planned once: what it measures has the id, seed and folder that it was planned with', async () => {
    const { plans } = await runCli(['demo'], { directory: await demo() })
    const [plan] = plans
    expect(plans).toHaveLength(1)
    expect(plan!.repeat).toContain(`--seed ${plan!.seed}`)
    expect(plan!.request!.seed).toBe(plan!.seed)
    const report = await readFile(join(plan!.output, 'report.json'), 'utf8')
    expect(JSON.parse(report)).toMatchObject({ repeat: plan!.repeat })
  })

  test('variables set what no flag sets', async () => {
    const environment = { FLAMEGATE_ROUNDS: '5', FLAMEGATE_MAX_TIME: '10', FLAMEGATE_STRICT: '1' }
    const { asked } = await runCli(['demo', '--rounds', '6'], { directory: await demo(), environment })
    expect(asked).toMatchObject([{ rounds: 6, maxTime: 10_000 }])
  })

  test('--json prints one JSON document and nothing else', async () => {
    const directory = await demo()
    const { out, err } = await runCli(['demo', '--json', '--output', 'out'], {
      directory,
      measure: (plan, world) => {
        world.emit({ type: 'round', scenario: 'demo', round: 1, of: 2, left: 1 })
        return reportOf(plan)
      },
    })
    expect(err).toBe('')
    expect(JSON.parse(out)).toMatchObject({ scenario: 'demo', artifacts: ['record.json', 'report.json'] })
    expect(await readFile(join(directory, 'out', 'report.json'), 'utf8')).toBe(out)
  })

  test('several scenarios: each in its folder, one JSON list, the gravest exit code', async () => {
    const directory = await demo()
    const { code, out, asked } = await runCli(['demo', 'other', '--json', '--output', 'out'], {
      directory,
      measure: plan => reportOf(plan, plan.request!.scenario === 'demo' ? 'regressed' : 'fine'),
    })
    expect(code).toBe(1)
    expect(asked.map(({ output }) => output)).toEqual([join('out', 'demo'), join('out', 'other')])
    expect(JSON.parse(out).map(({ scenario }: { scenario: string }) => scenario)).toEqual(['demo', 'other'])
  })

  test('a mistake in the last scenario is reported before the first one is measured', async () => {
    const { code, err, asked } = await runCli(['demo', 'ohter'], { directory: await demo() })
    expect({ code, asked }).toEqual({ code: 2, asked: [] })
    expect(err).toContain('Did you mean `other`?')
  })
})

describe('exit codes', () => {
  const ends = async (status: Status, argv: string[] = [], changes = {}) =>
    (
      await runCli(['demo', ...argv], {
        directory: await demo(),
        measure: plan => reportOf(plan, status, changes),
      })
    ).code

  test.each<[Status, number, number]>([
    ['fine', 0, 0],
    ['improved', 0, 0],
    ['inconclusive', 0, 1],
    ['regressed', 1, 1],
    ['not comparable', 3, 3],
  ])('%s: %i, and %i with --strict', async (status, usual, strict) => {
    expect([await ends(status), await ends(status, ['--strict'])]).toEqual([usual, strict])
  })

  test('an inconclusive gate passes with a warning; the JSON document contains it', async () => {
    const directory = await demo()
    const measure: Setting['measure'] = plan => reportOf(plan, 'inconclusive')
    const told = async (argv: string[]) => (await runCli(['demo', ...argv], { directory, measure })).err
    expect(await told([])).toBe(
      'warning: 1 of 1 gate could not be decided. The run still passes; with --strict it fails.\n',
    )
    expect(await told(['--strict'])).toBe(
      'warning: 1 of 1 gate could not be decided, and --strict makes that a failure.\n',
    )
    expect(await told(['--json'])).toBe('')
    expect(await told(['--quick'])).toBe('')
  })

  test.each<[Status, string[], object, number]>([
    ['not comparable', ['--quick'], {}, 3],
    ['not comparable', [], { level: 'warn' }, 3],
    ['fine', [], {}, 3],
    ['regressed', [], {}, 1],
    ['regressed', [], { level: 'warn' }, 3],
    ['fine', [], { ending: 'interrupted' }, 130],
  ])('nothing but wrong answers, with a gate that is %s, %j and %j: %i', async (status, argv, more, code) => {
    expect(await ends(status, argv, { unusable: 'All went wrong.', ...more })).toBe(code)
  })

  test('a quick run judges no gates, and a warning gate never fails', async () => {
    expect(await ends('regressed', ['--quick'])).toBe(0)
    expect(await ends('regressed', [], { level: 'warn' })).toBe(0)
  })

  test('a run that failed after some rounds could not be measured', async () => {
    expect(await ends('fine', [], { ending: 'failed' })).toBe(3)
  })

  test('a measuring error is printed with place, details and advice, and the next scenario is still measured', async () => {
    const { code, err, asked } = await runCli(['demo', 'other'], {
      directory: await demo(),
      measure: plan =>
        plan.request!.scenario === 'other'
          ? reportOf(plan)
          : Promise.reject(
              new MeasureError('Variant `slow` exited with code 1 before it was ready.', {
                place: 'boot of round 1',
                details: 'Error: \u001b[2Jport in use\n  at listen',
                advice: 'Start it by hand.',
              }),
            ),
    })
    expect(code).toBe(3)
    expect(asked).toHaveLength(2)
    expect(err).toBe(`✖ Variant \`slow\` exited with code 1 before it was ready.
  in boot of round 1

    Error: \\u{1b}[2Jport in use
      at listen

  → Start it by hand.
`)
  })

  test('a reporter that throws is named, with exit code 3', async () => {
    const broken = {
      name: 'acme',
      render: () => {
        throw new TypeError('x is undefined')
      },
    }
    const { code, err } = await runCli(['demo'], {
      directory: await demo(),
      capabilities: { ...CAPABILITIES, reporters: [broken] },
    })
    expect(code).toBe(3)
    expect(err).toMatch(/The reporter `acme` failed\.[\s\S]*x is undefined[\s\S]*flamegate report/)
  })

  test('a bug is reported as one', async () => {
    const { code, err } = await runCli(['demo'], {
      directory: await demo(),
      measure: () => Promise.reject(new TypeError('x is undefined')),
    })
    expect(code).toBe(3)
    expect(err).toMatch(/Flamegate itself failed\.[\s\S]*TypeError: x is undefined[\s\S]*report it/)
  })
})

describe('interruption', () => {
  test('the first signal aborts the run, and the complete rounds are reported', async () => {
    const { code, out, exits } = await runCli(['demo', 'other'], {
      directory: await demo(),
      measure: (plan, world, send) => {
        send('SIGTERM')
        expect(world.signal.aborted).toBe(true)
        return reportOf(plan, 'inconclusive', { ending: 'interrupted' })
      },
    })
    expect({ code, exits }).toEqual({ code: 130, exits: [] })
    expect(out).toContain('interrupted')
    expect(out).not.toContain('other')
  })

  test('before the first round is complete there is nothing to report', async () => {
    const { code, out, err } = await runCli(['demo'], {
      directory: await demo(),
      measure: (_plan, world, send) => {
        send('SIGINT')
        return Promise.reject(world.signal.reason)
      },
    })
    expect({ code, out }).toEqual({ code: 130, out: '' })
    expect(err).toMatch(/^Interrupted before the first round/)
  })

  test('a bug after the signal is not hidden by it', async () => {
    const { code, err } = await runCli(['demo'], {
      directory: await demo(),
      measure: (_plan, _world, send) => {
        send('SIGINT')
        return Promise.reject(new TypeError('x is undefined'))
      },
    })
    expect(code).toBe(130)
    expect(err).toMatch(/Flamegate itself failed/)
  })
})
