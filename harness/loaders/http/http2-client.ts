/**
 * An HTTP/2 client with one connection, over TLS or with prior knowledge (RFC 9113, section 3.3). Requests in flight at the same
 * time are streams of it. A request that the server says it has not processed is sent again on a new connection.
 */
import { type ClientHttp2Session, type ClientHttp2Stream, connect, constants } from 'node:http2'
import { connect as connectPlain } from 'node:net'
import { connect as connectSecure } from 'node:tls'
import { TIMED_OUT } from '../../model/launch.ts'
import type { Exchange, HttpClient } from './exchange.ts'
import { Http2Answer } from './http2-answer.ts'
import type { Http2Message } from './http2-message.ts'
import type { Address } from './socket.ts'

type Http2Exchange = Exchange<Http2Message>

interface Running {
  exchange: Http2Exchange
  stream: ClientHttp2Stream
}

const CLOSED = 'the connection was closed'

export class Http2Client implements HttpClient {
  readonly #address: Address
  #session: ClientHttp2Session | undefined
  #connecting: Promise<void> | undefined
  /** Sent once there is a connection. */
  #queue: Http2Exchange[] = []
  readonly #running = new Set<Running>()
  /** Requests that have been sent twice. */
  readonly #again = new WeakSet<Http2Exchange>()
  #hasConnected = false
  #closedIdle = false
  #destroyed = false
  renewed = 0
  resent = 0

  constructor(address: Address) {
    this.#address = address
  }

  get connected(): boolean {
    return this.#session !== undefined
  }

  async open(): Promise<void> {
    if (this.#session) return
    this.#connecting ??= this.#connect().finally(() => {
      this.#connecting = undefined
    })
    await this.#connecting
  }

  async refresh(): Promise<void> {
    if (this.#closedIdle) await this.open()
  }

  send(exchange: Http2Exchange): void {
    if (this.#session) this.#start(this.#session, exchange)
    else {
      this.#queue.push(exchange)
      this.#renew()
    }
  }

  timeOut(before: number): void {
    for (const running of this.#running)
      if (running.exchange.sentAt < before) {
        this.#running.delete(running)
        running.stream.close(constants.NGHTTP2_CANCEL)
        running.exchange.lost(TIMED_OUT)
      }
    while (this.#queue[0] && this.#queue[0].sentAt < before) this.#queue.shift()!.lost(TIMED_OUT)
  }

  reset(): void {
    this.#queue = []
    // After GOAWAY, they can be on an earlier connection.
    for (const { stream } of this.#running) stream.session?.destroy()
    this.#running.clear()
    this.#session?.destroy()
    this.#session = undefined
  }

  destroy(): void {
    this.#destroyed = true
    this.reset()
  }

  #renew(): void {
    if (this.#connecting || this.#destroyed) return
    if (this.#hasConnected) this.renewed++
    this.open().catch(() => {})
  }

  /** Resolves once the server has sent its settings: before that, nobody knows whether it speaks HTTP/2. */
  async #connect(): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    const { timeout } = this.#address
    const session = connect(originOf(this.#address), { createConnection: () => socketTo(this.#address) })
    const timer = setTimeout(() => reject(new Error(`connecting took more than ${timeout} ms`)), timeout)
    session.once('remoteSettings', () => resolve())
    session.on('error', reject)
    session.once('close', () => reject(new Error(CLOSED)))
    try {
      await promise
    } catch (error) {
      session.destroy()
      for (const exchange of this.#queue.splice(0)) exchange.lost((error as Error).message)
      throw error
    } finally {
      clearTimeout(timer)
    }
    if (this.#destroyed) {
      session.destroy()
      return
    }
    // After GOAWAY, no new stream can be opened.
    session.once('goaway', () => this.#ended(session))
    session.once('close', () => this.#ended(session))
    this.#session = session
    this.#hasConnected = true
    this.#closedIdle = false
    for (const exchange of this.#queue.splice(0)) this.#start(session, exchange)
  }

  #start(session: ClientHttp2Session, exchange: Http2Exchange): void {
    const { headers, body } = exchange.request
    let stream: ClientHttp2Stream
    try {
      stream = session.request(headers, { endStream: body === undefined })
    } catch (error) {
      exchange.lost(error instanceof Error ? error.message : String(error))
      return
    }
    if (body) stream.end(body)
    const running = { exchange, stream }
    this.#running.add(running)
    const answer = new Http2Answer(exchange)
    let failure: string | undefined
    const answered = () => {
      if (!this.#running.delete(running)) return
      // A closed loop uses the same object for its next request.
      this.#again.delete(exchange)
      exchange.answered(answer.response, answer.bytes, answer.began)
    }
    stream.on('response', received => answer.head(received))
    stream.on('trailers', received => answer.trailers(received))
    stream.on('data', (part: Buffer) => {
      try {
        answer.take(part)
      } catch (error) {
        if (this.#running.delete(running)) exchange.lost((error as Error).message)
        stream.close(constants.NGHTTP2_CANCEL)
        return
      }
      if (!answer.isEnough) return
      answered()
      stream.close(constants.NGHTTP2_CANCEL)
    })
    // It closes some turns of the loop after its end.
    stream.on('end', () => {
      if (answer.isComplete(stream)) answered()
    })
    stream.on('error', error => {
      failure = error.message
    })
    stream.on('close', () => {
      if (answer.isComplete(stream)) answered()
      else if (this.#running.delete(running)) this.#lose(exchange, stream, failure)
    })
  }

  /** REFUSED_STREAM says that nothing was processed. RFC 9113, section 8.7. */
  #lose(exchange: Http2Exchange, { rstCode }: ClientHttp2Stream, failure = CLOSED): void {
    if (rstCode !== constants.NGHTTP2_REFUSED_STREAM || this.#again.has(exchange)) exchange.lost(failure)
    else {
      this.#again.add(exchange)
      this.resent++
      this.send(exchange)
    }
  }

  #ended(session: ClientHttp2Session): void {
    if (this.#session !== session) return
    this.#session = undefined
    this.#closedIdle = this.#running.size === 0
    if (this.#queue.length > 0) this.#renew()
  }
}

const originOf = ({ secure }: Address): string => `${secure ? 'https' : 'http'}://localhost`

const socketTo = ({ where, secure }: Address) =>
  secure
    ? connectSecure({ ...where, ALPNProtocols: ['h2'], rejectUnauthorized: false })
    : connectPlain({ ...where, noDelay: true })
