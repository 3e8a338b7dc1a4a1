/** Finds out what a port speaks instead of the version of HTTP that the load has, by its raw bytes. */
import { once } from 'node:events'
import { connect as connectPlain, type Socket } from 'node:net'
import { connect as connectSecure } from 'node:tls'
import type { Address } from './address.ts'

/** Milliseconds. */
const PATIENCE = 2_000
/** Characters of another protocol that a message shows. */
const SHOWN = 60

export interface Mismatch {
  /** Continues “it …”. */
  what: string
  advice: string
}

/** @returns undefined when nothing comes back, or it speaks the expected protocol after all */
export async function mismatchAt(address: Address): Promise<Mismatch | undefined> {
  const secure = address.origin.startsWith('https:')
  if (address.http2 && secure && (await shakesHands(address)))
    return (await shakesHands(address, ['h2'])) ? undefined : NO_HTTP2
  const said = await firstBytes(address, 'GET / HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n')
  if (isHttp2(said)) return address.http2 ? undefined : HTTP2
  if (said.toString('latin1', 0, 5) === 'HTTP/') {
    // Some servers that expect TLS say so in plain HTTP.
    if (await shakesHands(address)) return secure ? undefined : TLS
    return secure ? NO_TLS : address.http2 ? NO_HTTP2 : undefined
  }
  // Most servers that expect TLS close the connection without a word. Some send an alert.
  if (said.length === 0 || isAlert(said)) {
    if (!secure) return (await shakesHands(address)) ? TLS : undefined
    return !(await shakesHands(address, ['http/1.1'])) && (await shakesHands(address, ['h2']))
      ? HTTP2_ONLY
      : undefined
  }
  return {
    what: `answers with something that is not HTTP: \`${beginning(said)}\``,
    advice: 'PORT must be the port on which it serves HTTP.',
  }
}

const HTTP2: Mismatch = {
  what: 'speaks HTTP/2 without TLS, and the load HTTP/1.1',
  advice: "Set `protocol: 'http/2'` in the load, or serve HTTP/1.1 on PORT.",
}
const HTTP2_ONLY: Mismatch = {
  what: 'speaks HTTP/2 only, and the load HTTP/1.1',
  advice:
    "Set `protocol: 'http/2'` in the load, or let it speak HTTP/1.1 as well: `allowHTTP1: true` for `http2.createSecureServer`.",
}
const NO_HTTP2: Mismatch = {
  what: 'does not speak HTTP/2',
  advice: "Leave `protocol: 'http/2'` out of the load, or let it serve HTTP/2 on PORT.",
}
const TLS: Mismatch = {
  what: 'speaks TLS, and was asked without',
  advice: "Set `listen: 'https'` in the target.",
}
const NO_TLS: Mismatch = {
  what: 'speaks HTTP without TLS, and was asked with TLS',
  advice: "Leave `listen: 'https'` out of the target, or let the service serve TLS on PORT.",
}

/** A server's first frame is SETTINGS (type 4) of stream 0. RFC 9113, sections 3.4 and 4.1. */
const isHttp2 = (said: Buffer): boolean =>
  said.length >= 9 && said[0] === 0 && said[3] === 4 && said.readUInt32BE(5) === 0

/** RFC 8446, section 5.1. */
const isAlert = (said: Buffer): boolean => said[0] === 21 && said[1] === 3

const beginning = (said: Buffer): string =>
  said
    .toString('latin1', 0, SHOWN)
    .split(/[\r\n]/)[0]!
    .replaceAll(/[^ -~]/g, '?')

function placeOf({ origin, socket }: Address): { host: string; port: number } | { path: string } {
  if (socket !== undefined) return { path: socket }
  const { hostname, port } = new URL(origin)
  return { host: hostname.replace(/^\[(.*)\]$/, '$1'), port: Number(port) }
}

/** The first bytes; none when the connection or the time ends before they come. */
async function firstBytes(address: Address, request: string): Promise<Buffer> {
  const socket = connectPlain(placeOf(address))
  socket.write(request)
  const [said] = (await awaited(socket, 'data')) ?? []
  return said ?? Buffer.alloc(0)
}

async function shakesHands(address: Address, protocols?: string[]): Promise<boolean> {
  const options = { rejectUnauthorized: false, ALPNProtocols: protocols }
  return (await awaited(connectSecure({ ...placeOf(address), ...options }), 'secureConnect')) !== undefined
}

/** What comes with the event; undefined when the connection or the time ends before it. */
async function awaited(socket: Socket, event: 'data' | 'secureConnect'): Promise<Buffer[] | undefined> {
  const signal = AbortSignal.timeout(PATIENCE)
  try {
    const closed = once(socket, 'close', { signal }).then(() => undefined)
    return await Promise.race([once(socket, event, { signal }), closed])
  } catch {
    return undefined
  } finally {
    socket.destroy()
  }
}
