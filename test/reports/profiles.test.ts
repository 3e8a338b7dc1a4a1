import { expect, test } from 'vitest'
import profiles from '../../reports/profiles.ts'
import { edited } from './records.ts'

test('writes every profile into the folder of profiles, whatever the name of its variant', () => {
  const names = ['plain', 'every 10 ms', '../../up']
  const report = edited('regressed', run => {
    run.rounds.length = 1
    const [round] = run.rounds
    const { collected, ...launch } = round!.launches[0]!
    round!.launches = names.map(variant => ({ ...launch, variant, collected: { cpu: collected.cpu! } }))
    run.plan.variants = names.map(id => ({ ...run.plan.variants[0]!, id }))
  })
  expect(profiles.render(report).map(({ path }) => path)).toEqual([
    'profiles/r1-plain-cpu.pb.gz',
    expect.stringMatching(/^profiles\/r1-every-10-ms-[0-9a-f]{8}-cpu\.pb\.gz$/),
    expect.stringMatching(/^profiles\/r1-up-[0-9a-f]{8}-cpu\.pb\.gz$/),
  ])
})
