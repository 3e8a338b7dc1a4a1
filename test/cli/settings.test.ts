import { describe, expect, test } from 'vitest'
import { CONFIGURABLE, configured } from '../../harness/cli/arguments.ts'
import type { Settings } from '../../harness/model/config.ts'
import { makePlan } from '../../harness/plan/index.ts'
import { CAPABILITIES, folderWith, scenarioFile, worldIn } from '../plan/world.ts'
import { runCli } from './host.ts'

/** Every setting that the type knows. */
const ALL: Required<Settings> = { maxTime: '2m', rounds: 6, strict: true, seed: 3, budget: 300 }

const withConfig = (config: object, extra: Record<string, string> = {}) =>
  folderWith({ 'flamegate.config.js': `export default ${JSON.stringify(config)}`, ...extra })

test('the settings of the type are those of the flags', async () => {
  expect(Object.keys(await configured(await withConfig(ALL))).sort()).toEqual([...CONFIGURABLE].sort())
  expect(await configured(await withConfig(ALL))).toEqual({
    'max-time': 120_000,
    rounds: 6,
    strict: true,
    seed: 3,
    budget: 300_000,
  })
})

test('defaults < configuration < environment < flags', async () => {
  const directory = await withConfig(
    { rounds: 5, maxTime: '50s', seed: 1 },
    { 'scenarios/demo.ts': scenarioFile() },
  )
  const environment = { FLAMEGATE_ROUNDS: '6', FLAMEGATE_MAX_TIME: '60' }
  const { asked } = await runCli(['demo', '--rounds', '7'], { directory, environment })
  expect(asked).toMatchObject([{ rounds: 7, maxTime: 60_000, seed: 1 }])
})

test('configuration < scenario < flags, gate by gate; other fields are replaced as a whole', async () => {
  const directory = await withConfig(
    {
      scenario: {
        gates: { 'cpu.perRequest': '+9%', throughput: '-7%', errors: 0 },
        collectors: [],
        load: { connections: 3, pipelining: 2 },
      },
    },
    {
      'scenarios/demo.ts': scenarioFile(`gates: { 'cpu.perRequest': '+4%', throughput: '-3%' },`).replace(
        'load: {',
        'load: { connections: 5,',
      ),
    },
  )
  const request = { scenario: 'demo', gates: ['throughput>=-1%'] }
  const plan = await makePlan(request, worldIn(directory), CAPABILITIES)
  expect(plan.gates).toMatchObject([
    { metric: 'cpu.perRequest', margin: 0.04 },
    { metric: 'errors', max: 0 },
    { metric: 'throughput', margin: 0.01 },
  ])
  expect(plan.load).toMatchObject({ connections: 5, pipelining: 2 })
  expect(plan.collectors).toEqual([])
})

describe('a mistake is one message with its place', () => {
  test.each([
    ['flamegate.config.js', 'export default { maxtime: 3 }', /no setting `maxtime`.*\n.*\n.*maxTime/],
    ['flamegate.config.js', 'export default { rounds: "many" }', /rounds: `many` is not a whole number/],
    ['flamegate.config.js', 'export default { strict: "yes" }', /`strict` cannot be "yes"/],
    [
      'flamegate.config.js',
      'export default { scenario: { gate: {} } }',
      /no setting `gate` in `scenario`\. Did you mean `gates`/,
    ],
    ['flamegate.config.js', 'export default {', /configuration file cannot be loaded/],
    ['flamegate.config.ts', 'export const a = 1', /configuration file has no default export/],
    ['flamegate.config.json', '{ "rounds": ', /configuration is not valid JSON/],
  ])('%s: %s', async (name, content, message) => {
    const directory = await folderWith({ [name]: content, 'scenarios/demo.ts': scenarioFile() })
    const { code, err, asked } = await runCli(['demo'], { directory })
    expect({ code, asked }).toEqual({ code: 2, asked: [] })
    expect(err).toMatch(message)
    expect(err).toContain(name)
  })

  test('two files', async () => {
    const directory = await folderWith({
      'flamegate.config.js': 'export default {}',
      'flamegate.config.json': '{}',
    })
    await expect(configured(directory)).rejects.toThrow('There are two configuration files.')
  })
})
