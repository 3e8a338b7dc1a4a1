/** Services that answer something else once they are under load, in a project as a user has it. */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { folderWith } from '../plan/world.ts'
import { flamegate, left } from './flamegate.ts'

/** Behaves as the first part of the path says; `FROM` is how many requests it answers well. */
const SERVICE = `import { createServer } from 'node:http'
import { gzipSync } from 'node:zlib'
const from = Number(process.env.FROM ?? 200)
const zipped = gzipSync('{"id":"7","text":"Hello"}')
let answers = 0
createServer(async (request, response) => {
  if (request.url === '/health') return response.end()
  const over = ++answers > from
  if (request.url === '/limited' && over) return response.writeHead(429).end('Too many requests')
  if (request.url === '/shedding' && over) return response.writeHead(503, { 'retry-after': '1' }).end('busy')
  if (request.url === '/zipped') return response.writeHead(200, { 'content-encoding': 'gzip' }).end(zipped)
  if (request.method === 'POST') {
    for await (const _ of request);
    return response.end(over ? '{"data":null,"errors":[{"message":"too deep"}]}' : '{"data":{}}')
  }
  response.end('Hello')
}).listen(Number(process.env.PORT), '127.0.0.1')
`

const scenario = (load: string) => `export default {
  target: { name: 'service', command: ['node', 'service.js'], directory: import.meta.dirname, ready: '/health' },
  load: { connections: 4, ${load} },
  gates: { 'cpu.perRequest': '+2%' },
  warmup: { requests: 400, timeout: 1_000 },
  collectors: [],
}
`

const step = (method: string, path: string, more = '') =>
  `{ name: '${method} ${path}', method: '${method}', path: '${path}', ${more} }`

const project = (load: string) => folderWith({ 'service.js': SERVICE, 'demo.js': scenario(load) })

describe('a service that answers something else once it is under load', () => {
  it.each([
    [
      '429',
      `steps: [${step('GET', '/limited')}]`,
      /GET \/limited: status 429/,
      /look like those of a rate limiter/,
    ],
    [
      '503 with Retry-After, in an open loop',
      `engine: 'open', rate: 400, steps: [${step('GET', '/shedding')}]`,
      /GET \/shedding: status 503 with retry-after/,
      /look like those of a rate limiter/,
    ],
    [
      'errors in GraphQL',
      `steps: [${step('POST', '/graphql', `body: { kind: 'json', value: { query: '{ a }' } }`)}]`,
      /POST \/graphql: a GraphQL error: too deep/,
      /were not what the script expects/,
    ],
  ])('with %s, gets no verdict, whatever its CPU time', async (_, load, answered, found) => {
    const directory = await project(load)
    const { child, output } = flamegate(['demo.js', '--aa', '--rounds', '2'], directory, { COLUMNS: '500' })
    const { exitCode, stdout } = await child
    expect({ exitCode, left: left(output) }).toEqual({ exitCode: 3, left: [] })
    const report = JSON.parse(readFileSync(join(output, 'report.json'), 'utf8'))
    expect(report.verdict).toMatchObject({
      status: 'not comparable',
      unusable: expect.stringMatching(answered),
    })
    expect(report.gates).toMatchObject([{ metric: 'cpu.perRequest', status: 'not comparable' }])
    expect(stdout).toMatch(/⊘ not comparable/)
    expect(report.findings).toContainEqual(
      expect.objectContaining({ severity: 'error', message: expect.stringMatching(found) }),
    )
  })

  it('is told so by a quick run too, in its exit code and in a word', async () => {
    const directory = await project(`steps: [${step('GET', '/limited')}]`)
    const { child } = flamegate(['demo.js', '--aa', '--quick', '--rounds', '1'], directory)
    const { exitCode, stdout } = await child
    expect(exitCode).toBe(3)
    expect(stdout).toMatch(/⊘ not comparable[\s\S]*There is nothing to conclude: 100 % of the \d+ requests/)
    expect(stdout.replaceAll(/\s+/g, ' ')).toMatch(
      /Switch the limiter off for the benchmark, raise its limit/,
    )
  })

  it('is neither kept as a baseline nor compared with one', async () => {
    const directory = await project(`steps: [${step('GET', '/limited')}]`)
    const ask = async (args: string[], from: number) => {
      const { child, output } = flamegate(['demo.js', ...args, '--rounds', '2'], directory, {
        FROM: String(from),
      })
      return { ...(await child), output }
    }
    const baseline = join(directory, '.bench', 'baselines', 'demo', 'main.json')
    const spoilt = await ask(['--save-baseline', 'main'], 200)
    expect({ code: spoilt.exitCode, kept: existsSync(baseline) }).toEqual({ code: 3, kept: false })
    expect(spoilt.stdout.replaceAll(/\s+/g, ' ')).toContain('The run is not kept as a baseline.')

    const saved = await ask(['--save-baseline', 'main'], 1e9)
    expect({ code: saved.exitCode, kept: existsSync(baseline) }).toEqual({ code: 0, kept: true })
    const compared = await ask(['--baseline', 'main'], 200)
    expect(compared.exitCode).toBe(3)
    expect(compared.stdout).toContain('There is nothing to conclude')

    const records = flamegate(['compare', saved.output, spoilt.output], directory)
    expect((await records.child).exitCode).toBe(3)
  })
})

it('a body that is gzipped is looked at in slices as before them', async () => {
  const zipped = step(
    'GET',
    '/zipped',
    `headers: { 'accept-encoding': 'gzip' }, expect: { body: 'Hello' }, capture: { id: { json: 'id' } }`,
  )
  const directory = await project(`steps: [${zipped}, ${step('GET', '/:id')}]`)
  const { child } = flamegate(['demo.js', '--aa', '--rounds', '1', '--json'], directory)
  const report = JSON.parse((await child).stdout)
  const errors = report.comparisons.find(({ metric }: { metric: string }) => metric === 'errors')
  expect(errors).toMatchObject({ before: 0, after: 0 })
})
