/** The client for HTTP/2 against Node's own server. */
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer as createPlain } from 'node:http'
import {
  constants,
  createSecureServer,
  createServer,
  type Http2Server,
  type ServerHttp2Session,
  type ServerHttp2Stream,
} from 'node:http2'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { Http2Client } from '../../../harness/loaders/http/http2-client.ts'
import { http2Message } from '../../../harness/loaders/http/http2-message.ts'
import { addressOf } from '../../../harness/loaders/http/socket.ts'
import { TIMED_OUT } from '../../../harness/model/launch.ts'

const tls = (name: string) => readFileSync(join(import.meta.dirname, `../../fixtures/tls/${name}.pem`))

let server: Http2Server
let client: Http2Client
let sessions: ServerHttp2Session[]
let answer: (stream: ServerHttp2Stream, headers: Record<string, unknown>) => unknown

async function serve(secure = false): Promise<void> {
  sessions = []
  server = secure ? createSecureServer({ key: tls('key'), cert: tls('certificate') }) : createServer()
  server.on('session', session => {
    sessions.push(session)
    session.on('error', () => {})
  })
  server.on('stream', (stream: ServerHttp2Stream, headers) => {
    stream.on('error', () => {})
    answer(stream, headers)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  client = new Http2Client(
    addressOf({ url: `${secure ? 'https' : 'http'}://127.0.0.1:${port}`, timeout: 1_000 }),
  )
}

beforeEach(async () => {
  answer = stream => {
    stream.respond({ ':status': 200 })
    stream.end('ok')
  }
  await serve()
})

afterEach(() => {
  client.destroy()
  for (const session of sessions) session.destroy()
  server.close()
})

interface Outcome {
  status: number
  headers: string[]
  body: string
  bytes: number
  events?: number
  began?: number
}

const send = (
  method = 'GET',
  more: { body?: string; events?: number; headers?: Record<string, string>; reads?: boolean } = {},
) =>
  new Promise<Outcome | string>(resolve => {
    const { body, events, headers = {}, reads = true } = more
    client.send({
      request: http2Message({ method, path: '/a?b=1', headers, body }, 'http://shop.test:80'),
      reads,
      headOnly: method === 'HEAD',
      events,
      sentAt: performance.now(),
      answered: (response, bytes, began) =>
        resolve({ ...response, body: response.body.toString(), bytes, began }),
      lost: resolve,
    })
  })

it.each([false, true])('sends requests as streams of one connection (TLS: %s)', async secure => {
  client.destroy()
  server.close()
  await serve(secure)
  const outcomes = await Promise.all(Array.from({ length: 20 }, () => send()))
  for (const outcome of outcomes) expect(outcome).toMatchObject({ status: 200, body: 'ok' })
  expect(sessions).toHaveLength(1)
  expect(client).toMatchObject({ connected: true, renewed: 0, resent: 0 })
})

it('sends fields and bodies, without those of a connection', async () => {
  let seen: Record<string, unknown> = {}
  let body = ''
  answer = async (stream, headers) => {
    seen = headers
    for await (const part of stream) body += String(part)
    stream.respond({ ':status': 201, 'set-cookie': ['a=1', 'b=2'] })
    stream.end()
  }
  const headers = { 'X-Mine': '1', Connection: 'close', Host: 'other.test' }
  const outcome = await send('POST', { body: 'é', headers })
  expect(outcome).toMatchObject({ status: 201, body: '' })
  expect((outcome as Outcome).headers.join()).toContain('set-cookie,a=1,set-cookie,b=2')
  expect({ ...seen }).toMatchObject({
    ':method': 'POST',
    ':path': '/a?b=1',
    ':scheme': 'http',
    ':authority': 'other.test',
    'x-mine': '1',
    'content-length': '2',
  })
  expect(seen).not.toHaveProperty('connection')
  expect(body).toBe('é')
})

it('counts the same bytes for the same answer, whatever came before', async () => {
  answer = stream => {
    stream.respond({ ':status': 200, 'x-long': 'x'.repeat(100) })
    stream.end('ok')
  }
  const [first, second] = [await send(), await send()] as [Outcome, Outcome]
  expect(first.bytes).toBe(second.bytes)
  expect(first.bytes).toBeGreaterThan(100)
})

it('keeps a body only where it is read, or says what went wrong', async () => {
  expect(await send('GET', { reads: false })).toMatchObject({ status: 200, body: '' })
  answer = stream => {
    stream.respond({ ':status': 500 })
    stream.end('broken')
  }
  expect(await send('GET', { reads: false })).toMatchObject({ status: 500, body: 'broken' })
})

it('an answer to HEAD has no body', async () => {
  answer = stream => stream.respond({ ':status': 200, 'content-length': '5' }, { endStream: true })
  expect(await send('HEAD')).toMatchObject({ status: 200, body: '' })
})

it('trailers count as headers', async () => {
  answer = stream => {
    stream.respond({ ':status': 200 }, { waitForTrailers: true })
    stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': '0' }))
    stream.end('ok')
  }
  const { headers } = (await send()) as Outcome
  expect(headers.join()).toContain('grpc-status,0')
})

it('reads as many events as are wanted, and ends the stream', async () => {
  answer = stream => {
    stream.respond({ ':status': 200, 'content-type': 'text/event-stream' })
    stream.write('data: 1\n\ndata: 2\n\ndata: 3\n\n')
  }
  expect(await send('GET', { events: 2 })).toMatchObject({ status: 200, events: 2 })
  expect(await send('GET', { events: 1 })).toMatchObject({ status: 200, events: 1 })
  expect(sessions).toHaveLength(1)
})

describe('a request', () => {
  it('that was refused is sent again, once', async () => {
    let count = 0
    answer = stream => {
      if (count++ === 0) stream.close(constants.NGHTTP2_REFUSED_STREAM)
      else {
        stream.respond({ ':status': 200 })
        stream.end('ok')
      }
    }
    expect(await send()).toMatchObject({ status: 200 })
    expect(client.resent).toBe(1)
    answer = stream => stream.close(constants.NGHTTP2_REFUSED_STREAM)
    expect(await send()).toMatch(/REFUSED_STREAM/)
    expect(client.resent).toBe(2)
  })

  it('whose stream ends early is lost', async () => {
    answer = stream => {
      stream.respond({ ':status': 200 })
      stream.write('half', () => stream.destroy(new Error('no more')))
    }
    expect(await send()).toMatch(/INTERNAL_ERROR/)
  })

  it('whose body is too long to be kept is lost', async () => {
    answer = stream => {
      stream.respond({ ':status': 200 })
      stream.end(Buffer.alloc(65 * 2 ** 20))
    }
    expect(await send()).toMatch(/its body is longer than 67108864 bytes/)
    expect(await send('GET', { reads: false })).toMatchObject({ status: 200, body: '' })
  })

  it('is lost when the connection is', async () => {
    answer = () => sessions[0]!.destroy()
    expect(await send()).toEqual(expect.any(String))
  })

  it('times out alone', async () => {
    answer = () => {}
    const first = send()
    await expect.poll(() => sessions.length).toBe(1)
    client.timeOut(Number.POSITIVE_INFINITY)
    expect(await first).toBe(TIMED_OUT)
    answer = stream => {
      stream.respond({ ':status': 200 })
      stream.end()
    }
    expect(await send()).toMatchObject({ status: 200 })
    expect(sessions).toHaveLength(1)
  })
})

describe('a connection', () => {
  it('that was closed while idle is opened again before a slice, and not counted', async () => {
    await send()
    sessions[0]!.close()
    await expect.poll(() => client.connected).toBe(false)
    await client.refresh()
    expect(client).toMatchObject({ connected: true, renewed: 0 })
    expect(sessions).toHaveLength(2)
  })

  it('that the server is about to close takes no further request', async () => {
    await send()
    sessions[0]!.goaway()
    await expect.poll(() => client.connected).toBe(false)
    expect(await send()).toMatchObject({ status: 200 })
    expect(client).toMatchObject({ renewed: 1, resent: 0 })
  })

  it('that the server has told to go away is closed with what is still open on it', async () => {
    let begun: ServerHttp2Stream | undefined
    answer = stream => {
      begun = stream
    }
    void send()
    await expect.poll(() => begun).toBeDefined()
    sessions[0]!.goaway()
    await expect.poll(() => client.connected).toBe(false)
    client.destroy()
    await expect.poll(() => sessions[0]!.destroyed).toBe(true)
  })

  it('to a server of HTTP/1.1 is refused', async () => {
    const other = createPlain((_, response) => response.end()).listen(0, '127.0.0.1')
    await once(other, 'listening')
    const url = `http://127.0.0.1:${(other.address() as AddressInfo).port}`
    const wrong = new Http2Client(addressOf({ url, timeout: 1_000 }))
    await expect(wrong.open()).rejects.toThrow()
    other.closeAllConnections()
    other.close()
  })

  it('to nobody is refused', async () => {
    server.close()
    await once(server, 'close')
    await expect(client.open()).rejects.toThrow(/ECONNREFUSED/)
    expect(await send()).toMatch(/ECONNREFUSED/)
  })
})
