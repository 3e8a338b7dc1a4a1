/** What happens to requests whose connection ends, or whose response does not come. */
import { once } from 'node:events'
import type { Socket } from 'node:net'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { TIMED_OUT } from '../../../harness/model/launch.ts'
import { OK, send, talk } from './talk.ts'

test('a request that timed out is lost, and its late response is dropped', async () => {
  const asked = Promise.withResolvers<void>()
  talk.answer = () => asked.resolve()
  const lost = send()
  await asked.promise
  talk.client.timeOut(Number.POSITIVE_INFINITY)
  expect(await lost).toBe(TIMED_OUT)
  talk.sockets[0]!.write(OK.replace('ok', 'no'))
  talk.answer = socket => socket.write(OK)
  expect(await send()).toMatchObject({ body: 'ok' })
  expect(talk.sockets).toHaveLength(2)
})

test('a request that timed out while connecting is never sent, and the next one is sent once', async () => {
  const methods: string[] = []
  talk.answer = (socket, request) => {
    methods.push(request.slice(0, request.indexOf(' ')))
    socket.write(OK)
  }
  const lost = send('DELETE')
  talk.client.timeOut(Number.POSITIVE_INFINITY)
  expect(await lost).toBe(TIMED_OUT)
  expect(await send()).toMatchObject({ status: 200 })
  expect(await send('PUT')).toMatchObject({ status: 200 })
  expect(methods).toEqual(['GET', 'PUT'])
  await expect.poll(() => talk.open).toBe(1)
})

test('a connection that opens after the client was destroyed is closed', async () => {
  const connecting = talk.client.open()
  talk.client.destroy()
  await connecting
  await expect.poll(() => talk.sockets.length - talk.open).toBe(1)
})

describe('a connection that ends unannounced', () => {
  const methods: string[] = []
  /** Makes the server answer the first request of each connection, and do this with the next one. */
  const then = (end: (socket: Socket, request: string) => void) => {
    methods.length = 0
    const greeted = new WeakSet<Socket>()
    talk.answer = (socket, request) => {
      methods.push(request.slice(0, request.indexOf(' ')))
      if (greeted.has(socket)) end(socket, request)
      else {
        greeted.add(socket)
        socket.write(OK)
      }
    }
  }

  test.each([
    ['is closed', (socket: Socket) => socket.end()],
    ['is reset', (socket: Socket) => socket.resetAndDestroy()],
  ])('has its request sent again on a new connection, whatever its method, when it %s', async (_, end) => {
    then(end)
    await send()
    expect(await send('POST', { body: 'x' })).toMatchObject({ status: 200, body: 'ok' })
    expect(methods).toEqual(['GET', 'POST', 'POST'])
    expect(talk.client).toMatchObject({ renewed: 1, resent: 1 })
  })

  test('loses a request that followed at once, unless the server always ends connections there', async () => {
    const clock = vi.spyOn(performance, 'now').mockReturnValue(1_000)
    onTestFinished(() => void clock.mockRestore())
    // After two responses, after three, and after three again.
    const ends = [3, 7, 11]
    let count = 0
    talk.answer = socket => (ends.includes(++count) ? socket.destroy() : socket.write(OK))
    const outcomes: unknown[] = []
    for (const _ of Array(10)) outcomes.push(await send())
    const ok = expect.objectContaining({ status: 200 })
    expect(outcomes).toEqual([ok, ok, ok, ok, ok, 'the connection was closed', ok, ok, ok, ok])
    expect(talk.client.resent).toBe(2)
  })

  test('loses the request that opened it', async () => {
    talk.answer = socket => socket.end()
    expect(await send()).toBe('the connection was closed')
    expect(talk.sockets).toHaveLength(1)
    expect(await send()).toBe('the connection was closed')
    expect(talk.sockets).toHaveLength(2)
  })

  test('loses a request that was sent a second time', async () => {
    await talk.client.open()
    talk.answer = socket => socket.end()
    expect(await send()).toBe('the connection was closed')
    expect(talk.sockets).toHaveLength(2)
  })

  test.each([
    ['of the response', 'HTTP/1.1 200 OK\r\n'],
    ['of an interim response', 'HTTP/1.1 100 Continue\r\n\r\n'],
  ])('loses the request once the first byte %s has come', async (_, text) => {
    then(socket => socket.end(text))
    await send()
    expect(await send()).toBe('the connection was closed')
    expect(talk.client.resent).toBe(0)
  })
})

describe('several requests on a connection', () => {
  /** Makes the server call this for each request, with its number on the connection. */
  const answering = (of: (count: number, socket: Socket) => void) => {
    const counts = new WeakMap<Socket, number>()
    talk.answer = (socket, text) => {
      for (const _ of text.matchAll(/^GET /gm)) {
        const count = (counts.get(socket) ?? 0) + 1
        counts.set(socket, count)
        if (!socket.writableEnded) of(count, socket)
      }
    }
  }
  const all = (count: number) => Promise.all(Array.from({ length: count }, () => send()))

  test('are answered in order, however the responses are cut', async () => {
    answering((_, socket) => {
      socket.write(OK.slice(0, 5))
      socket.write(OK.slice(5))
    })
    for (const outcome of await all(10)) expect(outcome).toMatchObject({ body: 'ok', bytes: OK.length })
    expect(talk.sockets).toHaveLength(1)
  })

  test.each([
    ['says so', (socket: Socket) => socket.write(OK.replace('\r\n', '\r\nconnection: close\r\n'))],
    ['says so by its version', (socket: Socket) => socket.write(OK.replace('1.1', '1.0'))],
    ['does not say so', (socket: Socket) => socket.end(OK)],
  ])('are sent again after the one with which the server closes, if it %s', async (_, last) => {
    answering((count, socket) => (count === 3 ? last(socket) : socket.write(OK)))
    for (const outcome of await all(10)) expect(outcome).toMatchObject({ status: 200, body: 'ok' })
    expect(talk.sockets).toHaveLength(4)
  })

  test('are sent again after one that is lost', async () => {
    let broken = false
    answering((_, socket) => {
      socket.write(broken ? OK : 'HTTP/1.1 200 OK\r\ncontent-length: -1\r\n\r\n')
      broken = true
    })
    const [first, ...others] = await all(4)
    expect(first).toMatch(/^its answer is not HTTP/)
    for (const outcome of others) expect(outcome).toMatchObject({ body: 'ok' })
    expect(talk.client.resent).toBe(0)
  })

  test('time out together', async () => {
    talk.answer = () => {}
    const outcomes = all(3)
    await expect.poll(() => talk.sockets.length).toBe(1)
    talk.client.timeOut(Number.POSITIVE_INFINITY)
    expect(await outcomes).toEqual([TIMED_OUT, TIMED_OUT, TIMED_OUT])
  })
})

test('a connection that was closed while idle is opened again before a slice, and not counted', async () => {
  await send()
  await talk.client.refresh()
  expect(talk.sockets).toHaveLength(1)
  talk.sockets[0]!.destroy()
  await expect.poll(() => talk.client.connected).toBe(false)
  await talk.client.refresh()
  expect(talk.client).toMatchObject({ connected: true, renewed: 0 })
  await expect.poll(() => talk.sockets.length).toBe(2)
})

test('a connection that the server closed with a response is opened when needed, and counted', async () => {
  talk.answer = socket => socket.end(OK.replace('\r\n', '\r\nconnection: close\r\n'))
  await send()
  await talk.client.refresh()
  expect(talk.sockets).toHaveLength(1)
  await send()
  expect(talk.client).toMatchObject({ renewed: 1, resent: 0 })
})

test('a request is lost with the reason when nobody listens', async () => {
  talk.server.close()
  await once(talk.server, 'close')
  expect(await send()).toMatch(/ECONNREFUSED/)
  await expect(talk.client.open()).rejects.toThrow(/ECONNREFUSED/)
})
