import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { HttpResponse } from '../../harness/model/http.ts'
import type { Body, Row, Step } from '../../harness/model/script.ts'
import { file, form, get, json, multipart, post, raw } from '../../harness/scenario/write.ts'
import { compileScript, type Source } from '../../harness/script/index.ts'

const sessionOf = (steps: Step[], more: Partial<Source> = {}, connection = 0, seed = 1) =>
  compileScript({ steps, connections: 2, ...more }, FILES, seed).session(connection)

const FILES = { 'a.bin': new Uint8Array([1, 2, 3]) }

function render(step: Step, row: Row = {}) {
  const session = sessionOf([step], { data: [row] })
  return session.render(session.requests(0, 1)[0]!)
}

const bodyOf = (body: Body, row?: Row) => render(post('/', body), row)
const response = (body: unknown, more: Partial<HttpResponse> = {}): HttpResponse => ({
  status: 200,
  headers: [],
  body: Buffer.from(typeof body === 'string' ? body : JSON.stringify(body)),
  ...more,
})

describe('placeholders', () => {
  test('are replaced by values, encoded for their place', () => {
    const step = get('/orders/:id?q={{text}}', {
      query: { more: '{{text}}' },
      headers: { 'X-Id': 'n{{id}}' },
    })
    expect(render(step, { id: 7, text: 'a&b' })).toEqual({
      method: 'GET',
      path: '/orders/7?q=a%26b&more=a%26b',
      headers: { 'x-id': 'n7' },
    })
  })

  test('keep the type of the value in JSON if the text has nothing else', () => {
    const body = json({ id: '{{id}}', text: 'say {{text}}', yes: '{{yes}}' })
    const { body: text } = bodyOf(body, { id: 7, text: '"hi"\n', yes: true })
    expect(JSON.parse(String(text))).toEqual({ id: 7, text: 'say "hi"\n', yes: true })
  })

  test('cannot add a header', () => {
    const { headers } = render(get('/', { headers: { a: '{{a}}' } }), { a: '1\r\nb: 2' })
    expect(headers).toEqual({ a: '1  b: 2' })
  })

  test('keep JSON valid and forms intact, whatever the value', () => {
    fc.assert(
      fc.property(fc.string(), value => {
        const sent = bodyOf(json({ a: '{{v}}', b: 'x{{v}}' }), { v: value }).body
        expect(JSON.parse(String(sent))).toEqual({ a: value, b: `x${value}` })
      }),
    )
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), value => {
        const sent = new URLSearchParams(String(bodyOf(form({ a: '{{v}}' }), { v: value }).body))
        expect([...sent]).toEqual([['a', value]])
      }),
    )
  })
})

describe('bodies', () => {
  test('of several parts are understood by a server', async () => {
    const { headers, body } = bodyOf(multipart({ name: '{{who}}', upload: file('a.bin', 'image/png') }), {
      who: 'Ada',
    })
    const fields = await new Response(body as Uint8Array<ArrayBuffer>, { headers }).formData()
    expect(fields.get('name')).toBe('Ada')
    const upload = fields.get('upload') as File
    expect([upload.name, upload.type]).toEqual(['a.bin', 'image/png'])
    expect([...new Uint8Array(await upload.arrayBuffer())]).toEqual([1, 2, 3])
  })

  test('of raw text, bytes and files are sent unchanged', () => {
    expect(bodyOf(raw('<a/>', 'text/xml'))).toMatchObject({
      body: '<a/>',
      headers: { 'content-type': 'text/xml' },
    })
    expect(bodyOf(raw(new Uint8Array([255]), 'x/y')).body).toEqual(Buffer.from([255]))
    expect(bodyOf(file('a.bin')).body).toEqual(FILES['a.bin'])
  })
})

describe('captures', () => {
  const capturing = (capture: NonNullable<Step['capture']>) =>
    sessionOf([get('/one', { capture }), get('/two/:value')])

  test.each([
    ['json', { json: 'user.ids.1' }, response({ user: { ids: [4, 5] } }), '/two/5'],
    ['header', { header: 'Location' }, response('', { headers: ['location', 'x'] }), '/two/x'],
    [
      'cookie',
      { cookie: 'sid' },
      response('', { headers: ['Set-Cookie', 'a=1', 'Set-Cookie', 'sid=42; Path=/'] }),
      '/two/42',
    ],
    ['match', { match: 'id="(\\d+)"' }, response('<a id="9">'), '/two/9'],
  ])('%s', (_, source, given, path) => {
    const session = capturing({ value: source })
    const [one, two] = session.requests(0, 1)
    expect(session.receive(one!, given)).toBeUndefined()
    expect(session.render(two!).path).toBe(path)
  })

  test('report a missing value, and later steps do without it', () => {
    const session = capturing({ value: { json: 'id' } })
    const [one, two] = session.requests(0, 1)
    expect(session.receive(one!, response('no JSON'))).toBe('nothing to capture as `value`')
    expect(session.render(two!).path).toBe('/two/')
  })

  test('are kept separately for each connection', () => {
    const script = compileScript(
      {
        steps: [get('/one', { capture: { value: { json: 'id' } } }), get('/two/:value')],
        connections: 2,
      },
      {},
      1,
    )
    const [a, b] = [script.session(0), script.session(1)]
    a.receive(a.requests(0, 1)[0]!, response({ id: 1 }))
    b.receive(b.requests(0, 1)[0]!, response({ id: 2 }))
    expect([a, b].map(session => session.render(session.requests(0, 1)[1]!).path)).toEqual([
      '/two/1',
      '/two/2',
    ])
  })
})

describe('expectations', () => {
  const schema = {
    '~standard': {
      validate: (value: unknown) =>
        (value as { id?: unknown }).id ? { value } : { issues: [{ message: 'is missing', path: ['id'] }] },
    },
  }
  test.each([
    ['2xx by default', undefined, response('', { status: 404 }), 'status 404'],
    ['a status', { status: 404 }, response('', { status: 404 }), undefined],
    ['one of several', { status: [200, 404] }, response('', { status: 500 }), 'status 500'],
    ['a header', { headers: { etag: '"1' } }, response('', { headers: ['ETag', '"12"'] }), undefined],
    ['a header that is missing', { headers: { etag: '1' } }, response(''), 'no header etag'],
    ['a text', { body: 'yes' }, response('no'), 'body without `yes`'],
    [
      'a function',
      { body: (body: string) => body.length > 3 },
      response('no'),
      'the body is not as expected',
    ],
    ['a function that throws', { body: () => JSON.parse('') }, response(''), 'the body is not as expected'],
    ['a schema', { body: schema }, response({}), 'the body does not fit its schema: id: is missing'],
    ['a schema that fits', { body: schema }, response({ id: 1 }), undefined],
    ['a schema for no JSON', { body: schema }, response('<a>'), 'the body is not JSON'],
  ])('%s', (_, expected, given, problem) => {
    const session = sessionOf([get('/', expected && { expect: expected })])
    expect(session.receive(session.requests(0, 1)[0]!, given)).toBe(problem)
  })
})

describe('a script', () => {
  const paths = (source: Partial<Source>, { first = 0, times = 20, connection = 0, seed = 1 } = {}) => {
    const session = sessionOf(source.steps ?? [get('/:n')], source, connection, seed)
    return session.requests(first, times).map(planned => session.render(planned).path)
  }
  const mixed = {
    steps: [get('/a/:n', { weight: 3 }), get('/b/:n', { weight: 1 })],
    data: (random: () => number, index: number) => ({ n: `${index}-${random()}` }),
  }

  test('sends requests that depend only on seed, connection and number', () => {
    expect(paths(mixed)).toEqual(paths(mixed))
    expect(paths(mixed, { first: 10, times: 10 })).toEqual(paths(mixed).slice(10))
    expect(paths(mixed, { seed: 2 })).not.toEqual(paths(mixed))
    expect(paths(mixed, { connection: 1 })).not.toEqual(paths(mixed))
  })

  test('draws the steps of a mix by their weights', () => {
    const share = paths(mixed, { times: 4_000 }).filter(path => path.startsWith('/a')).length / 4_000
    expect(share).toBeGreaterThan(0.72)
    expect(share).toBeLessThan(0.78)
  })

  test('deals rows out to the connections in order, again and again', () => {
    const data = ['a', 'b', 'c', 'd', 'e'].map(n => ({ n }))
    expect(paths({ data }, { times: 4 })).toEqual(['/a', '/c', '/e', '/b'])
    expect(paths({ data }, { times: 4, connection: 1 })).toEqual(['/b', '/d', '/a', '/c'])
  })

  test('draws rows at random', () => {
    const data = Array.from({ length: 10 }, (_, n) => ({ n }))
    const drawn = paths({ data, pick: 'random' }, { times: 500 })
    expect(new Set(drawn).size).toBe(10)
    expect(drawn.slice(0, 10)).not.toEqual(paths({ data }, { times: 10 }))
  })
})
