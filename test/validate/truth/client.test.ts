import { once } from 'node:events'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { Client } from '../../../validate/truth/client.ts'

const undo: (() => void)[] = []
afterEach(() => {
  for (const each of undo.splice(0)) each()
})

async function clientOf(answer: RequestListener): Promise<Client> {
  const server = createServer(answer).listen(0, '127.0.0.1')
  await once(server, 'listening')
  undo.push(() => server.close().closeAllConnections())
  const client = await Client.open((server.address() as AddressInfo).port)
  undo.push(() => client.close())
  return client
}

describe('the client of the independent measurement', () => {
  it('counts every answer of a burst, and leaves none for the next one', async () => {
    let served = 0
    const client = await clientOf((_, response) => {
      served++
      response.end('answer')
    })
    const counts: number[] = []
    for (const _ of [1, 2]) {
      const before = served
      const count = await client.burst(20)
      counts.push(served - before - count)
      expect(count).toBeGreaterThanOrEqual(10)
    }
    expect(counts).toEqual([0, 0])
  })

  it('reads answers that come in parts', async () => {
    const body = 'x'.repeat(300_000)
    const client = await clientOf((_, response) => response.end(body))
    expect(await client.burst(20)).toBeGreaterThanOrEqual(10)
  })

  it.each<[string, RequestListener, RegExp]>([
    [
      'fails',
      (_, response) => {
        response.statusCode = 500
        response.end()
      },
      /answered HTTP\/1.1 500/,
    ],
    ['closes connections', (_, response) => response.socket!.destroy(), /closed a connection/],
  ])('says when the service %s', async (_, later, message) => {
    let answers = 0
    const client = await clientOf((request, response) => {
      if (answers++ > 20) later(request, response)
      else response.end('answer')
    })
    await expect(client.burst(200)).rejects.toThrow(message)
  })

  it('says when answers differ in length', async () => {
    let answers = 0
    const client = await clientOf((_, response) => response.end('x'.repeat(answers++ % 2 ? 9 : 5)))
    await expect(client.burst(50)).rejects.toThrow(/same answer/)
  })

  it('refuses an answer of unknown length', async () => {
    await expect(
      clientOf((_, response) => {
        response.write('a')
        response.end('b')
      }),
    ).rejects.toThrow(/length/)
  })
})
