/** A baseline of another day, as a user saves it and compares with it. */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { folderWith } from '../plan/world.ts'
import { flamegate, left } from './flamegate.ts'
import { SMALLEST } from './smallest.ts'

it('is saved with the yardstick’s launches, compared with, and rendered again from the one record', async () => {
  const directory = await folderWith(SMALLEST)
  const saving = flamegate(['demo.js', '--save-baseline', 'main', '--rounds', '2'], directory)
  const saved = await saving.child
  expect({ code: saved.exitCode, left: left(saving.output) }).toEqual({ code: 0, left: [] })
  expect(saved.stdout).toContain('current was measured alone')
  const path = join(directory, '.bench', 'baselines', 'demo', 'main.json')
  const baseline = JSON.parse(readFileSync(path, 'utf8'))
  for (const { launches, yardsticks } of baseline.rounds) {
    expect(launches).toHaveLength(1)
    expect(yardsticks).toMatchObject([{ variant: 'yardstick', captures: {} }])
    expect(yardsticks[0].timed.cpu.length).toBe(launches[0].timed.cpu.length)
  }

  const comparing = flamegate(['demo.js', '--baseline', 'main', '--rounds', '2', '--json'], directory)
  const { exitCode, stdout } = await comparing.child
  const report = JSON.parse(stdout)
  expect(exitCode).toBe(0)
  expect(report.findings.map(({ code }: { code: string }) => code)).toContain('yardstick')
  const cpu = report.comparisons.find(({ metric }: { metric: string }) => metric === 'cpu.perRequest')
  expect(cpu).toMatchObject({ rounds: 2, change: expect.any(Object) })
  const record = JSON.parse(readFileSync(join(comparing.output, 'record.json'), 'utf8'))
  expect(record.plan.variants.map(({ id }: { id: string }) => id)).toEqual(['current'])
  expect(record.recorded.id).toBe(baseline.id)

  const again = flamegate(['report', comparing.output, '--json'], directory)
  expect((await again.child).stdout).toBe(stdout)
  expect(existsSync(join(again.output, 'record.json'))).toBe(true)
})
