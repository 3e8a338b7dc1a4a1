import { expect, test } from 'vitest'
import profiles from '../../reports/profiles.ts'
import { planOf, reportOf } from '../cli/host.ts'
import { folderWith, scenarioFile } from '../plan/world.ts'

test('writes every profile into the folder of profiles, whatever the name of its variant', async () => {
  const directory = await folderWith({ 'scenarios/demo.ts': scenarioFile() })
  const report = await reportOf(await planOf('demo', directory))
  const names = ['plain', 'every 10 ms', '../../up']
  for (const round of report.run.rounds)
    round.launches = names.map(variant => ({ ...round.launches[0]!, variant }))
  expect(profiles.render(report).map(({ path }) => path)).toEqual([
    'profiles/r0-plain-cpu.pb.gz',
    expect.stringMatching(/^profiles\/r0-every-10-ms-[0-9a-f]{8}-cpu\.pb\.gz$/),
    expect.stringMatching(/^profiles\/r0-up-[0-9a-f]{8}-cpu\.pb\.gz$/),
  ])
})
