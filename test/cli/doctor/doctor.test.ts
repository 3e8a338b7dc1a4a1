import { describe, expect, test } from 'vitest'
import { DOCTOR_SCHEMA } from '../../../harness/cli/doctor/checkup.ts'
import { MeasureError } from '../../../harness/model/errors.ts'
import { folderWith } from '../../plan/world.ts'
import { type Ran, runCli, type Setting } from '../host.ts'
import { quietMachine } from '../machine.ts'
import { type Outcome, trial } from './report.ts'

const SPREAD = [0.01, -0.01, 0.01, -0.01, 0.01, -0.01]
const NOTHING: Outcome = { ratios: SPREAD }
const FOUND: Outcome = {
  status: 'regressed',
  ratios: SPREAD.map(ratio => ratio + 0.048),
  culprit: 'injectedWork',
}

async function doctor(
  argv: string[],
  {
    aa = NOTHING,
    injected = FOUND,
    ...setting
  }: Partial<Setting> & { aa?: Outcome; injected?: Outcome } = {},
): Promise<Ran> {
  return await runCli(['doctor', ...argv], {
    directory: await folderWith({}),
    measure: plan => trial(plan, plan.request!.aa ? aa : injected),
    ...setting,
  })
}

describe('doctor', () => {
  test('measures the service against itself and with extra work, and says what a gate can see', async () => {
    const { code, out, err, asked, listeners } = await doctor(['--seed', '3', '--output', 'out'])
    expect({ code, err, listeners }).toEqual({ code: 0, err: '', listeners: 0 })
    const scenario = expect.stringMatching(/scenarios\/injected\.ts$/)
    expect(asked).toEqual([
      { scenario, aa: true, rounds: 24, maxTime: 90_000, seed: 3, output: 'out/aa' },
      { scenario, rounds: 24, maxTime: 90_000, seed: 3, output: 'out/injected' },
    ])
    expect(out).toMatch(/The service against itself: fine \(6 rounds, 30 s\)/)
    expect(out).toMatch(/\+5 % of extra work: regressed[\s\S]*first function +injectedWork/)
    expect(out).toMatch(/\nIn 60 s: \+\d\.\d % CPU per request; false alarms at most 1 %\.\n$/)
    expect(out).toMatch(/give or take 22 %: it rests on 12 rounds\./)
    expect(out).not.toContain('What blurs measurements here')
  })

  test('--json is one document with everything', async () => {
    const { out, err } = await doctor(['--json'], { machine: quietMachine({ steal: 0.2 }) })
    expect(err).toBe('')
    expect(JSON.parse(out)).toMatchObject({
      schema: DOCTOR_SCHEMA,
      machine: { processors: [0, 1, 2, 3] },
      trials: [
        { injected: 0, status: 'fine', culprit: null },
        { injected: 0.05, status: 'regressed', culprit: 'injectedWork', rounds: 6 },
      ],
      sight: [{ seconds: 30 }, { seconds: 60, rounds: 12, change: expect.any(Number) }, { seconds: 120 }],
      sentence: expect.stringMatching(/^In 60 s/),
      findings: [{ code: 'steal' }],
      falseAlarm: false,
      missed: false,
    })
  })

  test('--quick and --max-time apply to each run', async () => {
    const times = async (argv: string[]) => (await doctor(argv)).asked.map(({ maxTime }) => maxTime)
    expect(await times(['--quick'])).toEqual([45_000, 45_000])
    expect(await times(['--quick', '--max-time', '2m'])).toEqual([120_000, 120_000])
  })

  test('--dry-run only looks', async () => {
    const { code, out, asked } = await doctor(['--dry-run'], { machine: quietMachine({ pinnable: false }) })
    expect({ code, asked }).toEqual({ code: 0, asked: [] })
    expect(out).toMatch(/^Machine\n {2}processors +4 of 4 /)
    expect(out).toMatch(/What blurs measurements here\n {2}! Processes cannot be pinned.*\n {4}/)
    expect(out).not.toContain('In 60 s')
  })

  test('a false alarm fails, a change that was not seen fails with --strict', async () => {
    const alarm = await doctor([], { aa: { ...NOTHING, status: 'regressed' } })
    expect(alarm.code).toBe(1)
    expect(alarm.out).toMatch(/✖ The service against itself was called a regression\./)
    const blind = { injected: { ...FOUND, status: 'inconclusive' as const } }
    expect((await doctor([], blind)).code).toBe(0)
    const strict = await doctor(['--strict'], blind)
    expect(strict.code).toBe(1)
    expect(strict.out).toMatch(/! 5 % of extra work was not called a regression, but inconclusive\./)
    const lost = await doctor(['--strict'], { injected: { ...FOUND, culprit: 'orders' } })
    expect(lost).toMatchObject({ code: 1, out: expect.stringMatching(/\(orders instead\)/) })
  })

  test('reports that rounds take too long for a verdict in a minute', async () => {
    const slow = { ratios: [0.01, -0.01] }
    const { out } = await doctor([], {
      measure: async plan => {
        const report = await trial(plan, slow)
        return { ...report, run: { ...report.run, duration: 40_000 } }
      },
    })
    expect(out).toMatch(/In 60 s nothing: a round takes so long here/)
  })

  test('it takes no scenario and no gate', async () => {
    expect(await doctor(['hello'])).toMatchObject({
      code: 2,
      err: expect.stringMatching(/`doctor` takes nothing, and 1 was given[\s\S]*npx flamegate doctor/),
    })
    expect(await doctor(['--gate', 'errors<=0'])).toMatchObject({
      code: 2,
      err: expect.stringMatching(/has no flag `--gate`/),
    })
  })

  test('a variable for other commands is ignored', async () => {
    expect((await doctor([], { environment: { FLAMEGATE_ROUNDS: '5' } })).code).toBe(0)
  })

  test('it has its own --help', async () => {
    const { out } = await doctor(['--help'])
    expect(out).toMatch(/^Usage: npm run bench doctor -- \[flags\]/)
    expect(out).not.toContain('--gate')
  })
})

describe('when it cannot be measured', () => {
  test('it prints the reason, with exit code 3', async () => {
    const failing = () => Promise.reject(new MeasureError('Variant `plain` ended.', { advice: 'Look.' }))
    expect(await doctor([], { measure: failing })).toMatchObject({
      code: 3,
      out: '',
      err: '✖ Variant `plain` ended.\n  → Look.\n',
    })
  })

  test('an interruption ends it after the run that is being measured', async () => {
    const { code, out, err, asked } = await doctor([], {
      measure: (plan, _world, send) => {
        send('SIGINT')
        return trial(plan, NOTHING)
      },
    })
    expect({ code, out, runs: asked.length }).toEqual({ code: 130, out: '', runs: 1 })
    expect(err).toMatch(/^Interrupted/)
  })

  test('a bug after the signal is not hidden by it', async () => {
    const { err } = await doctor([], {
      measure: (_plan, _world, send) => {
        send('SIGINT')
        return Promise.reject(new TypeError('x is undefined'))
      },
    })
    expect(err).toMatch(/Flamegate itself failed/)
  })
})
