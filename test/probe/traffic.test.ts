/** Counting, with the messages that Node's HTTP server publishes, and with a real server of HTTP/2. */
import { channel } from 'node:diagnostics_channel'
import { once } from 'node:events'
import { connect, createServer, type Http2ServerRequest } from 'node:http2'
import type { AddressInfo } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { ROUTE } from '../../harness/probe/routes.cjs'
import { newTable, PLACE, placeOf } from '../../harness/probe/table.cjs'
import { requestCounts } from '../../harness/probe/traffic.cjs'

const [STARTED, FINISHED] = ['http.server.request.start', 'http.server.response.finish'].map(name =>
  channel(name),
)

function counting() {
  const table: Float64Array = newTable()
  const names: string[] = []
  const counts = requestCounts(table, undefined, (_: number, name: string) => names.push(name))
  onTestFinished(() => counts.stop())
  const answer = (url: string, statusCode = 200) => {
    const message = { request: { method: 'GET', url }, response: { statusCode } }
    STARTED!.publish(message)
    FINISHED!.publish(message)
  }
  return { table, names, counts, answer }
}

test('nothing is counted until somebody wants it, nor afterwards', () => {
  const { table, names, counts, answer } = counting()
  answer('/orders')
  counts.begin()
  counts.begin()
  answer('/orders')
  counts.end()
  answer('/orders', 500)
  counts.end()
  answer('/orders')
  expect([table[PLACE.requests!], table[PLACE.errors!], names]).toEqual([2, 1, ['GET /orders']])
  counts.stop()
  counts.begin()
  answer('/orders')
  expect(table[PLACE.requests!]).toBe(2)
})

test('of many requests some stand for all, by chance, and the number of all is exact', () => {
  const { table, names, counts, answer } = counting()
  counts.begin()
  counts.adapt(1)
  for (let i = 0; i < 10_000; i++) answer('/a')
  counts.adapt(1_000)
  expect(table[PLACE.weight!]).toBe(10)
  const before = [0, 1].map(route => table[placeOf(route)]!)
  for (let i = 0; i < 20_000; i++) answer(i % 2 === 0 ? '/a' : '/b')
  expect(table[PLACE.requests!]).toBe(30_000)
  expect(names).toEqual(['GET /a', 'GET /b'])
  const [a, b] = [0, 1].map(route => table[placeOf(route)]! - before[route]!)
  for (const seen of [a!, b!]) {
    expect(seen).toBeGreaterThan(8_000)
    expect(seen).toBeLessThan(12_000)
  }
  counts.adapt(100_000)
  expect(table[PLACE.weight!]).toBe(1)
})

test('streams of HTTP/2 that are answered count like requests, with the pattern of their route', async () => {
  const { table, names, counts } = counting()
  const server = createServer((request: Http2ServerRequest, response) => {
    if (request.url.startsWith('/users/')) Object.assign(request.stream, { [ROUTE]: '/users/:id' })
    if (request.url === '/gone') request.stream.close(2)
    else response.writeHead(request.url === '/broken' ? 503 : 200).end('answer')
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const client = connect(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)
  onTestFinished(() => {
    client.destroy()
    server.close()
  })
  counts.begin()
  for (const path of ['/users/17', '/users/18', '/broken', '/gone', '/orders/7']) {
    const stream = client.request({ ':path': path }).resume()
    stream.on('error', () => {})
    await once(stream, 'close').catch(() => {})
  }
  await expect.poll(() => table[PLACE.requests!]).toBe(4)
  expect(table[PLACE.errors!]).toBe(1)
  expect(names).toEqual(['GET /users/:id', 'GET /broken', 'GET /orders/…'])
  expect(table[placeOf(0)]).toBe(2)
})
