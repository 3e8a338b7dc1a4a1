/** One connection of the open loop, made anew when it was closed: one request at a time. */
import type { HttpRequest } from '../model/requests.ts'
import { TIMED_OUT } from './burst.ts'
import { Connection, type Outcome, type Owner } from './connection.ts'
import type { Wire } from './http1.ts'
import { connect, type Place } from './sockets.ts'

/** Milliseconds of idleness after which a server may have closed its end. */
const STALE = 1_000

export interface Asked {
  request: HttpRequest
  /** Whether headers and body are of interest. */
  reads: boolean
  done(outcome: Outcome): void
  lost(reason: string): void
}

export class Slot implements Owner {
  readonly #place: Place
  readonly #wire: Wire
  #connection: Connection | undefined
  /** In progress: kept no longer, since what it holds would outlive every collection of young garbage. */
  #asked: Asked | undefined
  #endedAt = 0
  #destroyed = false
  /** When its request was sent, as `performance.now()`; 0 while it is idle. */
  sentAt = 0

  constructor(place: Place, wire: Wire) {
    this.#place = place
    this.#wire = wire
  }

  /** @throws Error when there is nobody */
  async connect(): Promise<void> {
    let connection: Connection | undefined
    const socket = await connect(this.#place, chunk => connection?.read(chunk))
    // One that comes too late is not needed any more.
    if (this.#destroyed || this.#connection?.open) socket.destroy()
    else this.#connection = connection = new Connection(socket, this)
  }

  send(asked: Asked): void {
    this.sentAt = performance.now()
    this.#asked = asked
    // That it was closed is known once the loop has looked.
    if (this.#connection?.open && this.sentAt - this.#endedAt > STALE) setImmediate(() => this.#write(asked))
    else this.#write(asked)
  }

  /** Its connection is closed: an answer that comes too late belongs to no request. */
  timeOut(): void {
    this.#connection?.close(TIMED_OUT)
    this.lost(TIMED_OUT)
  }

  destroy(): void {
    this.#destroyed = true
    this.#asked = undefined
    this.#connection?.close('')
  }

  answered(outcome: Outcome): void {
    this.#ended()?.done(outcome)
  }

  lost(reason: string): void {
    this.#ended()?.lost(reason)
  }

  #write(asked: Asked): void {
    if (this.#asked !== asked) return
    const { request, reads } = asked
    if (this.#connection?.open)
      this.#connection.ask(this.#wire.bytes(request), { reads, headOnly: request.method === 'HEAD' })
    else
      this.connect().then(
        () => this.#write(asked),
        (error: Error) => this.#asked === asked && this.lost(error.message),
      )
  }

  #ended(): Asked | undefined {
    const asked = this.#asked
    this.#asked = undefined
    this.sentAt = 0
    this.#endedAt = performance.now()
    return asked
  }
}
