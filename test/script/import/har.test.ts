import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { entry, headers, load, posted, scenarioFromHar, sent, textOf } from './recordings.ts'

describe('a recording of a browser (Chromium by Playwright, shortened)', () => {
  const recording = readFileSync(`${import.meta.dirname}/../../fixtures/recordings/shop.har`)
  const { text, notes } = scenarioFromHar(recording, '../targets/shop.ts')

  test('becomes a scenario of the requests that can be sent again, with a reason for each that was left out', () => {
    expect(load(text).load.steps.map(({ name, expect }) => [name, expect?.status])).toEqual([
      ['GET /', undefined],
      ['GET /logo.png', undefined],
      ['GET /next', undefined],
      ['GET /', undefined],
      ['GET /logo.png', undefined],
      ['GET /next', undefined],
      ['GET /search?q=blue%20shoes&api_key={{api_key}}', undefined],
      ['POST /template', undefined],
      ['PUT /template', undefined],
      ['POST /login', 302],
      ['GET /account', undefined],
      ['POST /upload', undefined],
      ['HEAD /logo.png', undefined],
      ['GET /range', undefined],
      ['DELETE /items/1', undefined],
      ['GET /gone', 404],
      // Recorded as 304.
      ['GET /logo.png', undefined],
    ])
    expect(notes.slice(0, 7)).toEqual([
      'Recorded from http://127.0.0.1:36493: 17 of 24 requests.',
      'Left out:',
      '- 2 without an answer: blocked, cancelled or failed',
      '- 1 whose answer does not end (events)',
      '- 1 to WebSockets',
      '- 2 whose body is not in the recording',
      '- 1 to other origins (127.0.0.1:44639)',
    ])
    for (const note of notes) expect(text).toContain(`// ${note}\n`)
  })

  test('leaves no secret in the scenario, which says where to set each one', () => {
    expect(text).not.toMatch(/s3cr3t|k-9f8e|love|tok-0123|abcdefgh/)
    expect(notes.slice(8)).toEqual(
      ['COOKIE', 'API_KEY', 'PASSWORD', 'AUTHORIZATION', 'X_AUTH_TOKEN'].map(name => `- SECRET_${name}`),
    )
  })

  test('keeps headers of the application, and braces as they were', () => {
    const { steps } = load(text).load
    expect(steps[8]).toMatchObject({
      body: { kind: 'raw', text: 'Dear \\{{name}}', type: 'text/plain' },
      headers: { 'accept-language': 'en-US,en;q=0.9', cookie: '{{cookie}}', 'x-note': 'a \\{{name}}' },
    })
    expect(Object.keys(steps[8]!.headers!)).toHaveLength(3)
    expect(steps[11]!.body).toEqual({ kind: 'multipart', parts: { title: 'Ä picture', size: '7' } })
    expect(steps[13]!.headers).toMatchObject({ range: 'bytes=1-3' })
    expect(steps[16]!.headers).not.toHaveProperty('if-none-match')
  })
})

describe('a request becomes a step', () => {
  test('with its method, path, body and expected status', () => {
    const steps = load(
      textOf([
        entry('GET', 'http://shop.test/products?page=2', {
          headers: headers({ Accept: 'application/json' }),
        }),
        entry('POST', 'http://shop.test/cart', {
          headers: headers({ 'content-type': 'application/json' }),
          postData: { mimeType: 'application/json', text: '{"product": 7, "note": "it\'s"}' },
        }),
        entry('POST', 'http://shop.test/login', {
          postData: { mimeType: 'application/x-www-form-urlencoded', text: 'user=ada&word=a%20b' },
        }),
        entry('DELETE', 'http://shop.test/cart/1', {}, 404),
        entry('OPTIONS', 'http://shop.test/a:b/:c'),
        entry('GET', 'http://shop.test/search', { postData: { mimeType: 'text/plain', text: 'x' } }),
      ]),
    ).load.steps
    expect(steps).toMatchObject([
      { method: 'GET', path: '/products?page=2', headers: { accept: 'application/json' } },
      { method: 'POST', path: '/cart', body: { kind: 'json', value: { product: 7, note: "it's" } } },
      { method: 'POST', path: '/login', body: { kind: 'form', fields: { user: 'ada', word: 'a b' } } },
      { method: 'DELETE', path: '/cart/1', expect: { status: 404 } },
      { method: 'OPTIONS', path: '/a:b/%3Ac' },
      { method: 'GET', path: '/search', body: { kind: 'raw', text: 'x' } },
    ])
  })

  test('without conditions, expecting what an empty cache would get', () => {
    const conditions = { 'If-None-Match': '"1"', 'If-Modified-Since': 'x', 'If-Range': 'x' }
    const [step] = load(textOf([entry('GET', 'http://a.test/', { headers: headers(conditions) }, 304)])).load
      .steps
    expect(step).toEqual({ name: 'GET /', method: 'GET', path: '/' })
  })

  test('without headers of the connection or HTTP/2, and with repeated headers joined', () => {
    const all = [
      ...headers({
        ':authority': 'a.test',
        Host: 'a.test',
        'Content-Length': '3',
        Connection: 'x',
        'X-Tenant': '7',
      }),
      ...headers({ 'sec-fetch-mode': 'x', 'bad name': 'x', 'x-line': 'a\r\nb: c', 'x-far': '漢' }),
      ...headers({ 'X-Many': 'one' }),
      ...headers({ 'x-many': 'two' }),
    ]
    const postData = { mimeType: 'text/plain', text: 'abc' }
    const [step] = load(textOf([entry('POST', 'http://a.test/', { headers: all, postData })])).load.steps
    expect(step!.headers).toEqual({ 'x-tenant': '7', 'x-many': 'one, two' })
  })

  test('whose content cannot break out of its strings', () => {
    const path = "/x?'+process.exit(1)+'`\\"
    const text = textOf([
      entry('POST', `http://a.test${path}`, { postData: { mimeType: "a'b", text: "'); throw 1; ('\n" } }),
      entry('PUT', `http://a.test/`, {
        postData: { mimeType: 'multipart/form-data', params: [{ name: "'*/", value: '*/' }] },
      }),
    ])
    expect(load(text).load.steps).toMatchObject([
      { method: 'POST', body: { kind: 'raw', text: "'); throw 1; ('\n", type: "a'b" } },
      { method: 'PUT', body: { kind: 'multipart', parts: { "'*/": '*/' } } },
    ])
  })

  test('that is sent as recorded, whatever its texts contain', () => {
    const texts = fc
      .array(
        fc.oneof(
          fc.constantFrom('{{', '}}', '\\', '{{a}}', '"', "'", '\n', ':'),
          fc.string({ unit: 'grapheme' }),
        ),
      )
      .map(parts => parts.join(''))
      .filter(text => text !== '' && !text.includes('\uFFFD') && text.isWellFormed())
    fc.assert(
      fc.property(texts, text => {
        const json = JSON.stringify({ text, list: [text] })
        const form = new URLSearchParams([['a', text]]).toString()
        const bodies = sent([
          posted('text/plain', text),
          posted('application/json', json),
          posted('application/x-www-form-urlencoded', form),
          posted('application/x-www-form-urlencoded', `${form}&${form}`),
        ]).map(({ body }) => String(body))
        expect(bodies[0]).toBe(text)
        expect(JSON.parse(bodies[1]!)).toEqual(JSON.parse(json))
        expect([...new URLSearchParams(bodies[2])]).toEqual([['a', text]])
        expect([...new URLSearchParams(bodies[3])]).toEqual([
          ['a', text],
          ['a', text],
        ])
      }),
    )
  })
})

describe('a body', () => {
  const stepOf = (recorded: unknown) => load(textOf([recorded])).load.steps[0]!

  test.each([
    [
      'keeps all digits',
      posted('application/json', '{"id": 12345678901234567890}'),
      '{"id": 12345678901234567890}',
    ],
    ['keeps every key', posted('application/json', '{"__proto__": {"a": 1}}'), '{"__proto__": {"a": 1}}'],
    ['of several lines', posted('application/x-ndjson', '{"a":1}\n{"a":2}'), '{"a":1}\n{"a":2}'],
  ])('of JSON %s', (_, recorded, body) => {
    expect(sent([recorded])[0]!.body).toBe(body)
  })

  test('of JSON keeps a special media type', () => {
    const type = 'application/vnd.api+json; charset=utf-8'
    expect(sent([posted(type, '{"a":1}')])[0]).toMatchObject({
      headers: { 'content-type': type },
      body: '{"a":1}',
    })
    expect(stepOf(posted('application/json;charset=UTF-8', '{}')).headers).toBeUndefined()
  })

  test('in base64 is decoded, and sent as bytes if it is not text', () => {
    const base64 = (bytes: Buffer) => posted('x/y', bytes.toString('base64'), { encoding: 'base64' })
    expect(stepOf(base64(Buffer.from('häl')))).toMatchObject({ body: { kind: 'raw', text: 'häl' } })
    const bytes = Buffer.from([0, 255, 10])
    expect(stepOf(base64(bytes))).toMatchObject({ body: { kind: 'bytes', base64: bytes.toString('base64') } })
  })

  test('of a form in parameters is decoded once, however the browser wrote them', () => {
    const params = [
      { name: 'a', value: '100%25+x' },
      { name: 'b', value: '100%' },
    ]
    expect(stepOf(posted('application/x-www-form-urlencoded', '', { params })).body).toMatchObject({
      fields: { a: '100% x', b: '100%' },
    })
  })

  test('of several parts is built from parameters, with files whose content was recorded', () => {
    const type = 'multipart/form-data; boundary=lost'
    const plain = [
      { name: 'title', value: 'x' },
      { name: 'size', value: '7' },
    ]
    expect(stepOf(posted(type, '', { params: plain })).body).toEqual({
      kind: 'multipart',
      parts: { title: 'x', size: '7' },
    })
    const params = [
      ...plain,
      { name: 'upload', value: 'hello {{x}}', fileName: 'a.txt', contentType: 'text/plain' },
    ]
    const [request] = sent([posted(type, '', { params })])
    const boundary = /boundary=(.*)$/.exec(request!.headers['content-type']!)![1]
    expect(request!.body).toBe(
      `--${boundary}\r\ncontent-disposition: form-data; name="title"\r\n\r\nx\r\n--${boundary}\r\ncontent-disposition: form-data; name="size"\r\n\r\n7\r\n--${boundary}\r\ncontent-disposition: form-data; name="upload"; filename="a.txt"\r\ncontent-type: text/plain\r\n\r\nhello {{x}}\r\n--${boundary}--\r\n`,
    )
  })

  test('of several parts with one name keeps both', () => {
    const params = [
      { name: 'tag', value: 'a' },
      { name: 'tag', value: 'b' },
    ]
    const [request] = sent([posted('multipart/form-data', '', { params })])
    expect(request!.body).toMatch(/name="tag"\r\n\r\na\r\n.*name="tag"\r\n\r\nb\r\n/s)
  })
})
