import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { accept } from '../../harness/judge/index.ts'
import type { Acceptance } from '../../harness/model/plan.ts'
import type { GateVerdict } from '../../harness/model/report.ts'
import { makePlan } from '../../harness/plan/index.ts'
import { effectOf } from '../../harness/words/verdicts.ts'
import { CAPABILITIES, folderWith, scenarioFile, worldIn } from '../plan/world.ts'
import { planOf, reportOf, runCli } from './host.ts'

const ENTRY: Acceptance = {
  scenario: 'demo',
  metric: 'cpu.perRequest',
  upTo: 0.09,
  reason: 'The audit log is worth it.',
  accepted: '2026-07-01',
  expires: '2026-07-31',
}

const verdict = (estimate: number): GateVerdict => ({
  gate: { metric: 'cpu.perRequest', margin: 0.02, level: 'error' },
  variant: 'current',
  status: 'regressed',
  change: { estimate, low: estimate - 0.01, high: estimate + 0.01, confidence: 0.99 },
  reason: 'It did.',
})

describe('an accepted regression', () => {
  test('is still reported, fails nothing, and gives the reason', () => {
    const taken = accept(verdict(0.08), [ENTRY], '2026-07-31')
    expect(taken).toMatchObject({ status: 'regressed', accepted: ENTRY })
    expect(taken.reason).toBe('It did. Accepted until 2026-07-31: The audit log is worth it.')
    expect(effectOf(taken)).toBe('accepted')
  })

  test.each([
    ['has grown', 0.1, '2026-07-31', 'It did. Up to 9 % was accepted, but it is more than that now.'],
    ['has expired', 0.08, '2026-08-01', 'It did. It was accepted until 2026-07-31, and that day has passed.'],
  ])('fails again when it %s', (_, estimate, day, reason) => {
    const again = accept(verdict(estimate), [ENTRY], day)
    expect(again.accepted).toBeUndefined()
    expect(again.reason).toBe(reason)
    expect(effectOf(again)).toBe('fails')
  })

  test('does not apply to another metric', () => {
    expect(accept(verdict(0.08), [{ ...ENTRY, metric: 'latency.p99' }], '2026-07-02')).toEqual(verdict(0.08))
  })

  test('is part of the plan of its scenario', async () => {
    const directory = await folderWith({
      'scenarios/demo.ts': scenarioFile(),
      'flamegate.accepted.json': JSON.stringify({ accepted: [ENTRY, { ...ENTRY, scenario: 'other' }] }),
    })
    const plan = await makePlan({ scenario: 'demo' }, worldIn(directory), CAPABILITIES)
    expect(plan.accepted).toEqual([ENTRY])
  })

  test('does not fail the run', async () => {
    const directory = await folderWith({ 'scenarios/demo.ts': scenarioFile() })
    const { code } = await runCli(['demo', '--output', 'out'], {
      directory,
      measure: async plan => {
        const report = await reportOf(plan, 'regressed')
        report.verdict.gates[0]!.accepted = ENTRY
        return report
      },
    })
    expect(code).toBe(0)
  })
})

describe('flamegate accept', () => {
  test.each([
    [[], /only be accepted for a reason/],
    [['--reason', 'x', '--until', '2001-01-01'], /2001-01-01 has passed/],
    [['--reason', 'x', '--until', 'soon'], /`soon` is not a date/],
    [['--reason', 'x'], /No gate of this run has regressed/],
  ])('%j is refused', async (flags, message) => {
    const directory = await folderWith({ 'scenarios/demo.ts': scenarioFile() })
    const { run } = await reportOf(await planOf('demo', directory))
    await mkdir(join(directory, 'run'))
    await writeFile(join(directory, 'run/record.json'), JSON.stringify(run))
    const { code, err } = await runCli(['accept', 'run', ...flags], { directory })
    expect(code).toBe(2)
    expect(err).toMatch(message)
  })

  test.each([
    ['{', /are not valid JSON/],
    ['{"accepted":[{"scenario":"x"}]}', /accepted\[0\]\.metric/],
  ])('a file with %s is refused', async (content, message) => {
    const directory = await folderWith({
      'scenarios/demo.ts': scenarioFile(),
      'flamegate.accepted.json': content,
    })
    const { code, err } = await runCli(['demo'], { directory })
    expect(code).toBe(2)
    expect(err).toMatch(message)
    expect(await readFile(join(directory, 'flamegate.accepted.json'), 'utf8')).toBe(content)
  })
})
