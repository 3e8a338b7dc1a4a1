import { describe, expect, test } from 'vitest'
import { imported, sample } from './imported.ts'

test('a description becomes requests for what it has examples of, and names the others', () => {
  const { steps, notes } = imported('openapi', sample('shop.openapi.yaml'))
  const headers = { authorization: 'Bearer {{token}}' }
  expect(steps).toMatchObject([
    { name: 'GET /v2/products?page=1', headers },
    { name: 'GET /v2/products/7', headers },
    { name: 'GET /v2/old', expect: { status: 301 } },
    {
      name: 'POST /v2/products?page=1',
      headers,
      body: { kind: 'json', value: { name: 'Shoes', size: 'small' } },
    },
  ])
  expect(notes).toEqual([
    'Left out, or different:',
    'shop.openapi.yaml:26: DELETE /products/{id} is left out: without a body, only GET is asked',
    'shop.openapi.yaml:31: GET /search is left out: there is no example of the parameter `q`',
    'Values that come from the environment of a run:',
    'TOKEN',
  ])
})

const api = (paths: object, more: object = {}) =>
  imported('openapi', JSON.stringify({ openapi: '3.1.0', paths, ...more }), 'api.json')

describe('a parameter', () => {
  test.each<[object, string]>([
    [{ in: 'path', name: 'id', example: 'a b' }, '/x/a%20b'],
    [{ in: 'path', name: 'id', examples: { one: { value: 0 } } }, '/x/0'],
    [{ in: 'path', name: 'id', schema: { enum: ['big', 'small'] } }, '/x/big'],
    [{ in: 'path', name: 'id', schema: { examples: [5] } }, '/x/5'],
    [{ in: 'path', name: 'id', content: { 'text/plain': { example: 'c' } } }, '/x/c'],
    [{ in: 'path', name: 'id', schema: { type: 'array', items: { default: 3 } } }, '/x/3'],
  ])('has an example: %j', (parameter, path) => {
    expect(api({ '/x/{id}': { get: { parameters: [parameter] } } }).steps).toMatchObject([{ path }])
  })

  test('of an operation replaces that of its path, and an optional one is not sent', () => {
    const parameters = [
      { in: 'query', name: 'a', required: true, example: 1 },
      { in: 'query', name: 'b', example: 2 },
    ]
    const own = [{ in: 'query', name: 'a', required: true, example: 9 }]
    expect(api({ '/x': { parameters, get: { parameters: own } } }).steps).toMatchObject([{ path: '/x?a=9' }])
  })

  test('can be a header or a cookie', () => {
    const parameters = [
      { in: 'header', name: 'X-Tenant', required: true, example: 7 },
      { in: 'cookie', name: 'theme', required: true, example: 'dark' },
    ]
    expect(api({ '/x': { get: { parameters } } }).steps).toMatchObject([
      { headers: { 'x-tenant': '7', cookie: '{{cookie}}' } },
    ])
  })
})

const post = (content: object, more: object = {}) =>
  api({ '/x': { post: { requestBody: { content } } }, '/y': { get: {} } }, more)

test.each<[object, object | undefined]>([
  [{ 'application/json': { example: { a: 1 } } }, { kind: 'json', value: { a: 1 } }],
  [
    { 'application/json': { examples: { x: { $ref: '#/components/examples/x' } } } },
    { kind: 'json', value: { b: 2 } },
  ],
  [{ 'application/x-www-form-urlencoded': { example: { a: 1 } } }, { kind: 'form', fields: { a: '1' } }],
  [{ 'text/csv': { example: 'a,b' } }, { kind: 'raw', text: 'a,b', type: 'text/csv' }],
  [
    { 'application/json': { schema: { $ref: '#/components/schemas/Tree' } } },
    { kind: 'json', value: { name: 'oak' } },
  ],
  [
    {
      'application/json': {
        schema: { required: ['a'], properties: { a: { type: 'string' }, b: { default: 1 } } },
      },
    },
    undefined,
  ],
  [{ 'application/json': { schema: { $ref: 'other.yaml#/X' } } }, undefined],
  [{ 'application/json': { schema: { $ref: '#/components/schemas/Endless' } } }, undefined],
])('a body: %j', (content, body) => {
  const components = {
    examples: { x: { value: { b: 2 } } },
    schemas: {
      Tree: { properties: { name: { example: 'oak' }, child: { $ref: '#/components/schemas/Tree' } } },
      Endless: { $ref: '#/components/schemas/Endless' },
    },
  }
  const { steps, notes } = post(content, { components })
  if (body) expect(steps[1]).toMatchObject({ method: 'POST', body })
  else expect(notes).toContain('api.json: POST /x is left out: there is no example of its body')
})

test('security asks for values of the environment', () => {
  const securitySchemes = {
    key: { type: 'apiKey', in: 'header', name: 'X-Key' },
    query: { type: 'apiKey', in: 'query', name: 'key' },
    basic: { type: 'http', scheme: 'basic' },
  }
  const paths = {
    '/a': { get: { security: [{ key: [] }] } },
    '/b': { get: { security: [{ query: [] }] } },
    '/c': { get: { security: [{ basic: [] }] } },
  }
  const { steps } = api(paths, { components: { securitySchemes } })
  expect(steps).toMatchObject([
    { headers: { 'x-key': '{{x_key}}' } },
    { path: '/b?key={{key}}' },
    { headers: { authorization: 'Basic {{basic_credentials}}' } },
  ])
})

test('of many routes, the first 20 are taken and the others named', () => {
  const paths = Object.fromEntries(Array.from({ length: 22 }, (_, i) => [`/r${i}`, { get: {} }]))
  const { steps, notes } = api(paths)
  expect(steps).toHaveLength(20)
  expect(notes).toContain('api.json: 2 routes after the first 20: GET /r20, GET /r21')
})
