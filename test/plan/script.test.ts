import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { makePlan } from '../../harness/plan/index.ts'
import { CAPABILITIES, folderWith, worldIn } from './world.ts'

const API = join(import.meta.dirname, '..', '..', 'harness', 'index.ts')

async function planOf(load: string, { files = {}, gates = '{}', request = {} } = {}) {
  const directory = await folderWith({
    'scenarios/demo.ts': `import { get, grpc, post, json, file, hold } from '${API}'
export default {
  target: { name: 'shop', command: ['node', 'server.js'], directory: import.meta.dirname },
  variants: { a: {}, b: {} }, baseline: 'a', gates: ${gates}, load: ${load},
}`,
    ...files,
  })
  return makePlan({ scenario: 'demo', ...request }, worldIn(directory), CAPABILITIES)
}

describe('a script that cannot run is refused before anything starts', () => {
  test.each([
    ["{ steps: [get('/:id')] }", /`GET \/:id` uses `id`, which no step captures and no row of the data has/],
    [
      "{ steps: [get('/:id'), get('/', { capture: { id: { json: 'id' } } })] }",
      /uses `id`, which only a later step captures/,
    ],
    ["{ steps: [get('/:idd')], data: [{ id: 1 }] }", /uses `idd`/],
    ["{ steps: [get('/')], data: () => { throw new Error('no rows') } }", /function in `load.data` fails/],
    ["{ steps: [get('/')], data: async () => ({ id: 1 }) }", /does not return a row/],
    ["{ steps: [get('/')], data: [] }", /list in `load.data` is empty/],
    ["{ steps: [get('/:id')], data: { file: 'empty.csv' } }", /no rows/],
    ["{ steps: [get('/:id')], data: { file: 'none.csv' } }", /none\.csv cannot be read/],
    ["{ steps: [get('/:id')], data: { file: 'data.xml' } }", /\.csv, \.jsonl or \.ndjson file/],
    ["{ steps: [post('/', file('none.bin'))] }", /none\.bin cannot be read/],
    ["{ steps: [get('/a', { weight: 1 }), get('/b')] }", /`GET \/b` has no weight/],
    ["{ steps: [get('/', { capture: { a: { json: 'a' } } })], pipelining: 2 }", /already on its way/],
    [
      "{ steps: [get('/chat', { headers: { Upgrade: 'websocket' } })] }",
      /`GET \/chat` opens a WebSocket, which is not supported/,
    ],
    ["{ steps: [get('/', { redirects: 21 })] }", /redirects.*a whole number from 0 to 20/s],
    ["{ steps: [grpc('/shop.Orders/List', import.meta.filename)] }", /is a gRPC call, which needs HTTP\/2/],
    ["{ steps: [get('/')], cookies: true, pipelining: 2 }", /no cookies are kept/],
    ["{ steps: [get('/', { events: 3 })], pipelining: 2 }", /no answer can be left before its end/],
    ["{ steps: [get('/', { events: 0 })] }", /`load\.steps\[0\]\.events` must be a whole number from 1/],
    ["{ steps: [get('/', { capture: { a: { match: 'no group' } } })] }", /regular expression with a group/],
    ["{ steps: [post('/', { product: 7 })] }", /made with json/],
    ["{ steps: [{ ...get('/'), method: 'CONNECT' }] }", /must be another method/],
    ["{ steps: [{ ...get('/'), method: 'get' }] }", /must be a method in capitals/],
    ["{ steps: [get('/')], rate: 'fast' }", /number of requests per second/],
    ["{ steps: [get('/')], rate: 100, engine: 'closed' }", /does not send at a rate of its own/],
    ["{ steps: [get('/')], phases: [hold(1, 5)] }", /milliseconds from 100 to 600000/],
  ])('%s', async (load, message) => {
    await expect(planOf(load, { files: { 'scenarios/empty.csv': 'id\n' } })).rejects.toThrow(message)
  })
})

describe('what the plan says', () => {
  test('functions are kept as their text, files as their hash', async () => {
    const plan = await planOf(
      "{ steps: [post('/:id', file('a.bin'), { expect: { body: body => body.length > 1 } })], data: () => ({ id: 1 }) }",
      { files: { 'scenarios/a.bin': 'a' } },
    )
    expect(plan.load.steps[0]!.expect!.body).toEqual({ code: expect.stringContaining('body.length > 1') })
    expect(plan.load.data).toMatchObject({ from: 'function' })
    expect(plan.load.files!['a.bin']).toMatch(/^ca978112/)
    expect(JSON.parse(JSON.stringify(plan.load))).toEqual(plan.load)
  })

  test('other data changes the fingerprint', async () => {
    const prints = await Promise.all(
      ['1', '2'].map(async id => {
        const files = { 'scenarios/d.csv': `id\n${id}\n` }
        return (await planOf("{ steps: [get('/:id')], data: { file: 'd.csv' } }", { files })).fingerprint
      }),
    )
    expect(new Set(prints).size).toBe(2)
  })

  test('a gate on latency needs the open loop, unless the scenario chooses; its rate is found later', async () => {
    const gates = "{ 'latency.p99': '+10%' }"
    const { load } = await planOf("{ steps: [get('/')] }", { gates })
    expect(load).toMatchObject({ engine: 'open', arrivals: 'poisson' })
    expect(load.rate).toBeUndefined()
    expect((await planOf("{ steps: [get('/')], rate: '70%' }", { gates })).load.rate).toBe('70%')
    expect((await planOf("{ steps: [get('/')], engine: 'closed' }", { gates })).load.engine).toBe('closed')
    expect((await planOf("{ steps: [get('/')] }")).load.engine).toBe('closed')
  })

  test('the search for a capacity uses the open loop, and has no other gate', async () => {
    const plan = await planOf("{ steps: [get('/')], engine: 'closed' }", { request: { capacity: 50 } })
    expect(plan).toMatchObject({
      capacity: { percentile: 99, limit: 50_000 },
      load: { engine: 'open' },
      gates: [{ metric: 'capacity', margin: 0.05 }],
      collectors: [],
    })
    expect(plan.repeat).toContain('capacity demo --limit 50ms')
  })
})
