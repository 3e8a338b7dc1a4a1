/** Services that answer something else once they are under load. */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { folderWith } from '../plan/world.ts'
import { type Ended, flamegate, printed } from './flamegate.ts'
import { SHORT, scenario, service } from './project.ts'

/** Behaves as the path says. It answers the first `FROM` requests well. */
const SERVICE = service(
  `if (request.url === '/health') return response.end()
  const over = ++answers > from
  if (request.url === '/limited' && over) return response.writeHead(429).end('Too many requests')
  if (request.url === '/shedding' && over) return response.writeHead(503, { 'retry-after': '1' }).end('busy')
  if (request.url === '/zipped') return response.writeHead(200, { 'content-encoding': 'gzip' }).end(zipped)
  if (request.method === 'POST') {
    for await (const _ of request);
    return response.end(over ? '{"data":null,"errors":[{"message":"too deep"}]}' : '{"data":{}}')
  }
  response.end('Hello')`,
  `import { gzipSync } from 'node:zlib'
const from = Number(process.env.FROM ?? 200)
const zipped = gzipSync('{"id":"7","text":"Hello"}')
let answers = 0`,
)

const step = (method: string, path: string, more = '') =>
  `{ name: '${method} ${path}', method: '${method}', path: '${path}', ${more} }`

const project = (load: string) =>
  folderWith({
    'service.js': SERVICE,
    'demo.js': scenario(
      `${SHORT} load: { connections: 4, ${load} }, gates: { 'cpu.perRequest': '+2%' },`,
      "ready: '/health'",
    ),
  })

const onOneLine = ({ stdout }: Ended) => stdout.replaceAll(/\s+/g, ' ')

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
  ])('gets no verdict for %s, whatever its CPU time', async (_, load, answered, found) => {
    const directory = await project(load)
    const environment = { COLUMNS: '500' }
    const run = await flamegate(['demo.js', '--aa', '--rounds', '2'], { directory, environment })
    expect(run).toMatchObject({ exitCode: 3, left: [], stdout: expect.stringMatching(/⊘ not comparable/) })
    const report = printed({ stdout: readFileSync(join(run.output, 'report.json'), 'utf8') })
    expect(report.verdict).toMatchObject({
      status: 'not comparable',
      unusable: expect.stringMatching(answered),
    })
    expect(report.gates).toMatchObject([{ metric: 'cpu.perRequest', status: 'not comparable' }])
    expect(report.findings).toContainEqual(
      expect.objectContaining({ severity: 'error', message: expect.stringMatching(found) }),
    )
  })

  it('gets none from a quick run either, which says so and how to proceed', async () => {
    const directory = await project(`steps: [${step('GET', '/limited')}]`)
    const run = await flamegate(['demo.js', '--aa', '--quick', '--rounds', '1'], { directory })
    expect(run.exitCode).toBe(3)
    expect(run.stdout).toMatch(
      /⊘ not comparable[\s\S]*There is nothing to conclude: 100 % of the \d+ requests/,
    )
    expect(onOneLine(run)).toMatch(/Switch the limiter off for the benchmark, raise its limit/)
  })

  it('is neither saved as a baseline nor compared with one', { timeout: 120_000 }, async () => {
    const directory = await project(`steps: [${step('GET', '/limited')}]`)
    const ask = (args: string[], from: number) =>
      flamegate(['demo.js', ...args, '--rounds', '2'], { directory, environment: { FROM: `${from}` } })
    const baseline = join(directory, '.bench', 'baselines', 'demo', 'main.json')
    const spoilt = await ask(['--save-baseline', 'main'], 200)
    expect({ code: spoilt.exitCode, kept: existsSync(baseline) }).toEqual({ code: 3, kept: false })
    expect(onOneLine(spoilt)).toContain('The run is not kept as a baseline.')

    const saved = await ask(['--save-baseline', 'main'], 1e9)
    expect({ code: saved.exitCode, kept: existsSync(baseline) }).toEqual({ code: 0, kept: true })
    const compared = await ask(['--baseline', 'main'], 200)
    expect(compared.exitCode).toBe(3)
    expect(compared.stdout).toContain('There is nothing to conclude')

    const records = await flamegate(['compare', saved.output, spoilt.output], { directory })
    expect(records.exitCode).toBe(3)
  })
})

it('gzipped bodies are checked during slices as they are before', async () => {
  const zipped = step(
    'GET',
    '/zipped',
    `headers: { 'accept-encoding': 'gzip' }, expect: { body: 'Hello' }, capture: { id: { json: 'id' } }`,
  )
  const directory = await project(`steps: [${zipped}, ${step('GET', '/:id')}]`)
  const run = await flamegate(['demo.js', '--aa', '--rounds', '1', '--json'], { directory })
  const errors = printed(run).comparisons.find(({ metric }) => metric === 'errors')
  expect(errors).toMatchObject({ before: 0, after: 0 })
})
