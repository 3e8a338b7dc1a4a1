/** A saved baseline, and a run that is compared with it. */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import type { RunRecord } from '../../harness/model/record.ts'
import { folderWith } from '../plan/world.ts'
import { flamegate, printed, recordIn } from './flamegate.ts'
import { SMALLEST } from './project.ts'

it('is saved with the yardstick’s launches, compared with, and rendered again from the one record', async () => {
  const directory = await folderWith(SMALLEST)
  const saved = await flamegate(['demo.js', '--save-baseline', 'main', '--rounds', '2'], { directory })
  expect(saved).toMatchObject({ exitCode: 0, left: [] })
  expect(saved.stdout).toContain('current was measured alone')
  const path = join(directory, '.bench', 'baselines', 'demo', 'main.json')
  const baseline: RunRecord = JSON.parse(readFileSync(path, 'utf8'))
  for (const { launches, yardstick } of baseline.rounds) {
    expect(launches).toHaveLength(1)
    expect(yardstick).toMatchObject({ variant: 'yardstick', collected: {} })
    expect(yardstick!.timed.cpu!.length).toBe(launches[0]!.timed.cpu!.length)
  }

  const compared = await flamegate(['demo.js', '--baseline', 'main', '--rounds', '2', '--json'], {
    directory,
  })
  expect(compared.exitCode).toBe(0)
  const { findings, comparisons } = printed(compared)
  expect(findings.map(({ code }) => code)).toContain('yardstick')
  const cpu = comparisons.find(({ metric }) => metric === 'cpu.perRequest')
  expect(cpu).toMatchObject({ rounds: 2, change: expect.any(Object) })
  const { plan, recorded } = recordIn(compared.output)
  expect(plan.variants.map(({ id }) => id)).toEqual(['current'])
  expect(recorded!.id).toBe(baseline.id)

  const again = await flamegate(['report', compared.output, '--json'], { directory })
  expect(again.stdout).toBe(compared.stdout)
  expect(existsSync(join(again.output, 'record.json'))).toBe(true)
})
