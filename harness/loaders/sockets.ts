/** Sockets of both loops: TCP or a Unix socket, with TLS where the URL says so. */
import { connect as connectPlain, type Socket } from 'node:net'
import { connect as connectSecure } from 'node:tls'

/** Where a connection leads. */
export interface Place {
  where: { host: string; port: number } | { path: string }
  secure: boolean
  /** Milliseconds. */
  timeout: number
}

/** @param url origin, for example `https://127.0.0.1:41234`; @param socket path of the Unix socket */
export function placeOf({ url, socket, timeout }: { url: string; socket?: string; timeout: number }): Place {
  const { hostname, protocol, port } = new URL(url)
  const secure = protocol === 'https:'
  const where =
    socket === undefined
      ? // An address of IPv6 has brackets in a URL only.
        { host: hostname.replaceAll(/[[\]]/g, ''), port: Number(port || (secure ? 443 : 80)) }
      : { path: socket }
  return { where, secure, timeout }
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
export function connect({ where, secure, timeout }: Place, heard: (chunk: Buffer) => void): Promise<Socket> {
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
