/** Two versions of a package, installed from a registry and measured under one service. */
import { expect, it } from 'vitest'
import { folderWith } from '../plan/world.ts'
import { registryWith } from '../provide/registry.ts'
import { flamegate, printed, recordIn } from './flamegate.ts'
import { SHORT, scenario, service } from './project.ts'

const GREET = `import { createRequire } from 'node:module'
const require = createRequire(process.env.FLAMEGATE_MODULES ?? import.meta.url)
const greet = require('greet').default`

/** Long enough to be sampled. */
const greeting = (times: number) =>
  `export default function greet() {
  let text = ''
  for (let i = 0; i < 20_000; i++) text = 'Hello'.repeat(1 + (i % 3))
  return text.slice(0, 5).repeat(${times})
}`

it('compare-packages measures the service with each version', async () => {
  const directory = await folderWith({
    'service.js': service('response.end(greet())', GREET),
    'demo.js': scenario(`${SHORT} collectors: ["cpu"], sameAnswers: false,`),
  })
  const environment = await registryWith([
    { name: 'greet', version: '1.0.0', index: greeting(1) },
    { name: 'greet', version: '2.0.0', index: greeting(100) },
  ])
  const run = await flamegate(
    ['compare-packages', 'greet@1.0.0', 'greet@2.0.0', 'demo.js', '--rounds', '2', '--json'],
    { directory, environment },
  )
  expect(run).toMatchObject({ exitCode: 0, stderr: '', left: [] })
  const bytes = printed(run).comparisons.find(({ metric }) => metric === 'response.bytes')!
  expect(bytes).toMatchObject({ variant: 'greet-2.0.0', baseline: 'greet-1.0.0', verdict: 'regressed' })
  expect(bytes.after! - bytes.before!).toBeGreaterThanOrEqual(495)
  const { plan, packages } = recordIn(run.output)
  expect(plan.variants.map(({ label }) => label)).toEqual(['greet@1.0.0', 'greet@2.0.0'])
  const greets = packages!.filter(({ name }) => name === 'greet').map(({ version }) => version)
  expect(greets.toSorted()).toEqual(['1.0.0', '2.0.0'])
  const owner = printed(run).owners.find(({ owner }) => owner === 'greet')
  expect(owner?.versions).toEqual({ before: '1.0.0', after: '2.0.0' })
})
