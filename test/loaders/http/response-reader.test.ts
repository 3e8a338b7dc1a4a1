import { EventEmitter } from 'node:events'
import type { Socket } from 'node:net'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Connection } from '../../../harness/loaders/http/connection.ts'
import type { Exchange } from '../../../harness/loaders/http/exchange.ts'
import { ResponseReader } from '../../../harness/loaders/http/response-reader.ts'

const READS = { reads: true, headOnly: false }

interface Read {
  status: number
  headers: string[]
  body: string
  bytes: number
  keeps: boolean
}

/** The responses in the pieces. The end of the pieces is the end of the connection. */
function read(pieces: Buffer[], expected = READS): Read[] {
  const reader = new ResponseReader()
  const answers: Read[] = []
  const take = () => {
    const { status, headers, body, bytes, keeps } = reader
    answers.push({ status, headers, body: body.toString('latin1'), bytes, keeps })
    reader.next()
  }
  for (const piece of pieces)
    for (let at = 0; at < piece.length; ) {
      at = reader.read(piece, at, expected)
      if (reader.ended) take()
    }
  if (reader.finish()) take()
  return answers
}

const one = (text: string, expected = READS) => read([Buffer.from(text, 'latin1')], expected)[0]!

/** Cut at these places, modulo its length. */
function cut(bytes: Buffer, places: number[]): Buffer[] {
  const ends = [...new Set(places.map(place => place % bytes.length)), bytes.length].toSorted((a, b) => a - b)
  return ends.map((end, i) => bytes.subarray(ends[i - 1] ?? 0, end))
}

describe('a response ends', () => {
  test.each([
    ['a length', 'HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok', 'ok', true],
    [
      'the same length twice',
      'HTTP/1.1 200 OK\r\ncontent-length: 2, 2\r\nContent-Length:2\r\n\r\nok',
      'ok',
      true,
    ],
    [
      'chunks with extensions and trailers',
      'HTTP/1.1 200 OK\r\nTransfer-Encoding: Chunked\r\n\r\n1;a=b\r\no\r\n0A \r\nk234567890\r\n000\r\nx: y\r\n\r\n',
      'ok234567890',
      true,
    ],
    ['lines that end with LF alone', 'HTTP/1.1 200 OK\ncontent-length: 2\n\nok', 'ok', true],
    ['its connection', 'HTTP/1.1 200 OK\r\n\r\nok', 'ok', false],
    ['its connection, encoded', 'HTTP/1.1 200 OK\r\ntransfer-encoding: gzip\r\n\r\nok', 'ok', false],
    [
      '`connection: close`',
      'HTTP/1.1 200 OK\r\nconnection: TE, Close\r\ncontent-length: 2\r\n\r\nok',
      'ok',
      false,
    ],
    ['its version', 'HTTP/1.0 200 OK\r\ncontent-length: 2\r\n\r\nok', 'ok', false],
    [
      'a length, in an old version that is asked to stay',
      'HTTP/1.0 200 OK\r\nconnection: Keep-Alive\r\ncontent-length: 2\r\n\r\nok',
      'ok',
      true,
    ],
    ['its head: 204', 'HTTP/1.1 204 No Content\r\n\r\n', '', true],
    [
      'its head: 304, whatever its length',
      'HTTP/1.1 304 Not Modified\r\ncontent-length: 9\r\n\r\n',
      '',
      true,
    ],
    ['another protocol', 'HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\n\r\n', '', false],
  ])('with %s', (_, text, body, keeps) => {
    expect(one(text)).toMatchObject({ body, keeps, bytes: text.length })
  })

  test.each([
    ['HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n', true],
    ['HTTP/1.1 200 OK\r\n\r\n', true],
    ['HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n', true],
    ['HTTP/1.0 200 OK\r\n\r\n', false],
  ])('with its head after HEAD: %j', (text, keeps) => {
    expect(one(text, { reads: true, headOnly: true })).toMatchObject({ status: 200, body: '', keeps })
  })
})

test('headers are kept as they came, without surrounding blanks', () => {
  const text = 'HTTP/1.1 200 OK\r\nX-A:  a b\t\r\nx-empty:\r\nX-Long: one\r\n  two\r\nx-ä: no\r\n'
  expect(() => one(`${text}\r\n`)).toThrow('it has the header line "x-ä: no"')
  const { headers } = one(`${text.replace('ä', 'latin')}x-value: à\xa0\r\ncontent-length: 0\r\n\r\n`)
  expect(headers).toEqual([
    ...['X-A', 'a b', 'x-empty', '', 'X-Long', 'one two', 'x-latin', 'no'],
    ...['x-value', 'à\xa0', 'content-length', '0'],
  ])
})

describe('an invalid response is reported as soon as possible', () => {
  const head = (line: string) => `HTTP/1.1 200 OK\r\n${line}\r\n\r\n`
  const chunked = (body: string) => `${head('transfer-encoding: chunked')}${body}`
  test.each([
    ['Hello', 'it begins with "Hello"'],
    ['HTTP/2 200\r\n\r\n', 'it begins with "HTTP/2 200"'],
    ['HTTP/1.1 20 OK\r\n\r\n', 'it begins with "HTTP/1.1 20 OK"'],
    ['HTTP/1.1  200 OK\r\n\r\n', 'it begins with "HTTP/1.1  200 OK"'],
    [head('content-length: -2'), 'its content-length is "-2"'],
    [head('content-length: two'), 'its content-length is "two"'],
    [head('content-length:'), 'its content-length is ""'],
    [head('content-length: 1e3'), 'its content-length is "1e3"'],
    [head('content-length: 0x10'), 'its content-length is "0x10"'],
    [head('content-length: 99999999999999999999'), 'its content-length is "99999999999999999999"'],
    [head('content-length: 2\r\nContent-Length: 3'), 'its content-length is "2, 3"'],
    [head('content-length: 2\r\ntransfer-encoding: chunked'), 'it has content-length and transfer-encoding'],
    [head('this is not a header'), 'it has the header line "this is not a header"'],
    [head('content-length : 2'), 'it has the header line "content-length : 2"'],
    [head(': 2'), 'it has the header line ": 2"'],
    [head(' folded: 2'), 'it has the header line " folded: 2"'],
    [`HTTP/1.1 200 OK\r\nx: ${'y'.repeat(100_000)}`, 'its headers are longer than 81920 bytes'],
    [chunked('xyz\r\n'), 'the size of a chunk is "xyz"'],
    [chunked('\r\n'), 'the size of a chunk is ""'],
    [chunked('-1\r\n'), 'the size of a chunk is "-1"'],
    [chunked('0x1\r\n'), 'the size of a chunk is "0x1"'],
    [chunked(`${'f'.repeat(20)}\r\n`), `the size of a chunk is "${'f'.repeat(20)}"`],
    [chunked('1\r\nab\r\n'), 'a chunk goes on after its end with "b"'],
    [chunked(`1;${'x'.repeat(100_000)}`), 'a line around its chunks is longer than 81920 bytes'],
  ])('%#: %s', (text, problem) => {
    expect(() => one(text)).toThrow(problem)
  })
})

test('the beginning of an unread body is kept if its status is not 2xx', () => {
  const unread = { reads: false, headOnly: false }
  const body = 'x'.repeat(100_000)
  const text = (status: number) => `HTTP/1.1 ${status} Oh\r\ncontent-length: 100000\r\n\r\n${body}`
  expect(one(text(200), unread).body).toBe('')
  expect(one(text(500), unread).body).toHaveLength(65_536)
  expect(one(text(200)).body).toBe(body)
})

test('a body that is read is limited in size', () => {
  const reader = new ResponseReader()
  reader.read(Buffer.from('HTTP/1.1 200 OK\r\n\r\n'), 0, READS)
  const megabyte = Buffer.alloc(2 ** 20)
  for (let i = 0; i < 64; i++) reader.read(megabyte, 0, READS)
  expect(() => reader.read(megabyte, 0, READS)).toThrow('its body is longer than 67108864 bytes')
})

const token = fc.stringMatching(/^[a-z][a-z-]{0,9}$/).map(name => `x-${name}`)
const value = fc.stringMatching(/^[!-~]([ -~]{0,9}[!-~])?$/)
const content = fc.uint8Array({ maxLength: 40 }).map(bytes => Buffer.from(bytes).toString('latin1'))

/** A response, and what must be read from it however it is cut. */
const anAnswer = fc
  .record({
    status: fc.constantFrom(200, 201, 404, 500),
    fields: fc.array(fc.tuple(token, value), { maxLength: 3 }),
    parts: fc.array(
      content.filter(({ length }) => length > 0),
      { maxLength: 3 },
    ),
    chunked: fc.boolean(),
    hints: fc.nat(2),
    eol: fc.constantFrom('\r\n', '\n'),
  })
  .map(({ status, fields, parts, chunked, hints, eol }) => {
    const body = parts.join('')
    const framing: [string, string] = chunked
      ? ['transfer-encoding', 'chunked']
      : ['content-length', String(body.length)]
    const headers = [...fields, framing]
    const sized = (part: string) => `${part.length.toString(16)}${eol}${part}${eol}`
    const text = [
      `HTTP/1.1 103 Early Hints${eol}link: </a>${eol}${eol}`.repeat(hints),
      `HTTP/1.1 ${status} Some Words${eol}`,
      headers.map(([name, text]) => `${name}: ${text}${eol}`).join(''),
      eol,
      chunked ? `${parts.map(sized).join('')}0${eol}${eol}` : body,
    ].join('')
    return { text, answer: { status, headers: headers.flat(), body, bytes: text.length, keeps: true } }
  })

test('responses are read the same wherever they are cut', () => {
  fc.assert(
    fc.property(fc.array(anAnswer, { minLength: 1, maxLength: 4 }), fc.array(fc.nat()), (answers, places) => {
      const bytes = Buffer.from(answers.map(({ text }) => text).join(''), 'latin1')
      expect(read(cut(bytes, places))).toEqual(answers.map(({ answer }) => answer))
    }),
    { numRuns: 500 },
  )
})

/** The part of a socket that a connection uses. */
class FakeSocket extends EventEmitter {
  writableLength = 0
  write() {}
  destroy() {}
}

const piece = fc.oneof(
  anAnswer.map(({ text }) => text),
  fc.string({ unit: 'binary' }),
  fc.constantFrom(
    ...['HTTP/1.1 ', 'HTTP/1.0 200 OK\r\n', 'HTTP/1.1 204 No\r\n\r\n', 'HTTP/1.1 101 Up\r\n\r\n'],
    ...['\r\n', '\n', '\r', '\r\n\r\n', ':', ' ', 'content-length: ', 'content-length: -1\r\n', '5\r\n'],
    ...['transfer-encoding: chunked\r\n', 'connection: close\r\n', '0\r\n\r\n', 'ffff\r\n', '\0', 'HEAD'],
  ),
)

test('each request has one outcome and nothing is thrown, whatever a server sends', () => {
  const asked = fc.array(fc.record({ reads: fc.boolean(), headOnly: fc.boolean() }), {
    minLength: 1,
    maxLength: 4,
  })
  const ending = fc.constantFrom('end', 'close', 'error')
  fc.assert(
    fc.property(asked, fc.array(piece), fc.array(fc.nat()), ending, (expected, pieces, places, ending) => {
      const socket = new FakeSocket()
      const outcomes = expected.map(() => 0)
      let left: Exchange<Buffer>[] | undefined
      const connection = new Connection(socket as unknown as Socket, undefined, end => {
        expect(left).toBeUndefined()
        left = end.left
      })
      const all = expected.map((each, i): Exchange<Buffer> => {
        const ended = () => void outcomes[i]!++
        return { ...each, request: Buffer.alloc(0), sentAt: 0, answered: ended, lost: ended }
      })
      for (const each of all) connection.send(each)
      const bytes = Buffer.from(pieces.join(''), 'latin1')
      for (const part of bytes.length > 0 ? cut(bytes, places) : []) connection.read(part)
      socket.emit(ending, new Error('read ECONNRESET'))
      socket.emit('close')
      expect(connection.open).toBe(false)
      for (const each of left!) each.lost('')
      expect(outcomes).toEqual(expected.map(() => 1))
    }),
    { numRuns: 2_000 },
  )
})
