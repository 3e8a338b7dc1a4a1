/** Two versions of a package, installed from a registry and measured under one service. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { folderWith } from '../plan/world.ts'
import { registryWith } from '../provide/registry.ts'
import { flamegate, left } from './flamegate.ts'

const SERVICE = `import { createServer } from 'node:http'
import { createRequire } from 'node:module'
const require = createRequire(process.env.FLAMEGATE_MODULES ?? import.meta.url)
const greet = require('greet').default
createServer((request, response) => response.end(greet)).listen(Number(process.env.PORT), '127.0.0.1')
`

const SCENARIO = `export default {
  target: { name: 'greeter', command: ['node', 'service.js'], directory: import.meta.dirname },
  load: { steps: [{ name: 'GET /', method: 'GET', path: '/' }], connections: 4 },
  warmup: { requests: 400, timeout: 1_000 },
  sameAnswers: false,
  collectors: [],
}
`

it('compare-packages measures the service with the one and with the other', async () => {
  const directory = await folderWith({ 'service.js': SERVICE, 'demo.js': SCENARIO })
  const registry = await registryWith([
    { name: 'greet', version: '1.0.0', index: `export default 'Hello'` },
    { name: 'greet', version: '2.0.0', index: `export default 'Hello'.repeat(100)` },
  ])
  const { child, output } = flamegate(
    ['compare-packages', 'greet@1.0.0', 'greet@2.0.0', 'demo.js', '--rounds', '2', '--json'],
    directory,
    registry,
  )
  const { exitCode, stdout, stderr } = await child
  expect({ exitCode, stderr, left: left(output) }).toEqual({ exitCode: 0, stderr: '', left: [] })
  const { comparisons } = JSON.parse(stdout)
  const bytes = comparisons.find(({ metric }: { metric: string }) => metric === 'response.bytes')
  expect(bytes).toMatchObject({ variant: 'greet-2.0.0', baseline: 'greet-1.0.0', verdict: 'regressed' })
  expect(bytes.after - bytes.before).toBeGreaterThanOrEqual(495)
  const { plan } = JSON.parse(readFileSync(join(output, 'record.json'), 'utf8'))
  expect(plan.variants.map(({ label }: { label: string }) => label)).toEqual(['greet@1.0.0', 'greet@2.0.0'])
})
