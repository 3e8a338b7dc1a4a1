/** Connections that are slow, unread or not HTTP, on a real listener. */
import { once } from 'node:events'
import { createServer, type RequestListener } from 'node:http'
import { type AddressInfo, connect, type Socket } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { Connections } from '../../harness/serve/connections.ts'

async function watched(limits: { connections?: number; answers?: number }, listener: RequestListener) {
  const told: string[] = []
  const server = createServer()
  const limited = { connections: 100, answers: 1e9, ...limits }
  const connections = new Connections(server, limited, line => void told.push(line))
  server.on('request', (request, response) => {
    if (connections.hasRoom()) listener(request, response)
    else response.writeHead(503).end()
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  const { port } = server.address() as AddressInfo
  const opened = async (): Promise<Socket> => {
    const socket = connect(port, '127.0.0.1').on('error', () => {})
    onTestFinished(() => void socket.destroy())
    await once(socket, 'connect')
    return socket
  }
  return { address: `http://127.0.0.1:${port}`, opened, told }
}

const ASK = 'GET / HTTP/1.1\r\nhost: x\r\n\r\n'

test('the one that was idle for longest gives way to a new one', async () => {
  const { address, opened, told } = await watched({ connections: 3 }, (_, response) => response.end('here'))
  const [first, second, third] = [await opened(), await opened(), await opened()]
  first.write(ASK)
  await once(first, 'data')
  const gone = once(second.resume(), 'close')
  expect(await (await fetch(address)).text()).toBe('here')
  await gone
  expect([first.destroyed, third.destroyed]).toEqual([false, false])
  expect(told).toEqual([expect.stringContaining('of more than 3 connections')])
})

test('many that send nothing keep nobody else out', async () => {
  const { address, opened } = await watched({ connections: 50 }, (_, response) => response.end('here'))
  const slow = await Promise.all(Array.from({ length: 300 }, opened))
  for (const socket of slow) socket.write('GET / HTTP/1.1\r\n')
  expect(await (await fetch(address)).text()).toBe('here')
})

test('answers that nobody reads do not stay', async () => {
  const large = Buffer.alloc(40 * 2 ** 20)
  const { address, opened, told } = await watched({ answers: 50 * 2 ** 20 }, (request, response) =>
    response.end(request.url === '/' ? large : 'here'),
  )
  for (let at = 0; at < 3; at++) (await opened()).pause().write(ASK)
  // The third finds no room, so one of the others goes.
  await expect.poll(() => told).toEqual([expect.stringContaining('answers that nobody reads')])
  await expect.poll(async () => (await fetch(`${address}/small`)).text()).toBe('here')
})

test.each([
  ['GIVE ME EVERYTHING\r\n\r\n', 'HTTP/1.1 400 Bad Request'],
  [`GET /${'x'.repeat(20_000)} HTTP/1.1\r\n\r\n`, 'HTTP/1.1 431 Request Header Fields Too Large'],
])('%.20s… is refused: %s', async (request, expected) => {
  const { opened, told } = await watched({}, (_, response) => response.end('here'))
  const socket = await opened()
  socket.write(request)
  expect(String(await socket.toArray()).split('\r\n')[0]).toBe(expected)
  expect(told).toEqual([`refused, and not said again: ${expected.slice('HTTP/1.1 '.length)}`])
})
