/** A server that sends what a test says, and one line to it. */
import { once } from 'node:events'
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net'
import { afterEach, beforeEach } from 'vitest'
import { serialize } from '../../harness/loaders/http1.ts'
import { Line } from '../../harness/loaders/line.ts'
import { placeOf } from '../../harness/loaders/sockets.ts'

export const OK = 'HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok'

class Talk {
  server!: Server
  line!: Line
  /** Connections so far, from the server's side. */
  sockets: Socket[] = []
  /** What the server does with what comes. */
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
    this.line = new Line(placeOf({ url, timeout: 1_000 }))
  }

  end(): void {
    this.line.destroy()
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
}

export const ask = (
  method = 'GET',
  more: { reads?: boolean; body?: string } = {},
): Promise<Outcome | string> =>
  new Promise(resolve => {
    const { reads = true, body } = more
    const request = { method, path: '/', headers: {}, ...(body !== undefined && { body }) }
    talk.line.ask({
      request: serialize(request, 'localhost'),
      reads,
      headOnly: method === 'HEAD',
      sentAt: performance.now(),
      answered: (answer, bytes) => resolve({ ...answer, body: answer.body.toString(), bytes }),
      lost: resolve,
    })
  })
