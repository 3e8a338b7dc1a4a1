/** Server-sent events: a response is complete once it has had as many as the step waits for. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { EventCounter } from '../../../harness/script/index.ts'
import { OK, send, talk } from './talk.ts'

const HEAD = 'HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n'

describe('events', () => {
  test.each([
    ['data: a\n\ndata: b\n\n', 2],
    ['data\n\n', 1],
    ['data: a\r\n\r\ndata: b\r\r', 2],
    [': keeps the connection alive\n\n', 0],
    ['event: tick\nid: 7\n\n', 0],
    ['event: tick\ndata: a\ndata: b\n\n', 1],
    ['database: a\n\ndat: a\n\n data: a\n\n', 0],
    ['\n\n\n\ndata: a\n', 0],
  ])('%j: %i', (text, count) => {
    const counter = new EventCounter()
    const bytes = Buffer.from(text)
    expect(counter.read(bytes, 0, bytes.length, 9)).toBe(bytes.length)
    expect(counter.count).toBe(count)
  })

  test('are the same however their bytes are cut', () => {
    const text = ': hello\r\n\r\nevent: a\r\ndata: 1\r\n\r\ndata: 2\n\ndata:3\r\rid: 4\n\ndata: 5\n\n'
    fc.assert(
      fc.property(fc.array(fc.nat({ max: text.length })), places => {
        const ends = [...places, text.length].toSorted((a, b) => a - b)
        const counter = new EventCounter()
        for (const [i, end] of ends.entries()) {
          const piece = Buffer.from(text.slice(ends[i - 1] ?? 0, end))
          counter.read(piece, 0, piece.length, 9)
        }
        expect(counter.count).toBe(4)
      }),
    )
  })

  test('end where the last one that is wanted ends', () => {
    const counter = new EventCounter()
    const bytes = Buffer.from('data: a\n\ndata: b\n\ndata: c\n\n')
    expect(counter.read(bytes, 0, bytes.length, 2)).toBe('data: a\n\ndata: b\n\n'.length)
  })
})

describe('a response that is left after its events', () => {
  test.each([
    [
      'in chunks',
      'transfer-encoding: chunked\r\n\r\n',
      (text: string) => `${text.length.toString(16)}\r\n${text}\r\n`,
    ],
    ['without a length', '\r\n', (text: string) => text],
    ['with a length', 'content-length: 9000\r\n\r\n', (text: string) => text],
  ])('%s is complete, and its connection is closed and opened again', async (_, rest, piece) => {
    talk.answer = socket => {
      socket.write(`${HEAD}${rest}${piece('data: a\n\n')}`)
      setImmediate(() => socket.write(piece('data: b\n\ndata: c\n\n')))
    }
    const answer = await send('GET', { events: 2 })
    expect(answer).toMatchObject({ status: 200, body: 'data: a\n\ndata: b\n\n', events: 2 })
    await expect.poll(() => talk.open).toBe(0)
    talk.answer = socket => socket.write(OK)
    expect(await send()).toMatchObject({ body: 'ok' })
    // Nobody but we ended it, so that says nothing about the service.
    expect(talk.client.renewed).toBe(0)
  })

  test('ends early if the service ends it', async () => {
    talk.answer = socket => socket.end(`${HEAD}\r\ndata: a\n\n`)
    expect(await send('GET', { events: 2 })).toMatchObject({ status: 200, events: 1 })
  })
})

test('the first byte is noted where the end comes later', async () => {
  let more = () => {}
  talk.answer = socket => {
    socket.write(`${OK.slice(0, -1)}`)
    more = () => socket.write('k')
  }
  const answer = send()
  await expect.poll(() => talk.sockets[0]?.bytesWritten ?? 0).toBeGreaterThan(0)
  const between = performance.now()
  more()
  const { began, ended } = (await answer) as { began: number; ended: number }
  expect(began).toBeLessThanOrEqual(ended)
  expect(ended).toBeGreaterThanOrEqual(between)
  talk.answer = socket => socket.write(OK)
  expect(await send()).toMatchObject({ began: undefined })
})
