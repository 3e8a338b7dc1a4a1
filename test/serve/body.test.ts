import type { IncomingMessage } from 'node:http'
import { PassThrough } from 'node:stream'
import { expect, test } from 'vitest'
import { Bodies } from '../../harness/serve/body.ts'

const MEBIBYTE = 2 ** 20

/** A request whose body comes piece by piece. */
function coming(bodies: Bodies) {
  const stream = Object.assign(new PassThrough({ highWaterMark: 64 * MEBIBYTE }), { headers: {} })
  return { stream, body: bodies.of(stream as unknown as IncomingMessage) }
}

test('of bodies that take too much together, the largest gives way, and a small one arrives', async () => {
  const bodies = new Bodies()
  const large = Array.from({ length: 6 }, (_, at) => {
    const one = coming(bodies)
    one.stream.write(Buffer.alloc((5 + at / 4) * MEBIBYTE))
    return one
  })
  const small = coming(bodies)
  small.stream.end('a profile')
  expect((await small.body).toString()).toBe('a profile')
  for (const { stream } of large) stream.end('x')
  const outcomes = await Promise.allSettled(large.map(({ body }) => body))
  expect(outcomes.slice(0, 5).every(({ status }) => status === 'fulfilled')).toBe(true)
  expect(outcomes[5]).toMatchObject({ status: 'rejected', reason: { status: 503 } })
})

test('one byte at a time counts for more than a byte', async () => {
  const { stream, body } = coming(new Bodies())
  const refused = expect(body).rejects.toMatchObject({ status: 413 })
  for (let at = 0; at < 70_000; at++) stream.write('x')
  stream.end()
  await refused
})
