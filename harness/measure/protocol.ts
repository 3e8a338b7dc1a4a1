/** What a service speaks where HTTP/1.1 was expected, so that the message can say so. */
import { connect as connectPlain, type Socket } from 'node:net'
import { connect as connectSecure } from 'node:tls'
import type { Address } from './address.ts'

/** Milliseconds for a connection and the first bytes on it. */
const TIMEOUT = 1_000
/** Characters of what it said instead. */
const SHOWN = 60
const REQUEST = 'GET / HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n'

export interface Mismatch {
  /** What it speaks, after the service's name. */
  words: string
  advice: string
}

/** @returns `null` when it speaks what was expected, or nothing */
export async function spokenInstead({ origin, socket }: Address): Promise<Mismatch | null> {
  const { hostname, port, protocol } = new URL(origin)
  const host = hostname.replaceAll(/[[\]]/g, '')
  const where = socket === undefined ? { host, port: Number(port) } : { path: socket }
  const plain = await firstBytes(connectPlain(where), REQUEST)
  if (protocol === 'https:')
    return isHttp(plain)
      ? { words: 'answers without TLS.', advice: "Leave out `listen: 'https'` of the target." }
      : null
  if (isHttp(plain)) return null
  if (isHttp2(plain))
    return {
      words: 'speaks HTTP/2 without TLS; the load is HTTP/1.1.',
      advice:
        "Let it serve HTTP/1.1 for the benchmark: `http.createServer`, or `http2.createSecureServer({ allowHTTP1: true })` with `listen: 'https'`.",
    }
  if (await answersTls(connectSecure({ ...where, rejectUnauthorized: false })))
    return { words: 'speaks TLS.', advice: "Set `listen: 'https'` in the target; any certificate will do." }
  const text = plain
    .toString('latin1')
    .replaceAll(/[^\x20-\x7e]+/g, ' ')
    .trim()
  return text === ''
    ? null
    : {
        words: `does not speak HTTP: it says \`${text.slice(0, SHOWN)}\`.`,
        advice: 'Check that PORT is the port of its HTTP server.',
      }
}

const isHttp = (bytes: Buffer): boolean => /^HTTP\/1\./.test(bytes.toString('latin1', 0, 8))

/** A server begins with a SETTINGS frame (type 4) on stream 0. RFC 9113, sections 3.4 and 4.1. */
const isHttp2 = (bytes: Buffer): boolean =>
  bytes.length >= 9 && bytes[0] === 0 && bytes[3] === 4 && bytes.readUInt32BE(5) === 0

/** What comes first; empty when the connection fails, is closed, or nothing comes in time. */
function firstBytes(socket: Socket, request: string): Promise<Buffer> {
  const { promise, resolve } = Promise.withResolvers<Buffer>()
  const end = (bytes: Buffer) => {
    resolve(bytes)
    socket.destroy()
  }
  socket.setTimeout(TIMEOUT, () => end(Buffer.alloc(0)))
  socket.on('error', () => end(Buffer.alloc(0)))
  socket.on('close', () => end(Buffer.alloc(0)))
  socket.once('data', end)
  socket.write(request)
  return promise
}

function answersTls(socket: ReturnType<typeof connectSecure>): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>()
  const end = (answers: boolean) => {
    resolve(answers)
    socket.destroy()
  }
  socket.setTimeout(TIMEOUT, () => end(false))
  socket.on('error', () => end(false))
  socket.on('close', () => end(false))
  socket.once('secureConnect', () => end(true))
  return promise
}
