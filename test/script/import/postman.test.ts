import { expect, test } from 'vitest'
import { imported, sample } from './imported.ts'

test('a collection becomes a flow of its requests, and says what it leaves out', () => {
  const { steps, notes, text } = imported('postman', sample('shop.postman.json'))
  expect(steps).toMatchObject([
    {
      path: '/v1/products?page=2',
      headers: { authorization: 'Bearer {{postman_token}}', accept: 'application/json' },
    },
    { path: '/v1/products/7', headers: { authorization: 'Bearer {{postman_token}}' } },
    {
      name: 'POST /v1/orders',
      headers: { authorization: '{{authorization}}' },
      body: { kind: 'json', value: { product: 7 } },
    },
    { name: 'POST /v1/login', body: { kind: 'form', fields: { user: 'ada', lang: 'en' } } },
  ])
  expect(steps).toHaveLength(4)
  expect(steps[0]!.headers).not.toHaveProperty('x-off')
  expect(steps[3]!.headers).toBeUndefined()
  expect(text).not.toMatch(/lovelace|YWRhOmxvdmVsYWNl/)
  expect(notes).toEqual([
    'Left out, or different:',
    'shop.postman.json: Products: Any: a request with `{{$randomInt}}`, which Postman makes up',
    'shop.postman.json: Order: its tests are left out',
    'shop.postman.json: Upload: a request with `/home/ada/a.png`, a file to upload',
    'shop.postman.json: Elsewhere: a request to another origin (pay.example.com)',
    'Secrets are not in this file. Set them in the environment of a run, or log in and capture them in `setup`:',
    'SECRET_AUTHORIZATION',
    'Values that come from the environment of a run:',
    'POSTMAN_TOKEN',
  ])
})

const one = (request: object, variable: object[] = []) =>
  imported(
    'postman',
    JSON.stringify({
      variable,
      item: [{ name: 'it', request: { method: 'POST', url: 'shop.test/a', ...request } }],
    }),
    'shop.json',
  )

test.each<[object, object]>([
  [{ url: '{{base-url}}/b' }, { path: '/b' }],
  [{ url: '{{outer}}/b' }, { path: '/v2/b' }],
  [
    {
      url: {
        raw: 'https://shop.test:8443/:kind/:id?a=:id',
        variable: [
          { key: 'kind', value: 'x' },
          { key: 'id', value: '7' },
        ],
      },
    },
    { path: '/x/7?a=:id' },
  ],
  [
    { auth: { type: 'apikey', apikey: { key: 'k', value: '{{apiKey}}', in: 'query' } } },
    { path: '/a?k={{postman_apikey}}' },
  ],
  [
    {
      auth: {
        type: 'apikey',
        apikey: [
          { key: 'key', value: 'x-kind' },
          { key: 'value', value: 'shop' },
        ],
      },
    },
    { headers: { 'x-kind': 'shop' } },
  ],
  [
    { auth: { type: 'basic', basic: [{ key: 'username', value: '{{user}}' }] } },
    { headers: { authorization: 'Basic {{basic_credentials}}' } },
  ],
  [{ header: 'X-A: 1\nX-B: {{inner}}' }, { headers: { 'x-a': '1', 'x-b': '/v2' } }],
  [
    { body: { mode: 'raw', raw: '{"id": {{id}}}', options: { raw: { language: 'json' } } } },
    { body: { kind: 'raw', text: '{"id": {{postman_id}}}', type: 'application/json' } },
  ],
  [
    {
      body: {
        mode: 'formdata',
        formdata: [
          { key: 'a', value: '1' },
          { key: 'b', value: '2', disabled: true },
        ],
      },
    },
    { body: { kind: 'multipart', parts: { a: '1' } } },
  ],
  [
    { body: { mode: 'graphql', graphql: { query: '{ a }', variables: '{"b": 1}' } } },
    { body: { kind: 'json', value: { query: '{ a }', variables: { b: 1 } } } },
  ],
])('a request is read: %j', (request, step) => {
  const variables = [
    { key: 'outer', value: 'http://shop.test{{inner}}' },
    { key: 'inner', value: '/v2' },
    { key: 'loop', value: '{{loop}}' },
  ]
  expect(one(request, variables).steps).toMatchObject([step])
})

test('a language of a body that is not known is plain text', () => {
  const body = { mode: 'raw', raw: 'x', options: { raw: { language: '__proto__' } } }
  expect(one({ body }).steps[0]!.body).toMatchObject({ type: 'text/plain' })
})

test('variables that name themselves end somewhere', () => {
  expect(one({ url: 'shop.test/{{loop}}' }, [{ key: 'loop', value: '{{loop}}' }]).steps[0]!.path).toBe(
    '/{{postman_loop}}',
  )
})

test.each([
  [{ auth: { type: 'oauth2' } }, 'shop.json: it: its authorization by `oauth2` is left out'],
  [
    { body: { mode: 'graphql', graphql: { query: '{ a }', variables: '{' } } },
    'shop.json: it: its variables are left out',
  ],
])('%j is left out with its name', (request, note) => {
  expect(one(request).notes.join('\n')).toContain(note)
})
