/**
 * An HTTP client with one connection. A closed connection is opened again, as in browsers, and the time that this takes is
 * part of the latency of the request that waits for it.
 *
 * A server can close a connection that it believes to be idle while a request is on its way. So a request that the server
 * has not read is sent again, whatever its method: once, on a new connection, where no server can mistake it for one too many.
 */
import { TIMED_OUT } from '../../model/launch.ts'
import { Connection, type End, type UnannouncedEnd } from './connection.ts'
import type { Exchange, HttpClient } from './exchange.ts'
import { type Address, connect } from './socket.ts'

export class Client implements HttpClient {
  readonly #address: Address
  readonly #habit: ClosingHabit
  #connection: Connection | undefined
  #connecting: Promise<void> | undefined
  /** Sent once there is a connection. */
  #queue: Exchange<Buffer>[] = []
  #hasConnected = false
  #closedIdle = false
  #endedByUs = false
  #destroyed = false
  /** Connections that were opened again because a request needed one. */
  renewed = 0
  /** Requests that were sent a second time. */
  resent = 0

  /** @param habit of the server, learnt by all clients */
  constructor(address: Address, habit = new ClosingHabit()) {
    this.#address = address
    this.#habit = habit
  }

  get connected(): boolean {
    return this.#connection !== undefined
  }

  /** Opens the connection before it is needed. @throws Error when nobody listens */
  async open(): Promise<void> {
    if (this.#connection) return
    this.#connecting ??= this.#connect()
    await this.#connecting
  }

  /** Opens it again if the server closed it between two slices, when it was idle because we sent nothing. */
  async refresh(): Promise<void> {
    if (this.#closedIdle) await this.open()
  }

  send(exchange: Exchange<Buffer>): void {
    if (this.#connection?.open) this.#connection.send(exchange)
    else {
      this.#queue.push(exchange)
      // A connection that is not open is about to report its end.
      if (!this.#connection) this.#renew()
    }
  }

  /** Gives up requests that were sent before then. */
  timeOut(before: number): void {
    const first = this.#connection?.first
    if (first && first.sentAt < before) this.#connection!.close(TIMED_OUT)
    while (this.#queue[0] && this.#queue[0].sentAt < before) this.#queue.shift()!.lost(TIMED_OUT)
  }

  /** Closes the connection and forgets what was sent on it. */
  reset(): void {
    this.#queue = []
    this.#connection?.destroy()
    this.#connection = undefined
  }

  destroy(): void {
    this.#destroyed = true
    this.reset()
  }

  #renew(): void {
    if (this.#connecting) return
    if (this.#hasConnected && !this.#endedByUs) this.renewed++
    this.open().catch(() => {})
  }

  async #connect(): Promise<void> {
    let connection: Connection | undefined
    try {
      const socket = await connect(this.#address, chunk => connection?.read(chunk))
      if (this.#destroyed) socket.destroy()
      else this.#connection = connection = new Connection(socket, this.#queue[0], end => this.#ended(end))
    } catch (error) {
      this.#connecting = undefined
      for (const exchange of this.#queue.splice(0)) exchange.lost((error as Error).message)
      throw error
    }
    this.#connecting = undefined
    this.#hasConnected = true
    this.#closedIdle = false
    for (const exchange of this.#queue.splice(0)) connection?.send(exchange)
  }

  #ended({ left, lost, unannounced, ours = false }: End): void {
    this.#connection = undefined
    this.#endedByUs = ours
    this.#closedIdle = unannounced !== undefined && left.length === 0
    const isSeen = unannounced && left.length > 0 && !this.#habit.explains(unannounced)
    const reason = lost ?? (isSeen ? unannounced.reason : undefined)
    const first = reason === undefined ? undefined : left.shift()
    if (unannounced && !first) this.resent += left.length
    // They go before later requests.
    this.#queue.unshift(...left)
    first?.lost(reason!)
    if (this.#queue.length > 0 && !this.#connection) this.#renew()
  }
}

/** A server that closes idle connections waits at least this many ms after a response. */
const IDLE = 2

/**
 * Judges whether a server had read the request when it ended the connection. It had not if the connection was idle, if the
 * request was pipelined, or if the server ends every connection after the same number of responses.
 */
export class ClosingHabit {
  #responses: number | undefined

  explains({ responses, rest }: UnannouncedEnd): boolean {
    if (rest < 0 || rest >= IDLE) return true
    const usual = this.#responses ?? responses
    this.#responses = responses
    return responses === usual
  }
}
