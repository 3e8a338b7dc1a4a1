import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { describe, expect, test } from 'vitest'
import { loadCapabilities } from '../../harness/capabilities.ts'
import { makePlan } from '../../harness/plan/index.ts'
import { folderWith, scenarioFile, worldIn } from './world.ts'

const METRIC = `{ id: 'queue.length', title: 'Queue', unit: 'count', family: 'runtime', better: 'lower', order: 90, measure: () => 7 }`
const COLLECTOR = `{ name: 'queue', order: 90, async start() {}, async stop() { return { figures: { length: 7 } } } }`
const PACKAGE = {
  'node_modules/@acme/metrics/package.json':
    '{ "name": "@acme/metrics", "type": "module", "exports": "./main.js" }',
}

const configuration = (...plugins: string[]) => ({
  'flamegate.config.js': `export default { plugins: ${JSON.stringify(plugins)} }`,
})

describe('plugins', () => {
  test('a file of the project and a package add capabilities, one or a list of them', async () => {
    const directory = await folderWith({
      ...configuration('./more/queue.ts', '@acme/metrics'),
      ...PACKAGE,
      'more/queue.ts': `export default [${METRIC}, ${COLLECTOR}] as object[]`,
      'node_modules/@acme/metrics/main.js': `export default { name: 'acme', render: () => [] }`,
    })
    const { metrics, collectors, reporters, loaders } = await loadCapabilities(directory)
    const own = await loadCapabilities()
    expect(metrics.map(({ id }) => id)).toEqual([...own.metrics.map(({ id }) => id), 'queue.length'])
    expect(collectors.at(-1)).toMatchObject({ name: 'queue' })
    expect(reporters.at(-1)).toMatchObject({ name: 'acme' })
    expect(loaders).toEqual(own.loaders)
  })

  test('the plan says where the driver finds a collector, and a gate can name the metric', async () => {
    const directory = await folderWith({
      ...configuration('./queue.ts'),
      'queue.ts': `export default [${METRIC}, ${COLLECTOR}] as object[]`,
      'scenarios/demo.ts': scenarioFile("gates: { 'queue.length': '+5%' },"),
    })
    const plan = await makePlan({ scenario: 'demo' }, worldIn(directory), await loadCapabilities(directory))
    expect(plan.collectors).toContain('queue')
    expect(plan.plugins).toEqual({ 'collectors/queue': pathToFileURL(join(directory, 'queue.ts')).href })
    expect(plan.gates).toMatchObject([{ metric: 'queue.length', margin: 0.05 }])
  })

  test.each<[string, string, RegExp]>([
    [
      'an object that is nothing',
      '{ id: 3 }',
      /The plugin `\.\/x\.js` exports something that is not a capability/,
    ],
    ['text', "'metric'", /exports something that is not a capability/],
    [
      'an incomplete metric',
      "{ id: 'a b', measure: () => 1 }",
      /The metric of the plugin `\.\/x\.js` has 6 mistakes/,
    ],
    [
      'a metric of a taken id',
      METRIC.replace('queue.length', 'errors'),
      /There is already a metric `errors`/,
    ],
    ['the same twice', `[${METRIC}, ${METRIC}]`, /There is already a metric `queue\.length`/],
    [
      'a baseline source of a taken prefix',
      "{ name: 'mine', prefix: 'git:', form: 'git:<x>', plan() {} }",
      /There is already a baseline source `mine`/,
    ],
  ])('%s is refused', async (_, exported, message) => {
    const directory = await folderWith({
      ...configuration('./x.js'),
      'x.js': `export default ${exported}`,
    })
    await expect(loadCapabilities(directory)).rejects.toMatchObject({
      name: 'UsageError',
      message: expect.stringMatching(message),
      place: join(directory, 'x.js'),
      advice: expect.stringMatching(/./),
    })
  })

  test('a missing package, a missing file and a file that throws are refused with their names', async () => {
    const refused = async (plugin: string, files: Record<string, string> = {}) => {
      const directory = await folderWith({ ...configuration(plugin), ...files })
      return await loadCapabilities(directory).catch((error: unknown) => error)
    }
    expect(await refused('@acme/none')).toMatchObject({
      message: 'The plugin `@acme/none` cannot be found.',
      advice: expect.stringContaining('install the package'),
    })
    expect(await refused('./none.js')).toMatchObject({ message: 'The plugin `./none.js` cannot be found.' })
    expect(await refused('./bad.js', { 'bad.js': "throw new Error('oh')" })).toMatchObject({
      name: 'UsageError',
      message: expect.stringContaining('oh'),
    })
  })
})
