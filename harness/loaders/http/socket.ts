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

export type Target = Pick<LoadOptions, 'url' | 'socket' | 'timeout'>

export function addressOf({ url, socket, timeout }: Target): Address {
  const { hostname, protocol, port } = new URL(url)
  const secure = protocol === 'https:'
  if (socket !== undefined) return { where: { path: socket }, secure, timeout }
  // Only in a URL does an IPv6 address have brackets.
  const host = hostname.replaceAll(/[[\]]/g, '')
  return { where: { host, port: Number(port || (secure ? 443 : 80)) }, secure, timeout }
}

/**
 * Every chunk is handled before the next read, so all sockets share one buffer. A new buffer for each read caused most of the
 * garbage collections.
 */
const READ = Buffer.allocUnsafe(65_536)

/** @param heard gets each chunk, which is valid until it returns; @throws Error when nobody accepts in time */
export function connect({ where, secure, timeout }: Address, heard: (chunk: Buffer) => void) {
  const { promise, resolve, reject } = Promise.withResolvers<Socket>()
  const connected = () => resolve(socket.setTimeout(0))
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
