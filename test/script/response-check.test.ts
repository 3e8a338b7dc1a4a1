import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { HttpResponse } from '../../harness/model/http.ts'
import type { Expect, Step } from '../../harness/model/script.ts'
import { file, form, get, grpc, json, post, raw, request } from '../../harness/scenario/write.ts'
import { beginningOf, compileScript, decoded, isLimited } from '../../harness/script/index.ts'

const FILES = { 'query.json': Buffer.from('{"query":"{ a }"}') }

const response = (body: string | Buffer, headers: string[] = [], status = 200): HttpResponse => ({
  status,
  headers,
  body: Buffer.from(body),
})

/** What is wrong with a response to a step. */
function problem(step: Step, given: HttpResponse): string | undefined {
  const session = compileScript({ steps: [step], connections: 1 }, FILES, 1).session(0)
  return session.receive(session.requests(0, 1)[0]!, given)
}

const reads = (step: Step): boolean => {
  const session = compileScript({ steps: [step], connections: 1 }, FILES, 1).session(0)
  return session.reads(session.requests(0, 1)[0]!)
}

const expecting = (body: NonNullable<Expect['body']>) => get('/', { expect: { body } })

describe('encoded bodies', () => {
  const ENCODERS: [string, (body: Buffer) => Buffer][] = [
    ['gzip', gzipSync],
    ['GZIP', gzipSync],
    ['x-gzip', gzipSync],
    ['deflate', deflateSync],
    ['deflate', deflateRawSync],
    ['br', brotliCompressSync],
    ['zstd', zstdCompressSync],
    ['identity', body => body],
    ['', body => body],
    ['gzip, br', body => brotliCompressSync(gzipSync(body))],
    ['deflate ,gzip,identity', body => gzipSync(deflateSync(body))],
  ]

  test.each(ENCODERS)('%s is decoded', (encoding, encode) => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1 }), bytes => {
        const body = Buffer.from(bytes)
        expect(decoded(response(encode(body), ['Content-Encoding', encoding]))).toEqual(body)
      }),
      { numRuns: 30 },
    )
  })

  test('several encodings can be in one header or in several', () => {
    const body = brotliCompressSync(gzipSync(Buffer.from('text')))
    const headers = ['content-encoding', 'gzip', 'content-encoding', 'br']
    expect(problem(expecting('text'), response(body, headers))).toBeUndefined()
  })

  test('an empty body is not decoded', () => {
    expect(
      problem(
        expecting(body => body === ''),
        response('', ['content-encoding', 'gzip']),
      ),
    ).toBeUndefined()
  })

  test.each([
    [
      'cut off',
      gzipSync(Buffer.from('text')).subarray(0, 12),
      'gzip',
      /^a body that cannot be decoded as gzip \(.+\)$/,
    ],
    ['not encoded at all', Buffer.from('text'), 'br', /^a body that cannot be decoded as br \(.+\)$/],
    [
      'encoded in an unknown way',
      Buffer.from('text'),
      'compress',
      /^a body with the content-encoding `compress`/,
    ],
    [
      'encoded with the name of an object property',
      Buffer.from('text'),
      'constructor',
      /content-encoding `constructor`/,
    ],
    ['a bomb', gzipSync(Buffer.alloc(65 * 2 ** 20)), 'gzip', /\(it has more than 67108864 bytes\)$/],
  ])('a body that is %s is unexpected, with a reason', (_, body, encoding, reason) => {
    const given = response(body, ['content-encoding', encoding])
    expect(problem(expecting('text'), given)).toMatch(reason)
    expect(problem(get('/', { capture: { a: { match: '(t)' } } }), given)).toMatch(reason)
    expect(problem(get('/'), given)).toBeUndefined()
    expect(beginningOf(given, 100)).toBe('')
  })

  test.each([
    ['text/plain', Buffer.from('é'), 'é'],
    ['text/plain; charset=ISO-8859-1', Buffer.from('é', 'latin1'), 'é'],
    ['application/json;charset="utf-16le"', Buffer.from('é', 'utf16le'), 'é'],
    ['text/plain; charset=klingon', Buffer.from('é'), 'é'],
  ])('a body of type %s is read in its charset', (type, body, text) => {
    const headers = ['content-type', type, 'content-encoding', 'gzip']
    expect(
      problem(
        expecting(given => given === text),
        response(gzipSync(body), headers),
      ),
    ).toBeUndefined()
    expect(beginningOf(response(gzipSync(body), headers), 10)).toBe(text)
  })
})

describe('a GraphQL step', () => {
  const wrong = response('{"data":null,"errors":[{"message":"no such field"}]}')
  const query = { query: 'query User { user(id: 7) { name } }' }

  test.each([
    ['a document', post('/api', json(query))],
    ['a short document', post('/api', json({ query: '{ a }', variables: {} }))],
    ['one after a comment', post('/api', json({ query: '# who\n mutation { a }' }))],
    ['a batch', post('/api', json([query, query]))],
    ['a document as text', post('/api', raw(JSON.stringify(query), 'application/json'))],
    ['a document as bytes', post('/api', raw(Buffer.from(JSON.stringify(query)), 'application/json'))],
    ['a document in a file', post('/api', file('query.json', 'application/json'))],
    ['its media type', post('/api', raw('{ a }', 'application/graphql'))],
    ['its path', post('/v1/GraphQL', json({ id: 'persisted' }))],
    ['its path, and no body', post('/graphql?x=1')],
    ['a query in the path', get('/graphql?query=%7Ba%7D')],
    ['a query in addition to the path', get('/graphql', { query: { query: '{a}' } })],
    ['`graphqlErrors: false`', get('/other', { expect: { graphqlErrors: false } })],
  ])('is recognised by %s', (_, step) => {
    expect(problem(step, wrong)).toBe('a GraphQL error: no such field')
  })

  test.each([
    ['a search for words', post('/search', json({ query: 'blue shoes' }))],
    ['a search for a placeholder', post('/search', json({ query: '{{text}}' }), { expect: {} })],
    ['a search for "query of"', post('/search', json({ query: 'query of death' }))],
    ['another type', post('/api', raw(JSON.stringify(query), 'text/plain'))],
    ['another method', request('PUT', '/graphql', json(query))],
    ['a form', post('/api', form({ query: '{ a }' }))],
    ['a page for people', get('/graphql')],
    ['a step that allows errors', post('/graphql', json(query), { expect: { graphqlErrors: true } })],
  ])('is not %s', (_, step) => {
    const session = compileScript({ steps: [step], connections: 1, data: [{ text: 'a' }] }, {}, 1).session(0)
    expect(session.receive(session.requests(0, 1)[0]!, wrong)).toBeUndefined()
    // Nothing of its responses has to be kept.
    expect(reads({ ...step, expect: { ...step.expect } })).toBe(false)
  })

  test.each([
    ['no errors', '{"data":{"a":1}}', undefined],
    ['an empty list of them', '{"data":{},"errors":[]}', undefined],
    ['the word in its data', '{"data":{"\\"errors\\"":[1]}}', undefined],
    ['errors of its own kind', '{"data":{"errors":[1]}}', undefined],
    ['part of the data', '{"data":{"a":1},"errors":[{"message":"b"}]}', 'a GraphQL error: b'],
    [
      'a code',
      '{"errors":[{"message":"b","extensions":{"code":"FORBIDDEN"}}]}',
      'a GraphQL error: FORBIDDEN',
    ],
    ['no message', '{"errors":[null]}', 'a GraphQL error: without a message'],
    ['one of a batch wrong', '[{"data":{}},{"errors":[{"message":"b"}]}]', 'a GraphQL error: b'],
    ['no JSON', 'what "errors"?', undefined],
  ])('checks a response with %s', (_, body, expected) => {
    const step = post('/graphql', json(query))
    expect(problem(step, response(body))).toBe(expected)
    expect(problem(step, response(gzipSync(Buffer.from(body)), ['content-encoding', 'gzip']))).toBe(expected)
  })

  test('reports an unexpected status first, and still checks other expectations', () => {
    expect(problem(post('/graphql', json(query)), { ...wrong, status: 400 })).toBe('status 400')
    const step = post('/graphql', json(query), { expect: { body: 'name' } })
    expect(problem(step, response('{"data":{}}'))).toBe('body without `name`')
    expect(problem(step, response('{"data":{"name":1},"errors":[{"message":"b"}]}'))).toBe(
      'a GraphQL error: b',
    )
  })
})

describe('a rate limiter', () => {
  test.each([
    [429, [], 'status 429', true],
    [503, ['Retry-After', '120'], 'status 503 with retry-after', true],
    [503, [], 'status 503', false],
    [500, ['retry-after', '1'], 'status 500', false],
    [403, ['X-RateLimit-Remaining', '0'], 'status 403 with x-ratelimit-remaining at 0', true],
    [403, ['X-RateLimit-Remaining', '-1'], 'status 403 with x-ratelimit-remaining at 0', true],
    [403, ['X-RateLimit-Remaining', '0.7'], 'status 403', false],
    [404, ['ratelimit-remaining', '0'], 'status 404 with ratelimit-remaining at 0', true],
    [503, ['ratelimit', 'limit=100, remaining=0, reset=50'], 'status 503 with ratelimit at 0', true],
    [503, ['RateLimit', '"default";r=0;t=50'], 'status 503 with ratelimit at 0', true],
    [503, ['RateLimit', '"default";r=10;t=50'], 'status 503', false],
    [401, [], 'status 401', false],
  ])('is recognised or not: status %i with %j', (status, headers, reason, limited) => {
    expect(problem(get('/'), response('no', headers, status))).toBe(reason)
    expect(isLimited(reason)).toBe(limited)
  })

  test('is also recognised by its own words, but not if its status is expected', () => {
    expect(isLimited('a GraphQL error: RATE_LIMITED')).toBe(true)
    expect(isLimited('a GraphQL error: FORBIDDEN')).toBe(false)
    expect(problem(get('/', { expect: { status: 429 } }), response('', [], 429))).toBeUndefined()
  })
})

test('a stream that ended before all events that were wanted is not as expected', () => {
  const after = (events: number) => problem(get('/', { events: 3 }), { ...response('data: a\n\n'), events })
  expect(after(1)).toBe('it ended after 1 of 3 events')
  expect(after(3)).toBeUndefined()
})

describe('a gRPC call', () => {
  const call = grpc('/shop.Orders/List', 'query.json')

  test.each<[string[], string | undefined]>([
    [['grpc-status', '0'], undefined],
    [['grpc-status', '10'], 'gRPC status 10'],
    [['grpc-status', '5', 'grpc-message', 'no such order'], 'gRPC status 5 (no such order)'],
    [[], 'no gRPC status'],
  ])('with the trailers %j', (headers, expected) => {
    expect(problem(call, response('', headers))).toBe(expected)
  })

  test('sends the message behind a flag and its length', () => {
    const session = compileScript({ steps: [call], connections: 1 }, FILES, 1).session(0)
    const { method, path, headers, body } = session.render(session.requests(0, 1)[0]!)
    expect({ method, path, headers }).toEqual({
      method: 'POST',
      path: '/shop.Orders/List',
      headers: { 'content-type': 'application/grpc', te: 'trailers' },
    })
    const message = FILES['query.json']
    expect(Buffer.from(body as Uint8Array)).toEqual(
      Buffer.concat([Buffer.from([0, 0, 0, 0, message.length]), message]),
    )
  })
})
