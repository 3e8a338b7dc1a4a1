/** Where a launch listens, and how it is reached there. */
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Agent, type Dispatcher } from 'undici'
import type { Target } from '../../model/scenario.ts'

export interface Address {
  /** What the target gets as `PORT`: a free port, or the path of a Unix socket. */
  port: string
  /** For example `https://127.0.0.1:41234`. For a Unix socket, the host means nothing. */
  origin: string
  socket?: string
  /** Absent where undici's own will do. */
  dispatcher?: Dispatcher
}

/** Milliseconds until a connection counts as not accepted. */
const CONNECT_TIMEOUT = 2_000

export async function freshAddress(listen: Target['listen'] = 'http'): Promise<Address> {
  if (listen === 'socket') {
    const socket = join(tmpdir(), `flamegate-${randomBytes(8).toString('hex')}.sock`)
    const dispatcher = new Agent({ connect: { socketPath: socket } })
    return { port: socket, origin: 'http://localhost', socket, dispatcher }
  }
  const port = await freePort()
  const origin = `${listen}://127.0.0.1:${port}`
  if (listen === 'http') return { port, origin }
  // Test certificates are self-signed. The load does not speak HTTP/2.
  const connect = { rejectUnauthorized: false, timeout: CONNECT_TIMEOUT }
  return { port, origin, dispatcher: new Agent({ connect, allowH2: false }) }
}

/** The same port at another IP address. */
export function at(address: Address, host: string): Address {
  const { protocol } = new URL(address.origin)
  return { ...address, origin: `${protocol}//${host.includes(':') ? `[${host}]` : host}:${address.port}` }
}

/** Ports of launches. The kernel can offer them again until the launches listen. */
const given = new Set<string>()

/** Also removes the socket file, which a target that was killed leaves behind. */
export function discard({ port, socket, dispatcher }: Address): void {
  given.delete(port)
  if (socket !== undefined) rmSync(socket, { force: true })
  void dispatcher?.destroy()
}

/** A free port on loopback that no other launch of this process has. */
export async function freePort(offered = unusedPort): Promise<string> {
  for (;;) {
    const port = await offered()
    if (given.has(port)) continue
    given.add(port)
    return port
  }
}

async function unusedPort(): Promise<string> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  await new Promise(resolve => server.close(resolve))
  if (address === null || typeof address === 'string') throw new Error('The system gave no port.')
  return String(address.port)
}
