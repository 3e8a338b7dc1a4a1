import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { makePlan } from '../../harness/plan/index.ts'
import { CAPABILITIES, folderWith, worldIn } from './world.ts'

const API = join(import.meta.dirname, '..', '..', 'harness', 'index.ts')

async function planOf(load: string, { files = {}, gates = '{}', request = {} } = {}) {
  const directory = await folderWith({
    'scenarios/demo.ts': `import { get, post, json, file, hold } from '${API}'
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
    ["{ steps: [get('/:id')] }", /`GET \/:id` uses `id`, which is neither captured nor in the data/],
    [
      "{ steps: [get('/:id'), get('/', { capture: { id: { json: 'id' } } })] }",
      /uses `id`, which is captured by a later step only/,
    ],
    ["{ steps: [get('/:idd')], data: [{ id: 1 }] }", /uses `idd`/],
    ["{ steps: [get('/')], data: [] }", /list of data is empty/],
    ["{ steps: [get('/:id')], data: { file: 'empty.csv' } }", /no rows/],
    ["{ steps: [get('/:id')], data: { file: 'none.csv' } }", /none\.csv cannot be read/],
    ["{ steps: [get('/:id')], data: { file: 'data.xml' } }", /has not the shape/],
    ["{ steps: [post('/', file('none.bin'))] }", /none\.bin cannot be read/],
    ["{ steps: [get('/a', { weight: 1 }), get('/b')] }", /`GET \/b` has no weight/],
    ["{ steps: [get('/', { capture: { a: { json: 'a' } } })], pipelining: 2 }", /already on its way/],
    ["{ steps: [get('/', { capture: { a: { match: 'no group' } } })] }", /has not the shape/],
    ["{ steps: [post('/', { product: 7 })] }", /has not the shape/],
    ["{ steps: [{ ...get('/'), method: 'CONNECT' }] }", /has not the shape/],
    ["{ steps: [{ ...get('/'), method: 'get' }] }", /has not the shape/],
    ["{ steps: [get('/')], rate: 'fast' }", /has not the shape/],
    ["{ steps: [get('/')], rate: 100, engine: 'closed' }", /sends at no rate of its own/],
    ["{ steps: [get('/')], phases: [hold(1, 5)] }", /has not the shape/],
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

  test('other data is another load', async () => {
    const prints = await Promise.all(
      ['1', '2'].map(async id => {
        const files = { 'scenarios/d.csv': `id\n${id}\n` }
        return (await planOf("{ steps: [get('/:id')], data: { file: 'd.csv' } }", { files })).fingerprint
      }),
    )
    expect(new Set(prints).size).toBe(2)
  })

  test('a gate on latency asks for the open loop, unless the scenario chooses; its rate is found later', async () => {
    const gates = "{ 'latency.p99': '+10%' }"
    const { load } = await planOf("{ steps: [get('/')] }", { gates })
    expect(load).toMatchObject({ engine: 'open', arrivals: 'poisson' })
    expect(load.rate).toBeUndefined()
    expect((await planOf("{ steps: [get('/')], rate: '70%' }", { gates })).load.rate).toBe('70%')
    expect((await planOf("{ steps: [get('/')], engine: 'closed' }", { gates })).load.engine).toBe('closed')
    expect((await planOf("{ steps: [get('/')] }")).load.engine).toBe('closed')
  })

  test('capacity is looked for in an open loop, and nothing else is gated', async () => {
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
