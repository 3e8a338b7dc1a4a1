/** A request on its way, and the client that carries it, whatever the version of HTTP. */
import type { HttpResponse } from '../../model/http.ts'
import type { Http2Message } from './http2-message.ts'
import type { Expected } from './response-reader.ts'

/** A request, ready to be sent: the bytes of HTTP/1.1, or the fields and the body of HTTP/2. */
export type Message = Buffer | Http2Message

/** Either `answered` or `lost` is called, once. */
export interface Exchange<M extends Message = Message> extends Expected {
  request: M
  /** When `send` was called, as `performance.now()`. */
  sentAt: number
  /**
   * @param response its body is empty for status 2xx, unless it is read
   * @param began when its first bytes came, as `performance.now()`; absent if all came at once
   */
  answered(response: HttpResponse, bytes: number, began?: number): void
  lost(reason: string): void
}

/** A client with one connection, which is opened again when the server has closed it. */
export interface HttpClient {
  readonly connected: boolean
  /** Connections that were opened again because a request needed one. */
  readonly renewed: number
  /** Requests that were sent a second time. */
  readonly resent: number
  /** Opens the connection before it is needed. @throws Error when nobody listens */
  open(): Promise<void>
  /** Opens it again if the server closed it between two slices. */
  refresh(): Promise<void>
  send(exchange: Exchange): void
  /** Gives up requests that were sent before then. */
  timeOut(before: number): void
  /** Closes the connection and forgets what was sent on it. */
  reset(): void
  destroy(): void
}
