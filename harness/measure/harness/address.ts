/** Where a launch listens, and how it is reached there. */
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Agent, type Dispatcher } from 'undici'
import type { PlannedLoad } from '../../model/plan.ts'
import type { Target } from '../../model/scenario.ts'

export interface Address {
  /** What the target gets as `PORT`: a free port, or the path of a Unix socket. */
  port: string
  /** For example `https://127.0.0.1:41234`. For a Unix socket, the host means nothing. */
  origin: string
  socket?: string
  /** Whether it is spoken to in HTTP/2. */
  http2?: boolean
  /** Absent where undici's own will do. */
  dispatcher?: Dispatcher
}

type Protocol = PlannedLoad['protocol']

/** Milliseconds until a connection counts as not accepted. */
const CONNECT_TIMEOUT = 2_000

export async function freshAddress(listen: Target['listen'] = 'http', protocol?: Protocol): Promise<Address> {
  if (listen === 'socket') {
    const socket = join(tmpdir(), `flamegate-${randomBytes(8).toString('hex')}.sock`)
    return withDispatcher({ port: socket, origin: 'http://localhost', socket }, protocol)
  }
  const port = await freePort()
  return withDispatcher({ port, origin: `${listen}://127.0.0.1:${port}` }, protocol)
}

/** Where a service that already runs is reached. */
export function addressOf(url: string, protocol?: Protocol): Address {
  const { origin, port, protocol: scheme } = new URL(url)
  return withDispatcher({ origin, port: port || (scheme === 'https:' ? '443' : '80') }, protocol)
}

function withDispatcher(address: Address, protocol: Protocol): Address {
  const http2 = protocol === 'http/2'
  const secure = address.origin.startsWith('https:')
  if (!secure && !http2 && address.socket === undefined) return address
  // Test certificates are self-signed.
  const connect = { rejectUnauthorized: false, timeout: CONNECT_TIMEOUT, socketPath: address.socket }
  const dispatcher = new Agent({ connect, allowH2: http2, ...(http2 && !secure && { useH2c: true }) })
  return { ...address, ...(http2 && { http2 }), dispatcher }
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
