import { expect, test } from 'vitest'
import { imported, sample } from './imported.ts'

test('a test with several scenarios becomes a mix, and says what it leaves out', () => {
  const { setup, steps, engine, rate, scenario, notes, text } = imported(
    'artillery',
    sample('shop.artillery.yml'),
  )
  const headers = { 'x-api-key': '{{x-api-key}}' }
  expect(setup).toMatchObject([{ name: 'POST /api/login', capture: { token: { json: 'token' } }, headers }])
  expect(steps).toEqual([
    expect.objectContaining({ path: '/api/products?category=shoes&page=2', headers, weight: 3 }),
    expect.objectContaining({
      path: '/api/cart',
      headers: { ...headers, authorization: 'Bearer {{token}}' },
      body: { kind: 'json', value: { product: 7, page: 2 } },
      expect: { status: 201 },
      weight: 1,
    }),
  ])
  expect([engine, rate]).toEqual(['open', 40])
  expect(scenario.gates).toMatchObject({ 'latency.p99': { max: '250ms' } })
  expect(text).not.toMatch(/lovelace|abc-123/)
  for (const note of [
    'of the phases, the highest is taken: 40 arrivals per second',
    'of the values of `category`, the first is taken',
    '`payload` is left out',
    '`processor` is left out',
    '`p95 < 200 ms` is left out: gates know p50, p90, p99 and p99.9',
    'the expectation `contentType` is left out',
    '`think` is left out, here and elsewhere',
    'a request with `{{ email }}`, which is known only while the test runs',
    'a request that needs a value which no earlier step captures (item)',
    '`loop` is left out',
    '`function` is left out',
    'a scenario for `ws` is left out',
  ])
    expect(
      notes.filter(line => /^shop\.artillery\.yml:\d+: /.test(line) && line.endsWith(note)),
    ).toHaveLength(1)
})

const flow = (steps: object[], config: object = {}) =>
  imported(
    'artillery',
    JSON.stringify({ config: { target: 'http://shop.test', ...config }, scenarios: [{ flow: steps }] }),
    'test.json',
  )

test('one scenario becomes a flow, in which later steps use what earlier ones capture', () => {
  const { steps, rate } = flow(
    [
      {
        post: {
          url: '/a',
          form: { b: 1 },
          capture: [
            { json: '$.list[0]["id"]', as: 'id' },
            { header: 'ETag', as: 'tag' },
          ],
        },
      },
      {
        get: {
          url: '/a/{{ id }}',
          headers: { 'if-tag': '{{ tag }}' },
          auth: { user: 'ada', pass: 'x' },
          cookie: { theme: 'dark' },
        },
      },
      {
        put: {
          url: 'http://shop.test/b',
          json: { id: '{{ id }}', text: 'no {{ id }}' },
          expect: [{ statusCode: [200, 204] }],
        },
      },
    ],
    { phases: [{ arrivalRate: 5 }] },
  )
  expect(steps).toMatchObject([
    {
      body: { kind: 'form', fields: { b: '1' } },
      capture: { id: { json: 'list.0.id' }, tag: { header: 'etag' } },
    },
    { path: '/a/{{id}}', headers: { authorization: '{{authorization}}', cookie: '{{cookie}}' } },
    {
      path: '/b',
      body: { kind: 'json', value: { id: '{{id}}', text: 'no {{id}}' } },
      expect: { status: [200, 204] },
    },
  ])
  expect(rate).toBe(15)
})

test.each([
  [{ target: '{{ $processEnvironment.TARGET }}' }, '/a', '/a'],
  [{ target: '{{ somewhere }}' }, 'a', '/a'],
  [{ target: undefined }, '/a', '/a'],
  [{ target: 'http://shop.test/v1/' }, '/a?b=1', '/v1/a?b=1'],
])('the target can be unknown, and have a path: %j', (config, url, path) => {
  expect(flow([{ get: { url } }], config).steps).toMatchObject([{ path }])
})

test('variables of the environment come from that of a run', () => {
  const { steps, text, notes } = flow([{ get: { url: '/a', headers: { 'x-a': '{{ $env.SHOP_TENANT }}' } } }])
  expect(steps[0]!.headers).toEqual({ 'x-a': '{{shop_tenant}}' })
  expect(text).toContain("shop_tenant: process.env.SHOP_TENANT ?? ''")
  expect(notes).toEqual(['Values that come from the environment of a run:', 'SHOP_TENANT'])
})

test('a file to upload is not in the test', () => {
  const { notes } = flow([
    { get: { url: '/a' } },
    { post: { url: '/b', formData: { document: { fromFile: './a.pdf' } } } },
  ])
  expect(notes).toContain('test.json: a request with `document`, a file to upload')
})

test('`qs` joins the query that is there, and a parameter that is only a capture stays readable', () => {
  const { steps } = flow([
    { get: { url: '/a', capture: { json: '$.id', as: 'id' } } },
    { get: { url: '/b?c=1', qs: { d: '{{ id }}' } } },
  ])
  expect(steps[1]!.path).toBe('/b?c=1&d={{id}}')
})
