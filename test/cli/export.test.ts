import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { loadCapabilities } from '../../harness/capabilities.ts'
import { folderWith } from '../plan/world.ts'
import { runCli } from './host.ts'

const capabilities = await loadCapabilities()

const scenario = (load = '') => `export default {
  target: { name: 'shop', command: ['node', 'server.js'], directory: import.meta.dirname },
  variants: { a: {}, b: {} },
  baseline: 'a',
  load: { steps: [{ name: 'GET /', method: 'GET', path: '/' }], ${load} },
}
`

test('the client of k6 is written, with how to start it', async () => {
  const directory = await folderWith({ 'scenarios/checkout.js': scenario('connections: 6') })
  const { code, out } = await runCli(['export', 'k6', 'checkout'], { directory, capabilities })
  expect(code).toBe(0)
  expect(readFileSync(join(directory, 'checkout.k6.js'), 'utf8')).toContain("from 'k6/http'")
  expect(out).toContain('FLAMEGATE_WORKERS=6 checkout.k6.js')
})

test('the files of the client of Artillery know each other', async () => {
  const directory = await folderWith({ 'scenarios/checkout.js': scenario() })
  expect((await runCli(['export', 'artillery', 'checkout'], { directory, capabilities })).code).toBe(0)
  const config = readFileSync(join(directory, 'checkout.artillery.yml'), 'utf8')
  expect(config).toContain('processor: ./checkout.artillery.cjs')
  expect(existsSync(join(directory, 'checkout.artillery.cjs'))).toBe(true)
})

test.each([
  ['pipelining: 4', 'cannot do pipelining: a worker has one request in flight'],
  ["protocol: 'http/2'", 'cannot do http/2'],
])('a load with %s is refused by name', async (load, said) => {
  const directory = await folderWith({ 'scenarios/checkout.js': scenario(load) })
  const { code, err } = await runCli(['export', 'k6', 'checkout'], { directory, capabilities })
  expect(code).toBe(2)
  expect(err).toContain(said)
  expect(existsSync(join(directory, 'checkout.k6.js'))).toBe(false)
})

test('an engine without a client is refused with those that have one', async () => {
  const directory = await folderWith({ 'scenarios/checkout.js': scenario() })
  const { code, err } = await runCli(['export', 'wrk', 'checkout'], { directory, capabilities })
  expect(code).toBe(2)
  expect(err).toContain('Choose one of: k6, artillery.')
})
