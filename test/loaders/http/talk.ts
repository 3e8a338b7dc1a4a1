/** A server that sends what a test tells it to, and a client connected to it. */
import { once } from 'node:events'
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net'
import { afterEach, beforeEach } from 'vitest'
import { Client } from '../../../harness/loaders/http/client.ts'
import { serialize } from '../../../harness/loaders/http/request-bytes.ts'
import { addressOf } from '../../../harness/loaders/http/socket.ts'

export const OK = 'HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok'

class Talk {
  server!: Server
  client!: Client
  /** All connections so far, from the server's side. */
  sockets: Socket[] = []
  /** How the server responds to a request. */
  answer = (socket: Socket, _request: string): unknown => socket.write(OK)

  async begin(): Promise<void> {
    this.server = createServer(socket => {
      this.sockets.push(socket)
      socket.on('data', data => this.answer(socket, String(data)))
      socket.on('error', () => {})
    })
    this.server.listen(0, '127.0.0.1')
    await once(this.server, 'listening')
    const url = `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`
    this.client = new Client(addressOf({ url, timeout: 1_000 }))
  }

  end(): void {
    this.client.destroy()
    for (const socket of this.sockets) socket.destroy()
    this.server.close()
  }

  /** Connections that the client has not closed. */
  get open(): number {
    return this.sockets.filter(({ closed }) => !closed).length
  }
}

export let talk: Talk

beforeEach(async () => {
  talk = new Talk()
  await talk.begin()
})

afterEach(() => talk.end())

export interface Outcome {
  status: number
  headers: string[]
  body: string
  bytes: number
  events?: number
  /** When its first bytes came, if its end came later, and when it was complete. */
  began?: number
  ended: number
}

export const send = (
  method = 'GET',
  more: { reads?: boolean; body?: string; events?: number } = {},
): Promise<Outcome | string> =>
  new Promise(resolve => {
    const { reads = true, body, events } = more
    const request = { method, path: '/', headers: {}, body }
    talk.client.send({
      request: serialize(request, 'localhost'),
      reads,
      headOnly: method === 'HEAD',
      events,
      sentAt: performance.now(),
      answered: (response, bytes, began) =>
        resolve({ ...response, body: response.body.toString(), bytes, began, ended: performance.now() }),
      lost: resolve,
    })
  })
