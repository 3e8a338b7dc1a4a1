/** Counting, with the messages that Node's HTTP server publishes. */
import { channel } from 'node:diagnostics_channel'
import { expect, onTestFinished, test } from 'vitest'
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
