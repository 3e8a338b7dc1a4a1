/** Services that speak HTTP/2. */
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { folderWith } from '../plan/world.ts'
import { flamegate, printed } from './flamegate.ts'

const TLS = JSON.stringify(join(import.meta.dirname, '../fixtures/tls'))

const SERVICE = `import { createSecureServer, createServer } from 'node:http2'
import { readFileSync } from 'node:fs'
const tls = name => readFileSync(${TLS} + '/' + name + '.pem')
const work = Number(process.env.WORK ?? 0)
let sum = 0
const server = process.env.SECURE
  ? createSecureServer({ key: tls('key'), cert: tls('certificate') })
  : createServer()
server.on('stream', stream => {
  for (let i = 0; i < work; i++) sum += Math.sqrt(i) % 1
  stream.respond({ ':status': 200 })
  stream.end('Hello')
})
server.listen(Number(process.env.PORT), '127.0.0.1')
`

const scenario = (listen: string, load: string) => `export default {
  target: {
    name: 'service', command: ['node', 'service.js'], directory: import.meta.dirname, listen: '${listen}',
    environment: { SECURE: '${listen === 'https' ? 'yes' : ''}' },
  },
  variants: { plain: {}, slow: { environment: { WORK: '60000' } } },
  load: { steps: [{ name: 'GET /', method: 'GET', path: '/' }], protocol: 'http/2', connections: 2, ${load} },
  warmup: { requests: 400, timeout: 1_000 },
  collectors: [],
}
`

it.each([
  ['with prior knowledge, several streams at a time', 'http', 'pipelining: 4'],
  ['over TLS', 'https', ''],
  ['at a rate', 'http', 'rate: 200'],
])('are measured %s', async (_, listen, load) => {
  const directory = await folderWith({ 'service.js': SERVICE, 'demo.js': scenario(listen, load) })
  const run = await flamegate(['demo.js', '--rounds', '2', '--json'], { directory })
  expect(run).toMatchObject({ stderr: '', left: [] })
  const { comparisons } = printed(run)
  const found = (id: string) => comparisons.find(({ metric }) => metric === id)!
  expect(found('cpu.perRequest').change!.estimate).toBeGreaterThan(0.3)
  expect(found('errors')).toMatchObject({ before: 0, after: 0 })
  expect(found('response.bytes').before).toBe(found('response.bytes').after)
})
