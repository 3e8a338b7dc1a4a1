/** The client that Artillery runs, called as its versions call it. Where Artillery is installed, the contract runs over it too. */
import { EventEmitter, once } from 'node:events'
import { createRequire } from 'node:module'
import { PassThrough } from 'node:stream'
import { expect, it } from 'vitest'

const client = createRequire(import.meta.url)('../../harness/loaders/gate/artillery.cjs')

/** A user who has taken an order of one request. @param unit how many units of its time limit the version counts in a second */
function user({ unit, timeout }: { unit: number; timeout: number }) {
  const request = { uuid: String(Math.random()), timeout: 600 * unit }
  const requests = [{ method: 'GET', path: '/a', headers: {} }]
  const order = { lane: 0, order: 1, base: 'http://127.0.0.1:1', timeout, requests }
  return { request, context: { vars: { order, answers: [], isLate: undefined } }, events: new EventEmitter() }
}

it.each([
  ['milliseconds, as in 2.0.21', 1000, 2500],
  ['seconds, as in 2.0.34', 1, 2.5],
])('gives Artillery the time limit in %s', async (_, unit, expected) => {
  const { request, context, events } = user({ unit, timeout: 2500 })
  await new Promise<void>(resolve => client.send(request, context, events, resolve))
  expect(request).toMatchObject({ timeout: expected, url: 'http://127.0.0.1:1/a', method: 'GET' })
})

it('ends an answer that has begun and is not complete in time', async () => {
  const { request, context, events } = user({ unit: 1, timeout: 20 })
  await new Promise<void>(resolve => client.send(request, context, events, resolve))
  events.emit('trace:http:request', request, request.uuid)
  const response = new PassThrough()
  events.emit('trace:http:response', response, request.uuid)
  await once(response, 'close')
  expect(response.destroyed).toBe(true)
  expect(context.vars.isLate).toBe(true)
})
