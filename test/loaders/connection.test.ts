import { once } from 'node:events'
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { TIMED_OUT } from '../../harness/loaders/burst.ts'
import type { Outcome } from '../../harness/loaders/connection.ts'
import { Wire } from '../../harness/loaders/http1.ts'
import { Slot } from '../../harness/loaders/slot.ts'

const OK = 'HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok'

let server: Server
let sockets: Socket[]
/** What the server does with each request that comes whole. */
let answer: (socket: Socket, request: string) => void
let slot: Slot

beforeEach(async () => {
  sockets = []
  answer = socket => socket.write(OK)
  server = createServer(socket => {
    sockets.push(socket)
    socket.on('data', data => answer(socket, String(data)))
    socket.on('error', () => {})
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  slot = new Slot({ url, timeout: 1_000 }, new Wire(new URL(url).host, []))
})

afterEach(() => {
  vi.restoreAllMocks()
  slot.destroy()
  for (const socket of sockets) socket.destroy()
  server.close()
})

/** Connections that the client has not closed. */
const open = () => sockets.filter(({ closed }) => !closed).length

const ask = (method = 'GET', more: { reads?: boolean; body?: string } = {}): Promise<Outcome | string> =>
  new Promise(resolve => {
    const { reads = true, body } = more
    const request = { method, path: '/', headers: {}, ...(body !== undefined && { body }) }
    slot.send({ request, reads, done: resolve, lost: resolve })
  })

test('one connection is used again and again, and made anew once it was closed', async () => {
  expect(await ask()).toMatchObject({ answer: { status: 200, body: 'ok' }, bytes: OK.length })
  await ask()
  expect(sockets).toHaveLength(1)
  sockets[0]!.end()
  await once(sockets[0]!, 'close')
  expect(await ask()).toMatchObject({ answer: { status: 200 } })
  expect(sockets).toHaveLength(2)
})

test('headers and body of a good answer are left out unless they are read, of any other its body is not', async () => {
  expect(await ask('GET', { reads: false })).toMatchObject({ answer: { headers: [], body: '' } })
  expect(await ask()).toMatchObject({ answer: { headers: ['content-length', '2'], body: 'ok' } })
  answer = socket => socket.write('HTTP/1.1 500 Oh\r\ncontent-length: 2\r\n\r\nno')
  expect(await ask('GET', { reads: false })).toMatchObject({
    answer: { status: 500, headers: [], body: 'no' },
  })
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
])('an answer that comes %s is one answer', async (_, pieces) => {
  answer = async socket => {
    // Each piece is a read of its own once the one before it has left.
    for (const piece of pieces) await new Promise(sent => socket.write(piece, () => setImmediate(sent)))
  }
  expect(await ask()).toMatchObject({ answer: { status: 200, body: 'abcdefgh' } })
  expect(await ask()).toMatchObject({ answer: { status: 200, body: 'abcdefgh' } })
  expect(sockets).toHaveLength(1)
})

test.each([
  ['the end of its connection', 'HTTP/1.1 200 OK\r\n\r\nabcd'],
  ['`connection: close`', 'HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 4\r\n\r\nabcd'],
])('an answer may end with %s', async (_, text) => {
  answer = socket => socket.end(text)
  expect(await ask()).toMatchObject({ answer: { status: 200, body: 'abcd' } })
  expect(await ask()).toMatchObject({ answer: { status: 200, body: 'abcd' } })
  expect(sockets).toHaveLength(2)
})

test.each(['content-length: 9\r\n', ''])(
  'the answer to HEAD has no body, whatever its length says: %j',
  async length => {
    answer = (socket, request) =>
      socket.write(request.startsWith('HEAD') ? `HTTP/1.1 200 OK\r\n${length}\r\n` : OK)
    expect(await ask('HEAD')).toMatchObject({ answer: { status: 200, body: '' } })
    expect(await ask()).toMatchObject({ answer: { status: 200, body: 'ok' } })
    expect(sockets).toHaveLength(1)
  },
)

test('after an answer to HEAD that ends its connection there is another one', async () => {
  answer = (socket, request) =>
    request.startsWith('HEAD') ? socket.end('HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n') : socket.write(OK)
  expect(await ask('HEAD')).toMatchObject({ answer: { status: 200, body: '' } })
  expect(await ask()).toMatchObject({ answer: { status: 200, body: 'ok' } })
  expect(sockets).toHaveLength(2)
})

test.each([
  ['what is no HTTP', 'Hello\r\n\r\n'],
  ['a length that is none', 'HTTP/1.1 200 OK\r\nContent-Length: -2\r\n\r\nok'],
  ['two lengths', 'HTTP/1.1 200 OK\r\ncontent-length: 2\r\ncontent-length: 3\r\n\r\nok'],
  ['a header without an end', `HTTP/1.1 200 OK\r\nx: ${'y'.repeat(100_000)}`],
])('%s is named, and the next request has another connection', async (_, text) => {
  answer = socket => socket.write(text)
  expect(await ask()).toMatch(/^its answer is no HTTP \(/)
  answer = socket => socket.write(OK)
  expect(await ask()).toMatchObject({ answer: { status: 200 } })
  expect(sockets).toHaveLength(2)
})

test('half an answer is a lost one', async () => {
  answer = socket => socket.end('HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nhalf')
  expect(await ask()).toBe('the connection was closed')
})

test('what nobody has asked for closes the connection, and answers nothing', async () => {
  await ask()
  sockets[0]!.write(OK)
  await once(sockets[0]!, 'close')
  answer = socket => socket.write(OK.replace('ok', 'no'))
  expect(await ask()).toMatchObject({ answer: { body: 'no' } })
  expect(sockets).toHaveLength(2)
})

test('what is left of a request that was answered early does not run into the next one', async () => {
  answer = socket => {
    socket.pause()
    socket.write('HTTP/1.1 413 Too Much\r\ncontent-length: 0\r\n\r\n')
  }
  expect(await ask('POST', { body: 'x'.repeat(50_000_000) })).toMatchObject({ answer: { status: 413 } })
  answer = socket => socket.write(OK)
  expect(await ask()).toMatchObject({ answer: { status: 200 } })
  expect(sockets).toHaveLength(2)
})

test('a request that timed out is lost, and its late answer belongs to nobody', async () => {
  const asked = Promise.withResolvers<void>()
  answer = () => asked.resolve()
  const lost = ask()
  await asked.promise
  slot.timeOut()
  expect(await lost).toBe(TIMED_OUT)
  expect(slot.sentAt).toBe(0)
  sockets[0]!.write(OK.replace('ok', 'no'))
  answer = socket => socket.write(OK)
  expect(await ask()).toMatchObject({ answer: { body: 'ok' } })
  expect(sockets).toHaveLength(2)
})

test('one that timed out while its connection was made is lost and never sent, the next one is sent once', async () => {
  const methods: string[] = []
  answer = (socket, request) => {
    methods.push(request.slice(0, request.indexOf(' ')))
    socket.write(OK)
  }
  const lost = ask('DELETE')
  slot.timeOut()
  expect(await lost).toBe(TIMED_OUT)
  expect(await ask()).toMatchObject({ answer: { status: 200 } })
  expect(await ask('PUT')).toMatchObject({ answer: { status: 200 } })
  expect(methods).toEqual(['GET', 'PUT'])
  await expect.poll(open).toBe(1)
})

test('a connection that is there too late for anybody is closed', async () => {
  const connecting = slot.connect()
  slot.destroy()
  await connecting
  await expect.poll(() => sockets.length - open()).toBe(1)
})

test('after a while of idleness nothing is written to a connection that the server has left', async () => {
  await ask()
  sockets[0]!.destroy()
  await once(sockets[0]!, 'close')
  const clock = performance.now.bind(performance)
  vi.spyOn(performance, 'now').mockImplementation(() => clock() + 2_000)
  expect(await ask()).toMatchObject({ answer: { status: 200 } })
})

test('where nobody listens, that is the reason', async () => {
  server.close()
  await once(server, 'close')
  expect(await ask()).toMatch(/ECONNREFUSED/)
  await expect(slot.connect()).rejects.toThrow(/ECONNREFUSED/)
})
