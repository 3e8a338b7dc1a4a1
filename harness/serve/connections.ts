/** Connections: one that makes no progress gives way to a new one, so that nobody is kept out by many that are slow. */
import type { Server } from 'node:http'
import type { Socket } from 'node:net'
import { sum } from '../stats/describe.ts'

interface Limits {
  connections: number
  /** Bytes of all answers that were not fetched yet. */
  answers: number
}

/** What is answered to what is not understood, or comes too late. */
const ANSWERS: Record<string, string> = {
  ERR_HTTP_REQUEST_TIMEOUT: '408 Request Timeout',
  HPE_HEADER_OVERFLOW: '431 Request Header Fields Too Large',
}

/** Watches the connections of a server from now on. @param tell called with what happened, and with its kind */
export function watchConnections(
  server: Server,
  limits: Limits,
  tell: (line: string, kind: string) => void,
): void {
  /** The one that began a request last is at the end. */
  const open = new Set<Socket>()
  const drop = (socket: Socket, why: string) => {
    tell(`dropped, and not said again: ${why}`, why)
    open.delete(socket)
    socket.destroy()
  }
  server.on('connection', (socket: Socket) => {
    open.add(socket)
    socket.once('close', () => open.delete(socket))
    const [oldest] = open
    if (open.size > limits.connections && oldest)
      drop(oldest, `of more than ${limits.connections} connections, the one that was idle for longest`)
  })
  server.on('request', ({ socket }) => {
    if (open.delete(socket)) open.add(socket)
    while (sum(open.values().map(unread)) > limits.answers)
      drop(
        [...open].reduce((most, one) => (unread(one) > unread(most) ? one : most)),
        'answers that nobody reads',
      )
  })
  server.on('clientError', (error: NodeJS.ErrnoException, socket) => {
    const answer = ANSWERS[error.code ?? ''] ?? '400 Bad Request'
    if (error.code !== 'ECONNRESET') tell(`refused, and not said again: ${answer}`, answer)
    if (socket.writable) socket.write(`HTTP/1.1 ${answer}\r\nconnection: close\r\n\r\n`)
    ;(socket as Socket).destroySoon()
  })
}

const unread = (socket: Socket): number => socket.writableLength
