import { describe, expect, test } from 'vitest'
import { entry, har, headers, load, posted, scenarioFromHar, textOf } from './recordings.ts'

describe('is left out, with a count and the reason:', () => {
  const kept = entry('GET', 'http://a.test/')
  test.each<[string, unknown]>([
    ['1 to WebSockets', entry('GET', 'http://a.test/live', {}, 101)],
    ['1 to WebSockets', entry('GET', 'wss://a.test/live', {}, 0)],
    ['1 without an answer: blocked, cancelled or failed', entry('GET', 'http://a.test/', {}, 0)],
    ['1 without an answer: blocked, cancelled or failed', entry('GET', 'http://a.test/', {}, -1)],
    ['1 that did not go to a server (data:)', entry('GET', 'data:text/plain,hi')],
    ['1 that did not go to a server (blob:)', entry('GET', 'blob:http://a.test/1')],
    ['1 to other origins (cdn.test)', entry('GET', 'https://cdn.test/logo.png')],
    [
      '1 by which a browser asks for permission first (CORS)',
      entry('OPTIONS', 'http://a.test/', { headers: headers({ 'Access-Control-Request-Method': 'PUT' }) }),
    ],
    ['1 with a method that cannot be sent (CONNECT)', entry('CONNECT', 'http://a.test/')],
    ['1 damaged in the file', null],
    ['1 damaged in the file', { request: { method: 'GET', url: 'not a url' } }],
    [
      '1 whose answer does not end (events)',
      { ...kept, response: { status: 200, content: { mimeType: 'text/event-stream; charset=utf-8' } } },
    ],
    ['1 whose body is not in the recording', entry('POST', 'http://a.test/', { bodySize: 30 })],
    [
      '1 whose body is not in the recording',
      entry('POST', 'http://a.test/', {
        headers: headers({ 'content-length': '30' }),
        postData: { mimeType: 'text/plain', text: '' },
      }),
    ],
    ['1 whose body is not text, which a recording cannot hold', posted('image/png', '\uFFFDPNG')],
    [
      '1 that upload a file which is not in the recording (a.png)',
      posted('multipart/form-data', '', {
        params: [{ name: 'file', fileName: 'a.png', contentType: 'image/png' }],
      }),
    ],
    [
      '1 that upload a file which is not in the recording (a.png)',
      posted(
        'multipart/form-data; boundary=b',
        '--b\r\nContent-Disposition: form-data; name="file"; filename="a.png"\r\nContent-Type: image/png\r\n\r\n\r\n--b--\r\n',
      ),
    ],
  ])('%s', (reason, recorded) => {
    const { text, notes } = scenarioFromHar(har([kept, kept, recorded]), '../targets/shop.ts')
    expect(notes).toEqual(['Recorded from http://a.test: 2 of 3 requests.', 'Left out:', `- ${reason}`])
    expect(load(text).load.steps).toHaveLength(2)
  })

  test('entries beyond the most steps a script can have', () => {
    const { text, notes } = scenarioFromHar(har(new Array(2_500).fill(kept)), '../targets/shop.ts')
    expect(load(text).load.steps).toHaveLength(1_000)
    expect(notes[2]).toMatch(/^- 1500 after the first 1000/)
  })
})

test('a note stays in its comment, whatever a file is called', () => {
  const params = [{ name: 'file', fileName: 'a\nthrow 1 //\u2028throw 2' }]
  const text = textOf([entry('GET', 'http://a.test/'), posted('multipart/form-data', '', { params })])
  expect(text).toContain('(a\\u{a}throw 1 //\\u{2028}throw 2)\n')
  expect(load(text).load.steps).toHaveLength(1)
})

test('requests are put in the order of time', () => {
  const at = (startedDateTime: string, url: string) => ({ startedDateTime, ...entry('GET', url) })
  const text = textOf([
    at('2026-01-01T00:00:02Z', 'http://a.test/2'),
    at('2026-01-01T00:00:01Z', 'http://a.test/1'),
  ])
  expect(load(text).load.steps.map(({ path }) => path)).toEqual(['/1', '/2'])
})

test('a file in UTF-16 is read', () => {
  const text = har([entry('GET', 'http://a.test/ä')])
  const little = Buffer.from(`\uFEFF${text}`, 'utf16le')
  const expected = scenarioFromHar(text, 'x')
  expect(scenarioFromHar(little, 'x')).toEqual(expected)
  expect(scenarioFromHar(Buffer.from(little).swap16(), 'x')).toEqual(expected)
  expect(scenarioFromHar(Buffer.from(`\uFEFF${text}`), 'x')).toEqual(expected)
})

test.each<[string | Uint8Array, RegExp]>([
  ['', /is empty/],
  ['{"log": {"entries": [', /cut off or is not JSON/],
  ['{"log": {}}', /no `log.entries`/],
  ['[]', /no `log.entries`/],
  ['null', /no `log.entries`/],
  [har([]), /holds no request that can be sent/],
  [har([{ request: { url: 'http://a.test/' } }]), /holds no request that can be sent/],
  [har([null]), /holds no request that can be sent/],
  [har([entry('GET', 'data:text/plain,hi')]), /holds no request that can be sent/],
  [Buffer.from([0x7b, 0x22, 0xe4, 0x22]), /not text in UTF-8/],
])('%s is refused', (content, message) => {
  expect(() => scenarioFromHar(content, '../targets/shop.ts')).toThrow(message)
})
