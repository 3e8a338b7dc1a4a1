/** Two versions of a package, installed from a registry and measured under one service. */
import { expect, it } from 'vitest'
import { folderWith } from '../plan/world.ts'
import { registryWith } from '../provide/registry.ts'
import { flamegate, printed, recordIn } from './flamegate.ts'
import { SHORT, scenario, service } from './project.ts'

const GREET = `import { createRequire } from 'node:module'
const require = createRequire(process.env.FLAMEGATE_MODULES ?? import.meta.url)
const greet = require('greet').default`

it('compare-packages measures the service with each version', async () => {
  const directory = await folderWith({
    'service.js': service('response.end(greet)', GREET),
    'demo.js': scenario(`${SHORT} sameAnswers: false,`),
  })
  const environment = await registryWith([
    { name: 'greet', version: '1.0.0', index: `export default 'Hello'` },
    { name: 'greet', version: '2.0.0', index: `export default 'Hello'.repeat(100)` },
  ])
  const run = await flamegate(
    ['compare-packages', 'greet@1.0.0', 'greet@2.0.0', 'demo.js', '--rounds', '2', '--json'],
    { directory, environment },
  )
  expect(run).toMatchObject({ exitCode: 0, stderr: '', left: [] })
  const bytes = printed(run).comparisons.find(({ metric }) => metric === 'response.bytes')!
  expect(bytes).toMatchObject({ variant: 'greet-2.0.0', baseline: 'greet-1.0.0', verdict: 'regressed' })
  expect(bytes.after! - bytes.before!).toBeGreaterThanOrEqual(495)
  const { variants } = recordIn(run.output).plan
  expect(variants.map(({ label }) => label)).toEqual(['greet@1.0.0', 'greet@2.0.0'])
})
