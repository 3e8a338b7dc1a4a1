/** Sockets of the open loop: TCP or a Unix socket, with TLS where the URL says so. */
import { connect as connectPlain, type Socket } from 'node:net'
import { connect as connectSecure } from 'node:tls'

export interface Place {
  /** Origin, for example `https://127.0.0.1:41234`. */
  url: string
  /** Path of the Unix socket. */
  socket?: string
  /** Milliseconds. */
  timeout: number
}

/**
 * What is read is handled before anything else is, so one buffer will do for all. A buffer of its own for each read was most
 * of what collecting garbage took.
 */
const READ = Buffer.allocUnsafe(65_536)

/**
 * @param heard is called with what comes, which is valid until it returns
 * @throws Error when there is nobody, or not in time
 */
export function connect(
  { url, socket: path, timeout }: Place,
  heard: (chunk: Buffer) => void,
): Promise<Socket> {
  const { hostname, protocol, port } = new URL(url)
  const secure = protocol === 'https:'
  const where = path === undefined ? { host: hostname, port: Number(port || (secure ? 443 : 80)) } : { path }
  const { promise, resolve, reject } = Promise.withResolvers<Socket>()
  const there = () => {
    socket.setTimeout(0)
    resolve(socket)
  }
  const callback = (length: number) => {
    heard(READ.subarray(0, length))
    return true
  }
  const socket = secure
    ? connectSecure({ ...where, rejectUnauthorized: false }, there).on('data', heard)
    : connectPlain({ ...where, onread: { buffer: READ, callback }, noDelay: true }, there)
  socket.on('error', reject)
  socket.setTimeout(timeout, () => socket.destroy(new Error(`connecting took more than ${timeout} ms`)))
  return promise
}
