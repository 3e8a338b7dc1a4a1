/** Opens sockets: TCP or a Unix socket, with TLS for `https:`. */
import { connect as connectPlain, type Socket } from 'node:net'
import { connect as connectSecure } from 'node:tls'
import type { LoadOptions } from '../../model/capabilities.ts'

export interface Address {
  where: { host: string; port: number } | { path: string }
  secure: boolean
  /** Milliseconds until connecting is given up. */
  timeout: number
}

export function addressOf({
  url,
  socket,
  timeout,
}: Pick<LoadOptions, 'url' | 'socket' | 'timeout'>): Address {
  const { hostname, protocol, port } = new URL(url)
  const secure = protocol === 'https:'
  const where =
    socket === undefined
      ? // Only in a URL does an IPv6 address have brackets.
        { host: hostname.replaceAll(/[[\]]/g, ''), port: Number(port || (secure ? 443 : 80)) }
      : { path: socket }
  return { where, secure, timeout }
}

/**
 * Every chunk is handled before the next read, so all sockets share one buffer. A new buffer for each read caused most of the
 * garbage collections.
 */
const READ = Buffer.allocUnsafe(65_536)

/**
 * @param heard is called with each chunk, which is valid until then
 * @throws Error when nobody accepts the connection in time
 */
export function connect(
  { where, secure, timeout }: Address,
  heard: (chunk: Buffer) => void,
): Promise<Socket> {
  const { promise, resolve, reject } = Promise.withResolvers<Socket>()
  const connected = () => {
    socket.setTimeout(0)
    resolve(socket)
  }
  const callback = (length: number) => {
    heard(READ.subarray(0, length))
    return true
  }
  const socket = secure
    ? connectSecure({ ...where, rejectUnauthorized: false }, connected).on('data', heard)
    : connectPlain({ ...where, onread: { buffer: READ, callback }, noDelay: true }, connected)
  socket.on('error', reject)
  socket.setTimeout(timeout, () => socket.destroy(new Error(`connecting took more than ${timeout} ms`)))
  return promise
}
