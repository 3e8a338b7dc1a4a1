/** How a connection reads the responses of a server. */
import { once } from 'node:events'
import { expect, test } from 'vitest'
import { OK, send, talk } from './talk.ts'

test('a connection is reused, and opened again once it was closed', async () => {
  expect(await send()).toMatchObject({ status: 200, body: 'ok', bytes: OK.length })
  await send()
  expect(talk.sockets).toHaveLength(1)
  talk.sockets[0]!.end()
  await once(talk.sockets[0]!, 'close')
  expect(await send()).toMatchObject({ status: 200 })
  expect(talk.sockets).toHaveLength(2)
})

test('the body of a 2xx response is dropped unless it is read; other bodies are kept', async () => {
  expect(await send('GET', { reads: false })).toMatchObject({ headers: ['content-length', '2'], body: '' })
  expect(await send()).toMatchObject({ headers: ['content-length', '2'], body: 'ok' })
  talk.answer = socket => socket.write('HTTP/1.1 500 Oh\r\ncontent-length: 2\r\n\r\nno')
  expect(await send('GET', { reads: false })).toMatchObject({ status: 500, body: 'no' })
})

test.each([
  ['in pieces', ['HTTP/1.1 200 OK\r\ncont', 'ent-length: 8\r\n', '\r\nab', 'cdefgh']],
  [
    'in chunks',
    ['HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n', '2\r\nab\r\n', '6\r\ncdefgh\r\n0\r\n\r\n'],
  ],
  [
    'after hints',
    [
      'HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\n',
      'HTTP/1.1 200 OK\r\ncontent-length: 8\r\n\r\nabcdefgh',
    ],
  ],
])('a response that comes %s is one response', async (_, pieces) => {
  talk.answer = async socket => {
    // Waits until a piece has left, so that the next one is a separate read.
    for (const piece of pieces) await new Promise(sent => socket.write(piece, () => setImmediate(sent)))
  }
  expect(await send()).toMatchObject({ status: 200, body: 'abcdefgh' })
  expect(await send()).toMatchObject({ status: 200, body: 'abcdefgh' })
  expect(talk.sockets).toHaveLength(1)
})

test.each([
  ['the end of its connection', 'HTTP/1.1 200 OK\r\n\r\nabcd'],
  ['`connection: close`', 'HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 4\r\n\r\nabcd'],
])('a response can end with %s', async (_, text) => {
  talk.answer = socket => socket.end(text)
  expect(await send()).toMatchObject({ status: 200, body: 'abcd' })
  expect(await send()).toMatchObject({ status: 200, body: 'abcd' })
  expect(talk.sockets).toHaveLength(2)
})

test.each(['content-length: 9\r\n', ''])(
  'a response to HEAD has no body, whatever its length says: %j',
  async length => {
    talk.answer = (socket, request) =>
      socket.write(request.startsWith('HEAD') ? `HTTP/1.1 200 OK\r\n${length}\r\n` : OK)
    expect(await send('HEAD')).toMatchObject({ status: 200, body: '' })
    expect(await send()).toMatchObject({ status: 200, body: 'ok' })
    expect(talk.sockets).toHaveLength(1)
  },
)

test('a new connection follows a response to HEAD that ends its connection', async () => {
  talk.answer = (socket, request) =>
    request.startsWith('HEAD') ? socket.end('HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n') : socket.write(OK)
  expect(await send('HEAD')).toMatchObject({ status: 200, body: '' })
  expect(await send()).toMatchObject({ status: 200, body: 'ok' })
  expect(talk.sockets).toHaveLength(2)
})

test.each([
  ['text that is not HTTP', 'Hello\r\n\r\n'],
  ['the beginning of HTTP/2', Buffer.from([0, 0, 18, 4, 0, 0, 0, 0, 0])],
  ['a length that is negative', 'HTTP/1.1 200 OK\r\nContent-Length: -2\r\n\r\nok'],
  ['two lengths', 'HTTP/1.1 200 OK\r\ncontent-length: 2\r\ncontent-length: 3\r\n\r\nok'],
  ['a length that is too short', 'HTTP/1.1 200 OK\r\ncontent-length: 1\r\n\r\nok'],
  ['an invalid chunk size', 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nxyz\r\n'],
  ['a header without an end', `HTTP/1.1 200 OK\r\nx: ${'y'.repeat(100_000)}`],
])('%s is reported at once, and the next request gets another connection', async (_, text) => {
  talk.answer = socket => socket.write(text)
  expect(await send()).toMatch(/^its answer is not HTTP \(/)
  talk.answer = socket => socket.write(OK)
  expect(await send()).toMatchObject({ status: 200 })
  expect(talk.sockets).toHaveLength(2)
})

test.each([
  ['early hints', 'HTTP/1.1 103 Early Hints\r\nlink: </a.css>; rel=preload\r\n\r\n'],
  ['several of them', 'HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\n'.repeat(3)],
  ['102', 'HTTP/1.1 102 Processing\r\n\r\n'],
  ['100', 'HTTP/1.1 100 Continue\r\ncontent-length: 5\r\n\r\n'],
])('%s do not count as a response, not even to HEAD', async (_, hints) => {
  talk.answer = (socket, request) =>
    socket.write(hints + (request.startsWith('HEAD') ? 'HTTP/1.1 204 No\r\n\r\n' : OK))
  expect(await send()).toMatchObject({ status: 200, body: 'ok', bytes: hints.length + OK.length })
  expect(await send('HEAD')).toMatchObject({ status: 204, headers: [] })
  expect(await send('GET', { reads: false })).toMatchObject({ status: 200 })
  expect(talk.sockets).toHaveLength(1)
})

test('after 101 the next request gets another connection', async () => {
  talk.answer = socket =>
    socket.write('HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\n\r\n\x81\x02hi')
  expect(await send()).toMatchObject({ status: 101 })
  talk.answer = socket => socket.write(OK)
  expect(await send()).toMatchObject({ status: 200 })
  expect(talk.sockets).toHaveLength(2)
})

test('an empty line after a body is skipped', async () => {
  talk.answer = socket => socket.write(`${OK}\r\n`)
  for (let i = 0; i < 3; i++) expect(await send()).toMatchObject({ status: 200, body: 'ok' })
  expect(talk.sockets).toHaveLength(1)
})

test('an incomplete response is lost', async () => {
  talk.answer = socket => socket.end('HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nhalf')
  expect(await send()).toBe('the connection was closed')
})

test('an unrequested response closes the connection, and answers nothing', async () => {
  await send()
  talk.sockets[0]!.write(OK)
  await once(talk.sockets[0]!, 'close')
  talk.answer = socket => socket.write(OK.replace('ok', 'no'))
  expect(await send()).toMatchObject({ body: 'no' })
  expect(talk.sockets).toHaveLength(2)
})

test('the rest of a request that was answered early does not run into the next one', async () => {
  talk.answer = socket => {
    socket.pause()
    socket.write('HTTP/1.1 413 Too Much\r\ncontent-length: 0\r\n\r\n')
  }
  expect(await send('POST', { body: 'x'.repeat(50_000_000) })).toMatchObject({ status: 413 })
  talk.answer = socket => socket.write(OK)
  expect(await send()).toMatchObject({ status: 200 })
  expect(talk.sockets).toHaveLength(2)
})
