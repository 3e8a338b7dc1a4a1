/** Each of our own loops counts every response, whatever a server does with its connections. */
import { once } from 'node:events'
import { createServer as createHttp, type Server as HttpServer, type RequestListener } from 'node:http'
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { loadCapabilities } from '../../harness/capabilities.ts'
import type { LoadSession } from '../../harness/model/capabilities.ts'
import { get, post, raw, request } from '../../harness/scenario/write.ts'
import { compileScript } from '../../harness/script/index.ts'
import { Reported } from './reported.ts'

const { loaders } = await loadCapabilities()

const OK = 'HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok'
const CLOSING = OK.replace('\r\n', '\r\nconnection: close\r\n')

/** Answers each request, given its number on the connection. */
function answering(answer: (socket: Socket, count: number) => void): Server {
  return createServer(socket => {
    let count = 0
    socket.on('error', () => {})
    socket.on('data', data => {
      for (const _ of String(data).matchAll(/^(GET|POST) /gm)) if (socket.writable) answer(socket, ++count)
    })
  })
}

const plain = (handle: RequestListener, more: Partial<HttpServer> = {}): HttpServer =>
  Object.assign(createHttp(handle), more)

const ok: RequestListener = (_, response) => response.end('ok')

// Other engines have connections of their own.
const own = loaders.filter(({ inTurn }) => !inTurn)

describe.each(own)('loader $name', loader => {
  const sockets = new Set<Socket>()
  let server: Server
  let session: LoadSession | undefined

  afterEach(async () => {
    await session?.close()
    for (const socket of sockets) socket.destroy()
    server.close()
    sockets.clear()
  })

  async function open(made: Server, { steps = [get('/')], connections = 3, pipelining = 1 } = {}) {
    server = made.on('connection', socket => void sockets.add(socket))
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    const load = { connections, pipelining, arrivals: 'constant' as const }
    const script = compileScript({ steps, connections }, {}, 7)
    session = await loader.open({ url, script, load, seed: 7, timeout: 2_000 })
    return session
  }

  const KEPT: [string, () => Server][] = [
    ['5 requests on each connection', () => plain(ok, { maxRequestsPerSocket: 5 })],
    [
      '`connection: close`',
      () => plain((_, response) => response.setHeader('connection', 'close').end('ok')),
    ],
    [
      'bodies that end with the connection',
      () => plain((_, response) => response.writeHead(200, { connection: 'close' }).end('ok')),
    ],
    ['HTTP/1.0', () => answering(socket => socket.end(OK.replace('1.1', '1.0')))],
    ['HTTP/1.0 without a length', () => answering(socket => socket.end('HTTP/1.0 200 OK\r\n\r\nok'))],
    [
      'HTTP/1.0 that keeps connections',
      () =>
        answering(socket => socket.write(OK.replace('1.1 200 OK', '1.0 200 OK\r\nconnection: keep-alive'))),
    ],
    ['answers without a length', () => answering(socket => socket.end('HTTP/1.1 200 OK\r\n\r\nok'))],
    [
      '`keep-alive: max=3`',
      () =>
        answering((socket, count) => {
          const text = OK.replace('\r\n', `\r\nkeep-alive: timeout=5, max=${3 - count}\r\n`)
          return count < 3 ? socket.write(text) : socket.end(text)
        }),
    ],
    ['an end behind each third answer', () => answering((it, n) => (n < 3 ? it.write(OK) : it.end(OK)))],
    [
      'a close after every third response',
      () => answering((it, n) => it.write(OK, () => n === 3 && it.destroy())),
    ],
    [
      'a reset after every third response',
      () => answering((it, n) => it.write(OK, () => n === 3 && it.resetAndDestroy())),
    ],
  ]

  it.each(KEPT)('counts every response of a server with %s', async (_, make) => {
    const steps = [get('/'), post('/', raw('body', 'text/plain'))]
    const session = await open(make(), { steps })
    const reported = new Reported()
    for (const first of [0, 10]) {
      const load = await session.slice({ first, times: 10 }, reported)
      expect(reported.reasons).toEqual([])
      expect(load).toMatchObject({ requests: 60, errors: 0, unexpected: 0 })
    }
  })

  it.each(KEPT)('counts every response to requests pipelined to a server with %s', async (_, make) => {
    const session = await open(make(), { pipelining: 4 })
    const reported = new Reported()
    const load = await session.slice({ first: 0, times: 20 }, reported)
    expect(reported.reasons).toEqual([])
    expect(load).toMatchObject({ requests: 60, errors: 0, unexpected: 0 })
  })

  it('reports how many connections it had to open again', async () => {
    const session = await open(answering(socket => socket.end(CLOSING)))
    const reported = new Reported()
    await session.slice({ first: 0, times: 10 }, reported)
    // The first connections existed, and an open loop opens more when all are busy.
    if (loader.paced) expect(reported.renewals.connections).toBeGreaterThan(0)
    else expect(reported.renewals).toEqual({ connections: 27, requests: 0 })
    await session.slice({ first: 10, times: 10 }, reported)
    expect(reported.renewals.requests).toBe(0)
    if (!loader.paced) expect(reported.renewals.connections).toBe(30)
  })

  it('reports no renewed connections when all are kept', async () => {
    const session = await open(plain(ok))
    const reported = new Reported()
    await session.slice({ first: 0, times: 10 }, reported)
    expect(reported.renewals).toEqual({ connections: 0, requests: 0 })
  })

  it('opens connections that were closed between slices without counting them', async () => {
    const http = plain(ok)
    const session = await open(http)
    const reported = new Reported()
    await session.slice({ first: 0, times: 10 }, reported)
    const ended = [...sockets].map(socket => once(socket, 'close'))
    http.closeIdleConnections()
    await Promise.all(ended)
    const load = await session.slice({ first: 10, times: 10 }, reported)
    expect(reported.reasons).toEqual([])
    expect(load).toMatchObject({ requests: 30, errors: 0 })
    expect(reported.renewals).toEqual({ connections: 0, requests: 0 })
  })

  it('works with a server that closes connections after 15 idle ms', async () => {
    const session = await open(plain(ok, { keepAliveTimeout: 15, keepAliveTimeoutBuffer: 0 } as object))
    const reported = new Reported()
    // At this rate, connections are idle for 90 ms between two requests.
    const phases = [{ from: 33, to: 33, duration: 600 }]
    for (let first = 0; first < 21; first += 7) {
      const { errors, unexpected, requests } = await session.slice({ first, times: 7, phases }, reported)
      expect(reported.reasons).toEqual([])
      expect({ errors, unexpected }).toEqual({ errors: 0, unexpected: 0 })
      expect(requests).toBeGreaterThan(15)
    }
    if (loader.paced) expect(reported.renewals.connections).toBeGreaterThan(10)
  })

  it.each([
    ['early hints', 'HTTP/1.1 103 Early Hints\r\nlink: </a.css>; rel=preload\r\n\r\n'],
    ['several hints', 'HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\n'.repeat(3)],
    ['100 and 102', 'HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 102 Processing\r\n\r\n'],
  ])('does not count %s as a response, whatever pieces they come in', async (_, hints) => {
    const pieces = [hints.slice(0, 30), hints.slice(30), OK]
    const made = answering(async socket => {
      // Waits until a piece has left, so that the next one is a separate read.
      for (const piece of pieces) await new Promise(sent => socket.write(piece, () => setImmediate(sent)))
    })
    const session = await open(made, { steps: [get('/', { expect: { body: 'ok' } })] })
    const reported = new Reported()
    const load = await session.slice({ first: 0, times: 5 }, reported)
    expect(reported.reasons).toEqual([])
    expect(load).toMatchObject({ requests: 15, errors: 0, unexpected: 0 })
  })

  it('accepts early hints from Node’s own server, also for HEAD', async () => {
    const hinting = plain((_, response) => {
      response.writeEarlyHints({ link: '</a.css>; rel=preload' })
      response.writeEarlyHints({ link: '</b.css>; rel=preload' })
      response.end('ok')
    })
    const session = await open(hinting, { steps: [get('/'), request('HEAD', '/')] })
    const reported = new Reported()
    const load = await session.slice({ first: 0, times: 5 }, reported)
    expect(reported.reasons).toEqual([])
    expect(load).toMatchObject({ requests: 30, errors: 0, unexpected: 0 })
  })

  it('counts a switch of protocols as an unexpected response', async () => {
    const text =
      'HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\nconnection: upgrade\r\n\r\n\x81\x02hi'
    const session = await open(answering(socket => socket.write(text)))
    const reported = new Reported()
    const load = await session.slice({ first: 0, times: 3 }, reported)
    expect(load).toMatchObject({ requests: 9, errors: 0, unexpected: 9 })
    expect(new Set(reported.reasons)).toEqual(new Set(['status 101 for a WebSocket, which is not supported']))
  })

  it.each([
    ['a negative length', 'HTTP/1.1 200 OK\r\ncontent-length: -5\r\n\r\nok', /content-length is "-5"/],
    [
      'a length that is not a number',
      'HTTP/1.1 200 OK\r\ncontent-length: ok\r\n\r\nok',
      /content-length is "ok"/,
    ],
    ['two lengths', 'HTTP/1.1 200 OK\r\ncontent-length: 2\r\ncontent-length: 3\r\n\r\nok', /"2, 3"/],
    [
      'a length and chunks',
      'HTTP/1.1 200 OK\r\ncontent-length: 2\r\ntransfer-encoding: chunked\r\n\r\n2\r\nok\r\n',
      /content-length and transfer-encoding/,
    ],
    ['a broken chunk', 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nhello\r\n', /chunk is "hello"/],
    ['a header without a colon', 'HTTP/1.1 200 OK\r\nhello\r\n\r\n', /header line "hello"/],
    ['endless headers', `HTTP/1.1 200 OK\r\n${'x: y\r\n'.repeat(20_000)}`, /headers are longer/],
  ])('reports %s at once', async (_, text, reason) => {
    let count = 0
    const made = answering(socket => socket.write(count++ % 3 === 0 ? text : OK))
    const session = await open(made, { connections: 1 })
    const reported = new Reported()
    expect(await session.slice({ first: 0, times: 6 }, reported)).toMatchObject({ requests: 4, errors: 2 })
    expect(reported.reasons[0]).toMatch(/^its answer is not HTTP/)
    expect(reported.reasons[0]).toMatch(reason)
  })

  it('ends a slice when its session is closed, before or after it has begun', async () => {
    const arrived = Promise.withResolvers<void>()
    const session = await open(answering(() => arrived.resolve()))
    const reported = new Reported()
    const slice = session.slice({ first: 0, times: 1 }, reported)
    const ended = expect(slice).rejects.toThrow('the connections were closed')
    await arrived.promise
    await session.close()
    await ended
    await expect(session.slice({ first: 1, times: 1 }, reported)).rejects.toThrow(
      'the connections were closed',
    )
    expect(reported.reasons).toEqual([])
  })
})
