/**
 * What stands behind one of a loop's connections: the connection is made anew whenever it was closed, as browsers and
 * HTTP clients do it, and the time that this takes is part of the latency of the request that waits for it.
 *
 * A server may close a connection that it believes to be idle while a request is on its way to it. So a request whose
 * connection ends without the server having taken it up is sent again on a new connection, whatever its method: there it
 * is the first, which no server can take for one too many. If that connection ends as well, it is lost.
 */
import { TIMED_OUT } from './burst.ts'
import { type Asked, Connection, type End } from './connection.ts'
import { Habit } from './habit.ts'
import { connect, type Place } from './sockets.ts'

export class Line {
  readonly #place: Place
  readonly #habit: Habit
  #connection: Connection | undefined
  #connecting: Promise<void> | undefined
  /** Asked for while there is no connection. */
  #queue: Asked[] = []
  /** Whether there has been a connection, and whether the last one was closed while nothing was asked of it. */
  #known = false
  #closedIdle = false
  #destroyed = false
  /** Connections that were made anew because a request needed one. */
  renewed = 0
  /** Requests that were sent a second time, because their connection ended without a word. */
  resent = 0

  /** @param habit of the server, as all lines to it have seen it */
  constructor(place: Place, habit = new Habit()) {
    this.#place = place
    this.#habit = habit
  }

  get connected(): boolean {
    return this.#connection !== undefined
  }

  /**
   * Opens the connection before it is needed.
   *
   * @throws Error when there is nobody
   */
  async open(): Promise<void> {
    if (this.#connection) return
    this.#connecting ??= this.#connect()
    await this.#connecting
  }

  /** Opens it again if the server has closed it between two slices: that nothing was asked meanwhile is our doing. */
  async refresh(): Promise<void> {
    if (this.#closedIdle) await this.open()
  }

  ask(asked: Asked): void {
    if (this.#connection?.open) this.#connection.ask(asked)
    else {
      this.#queue.push(asked)
      // One that is there is about to say that it has ended.
      if (!this.#connection) this.#renew()
    }
  }

  /** Gives up what was asked for before then. */
  timeOut(before: number): void {
    const first = this.#connection?.first
    if (first && first.sentAt < before) this.#connection!.giveUp(TIMED_OUT)
    while (this.#queue[0] && this.#queue[0].sentAt < before) this.#queue.shift()!.lost(TIMED_OUT)
  }

  /** Closes the connection and forgets what it was asked. */
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
    if (this.#known) this.renewed++
    this.open().catch(() => {})
  }

  async #connect(): Promise<void> {
    let connection: Connection | undefined
    try {
      const socket = await connect(this.#place, chunk => connection?.read(chunk))
      if (this.#destroyed) socket.destroy()
      else this.#connection = connection = new Connection(socket, this.#queue[0], end => this.#ended(end))
    } catch (error) {
      this.#connecting = undefined
      for (const asked of this.#queue.splice(0)) asked.lost((error as Error).message)
      throw error
    }
    this.#connecting = undefined
    this.#known = true
    this.#closedIdle = false
    for (const asked of this.#queue.splice(0)) connection?.ask(asked)
  }

  #ended({ left, lost, unsaid }: End): void {
    this.#connection = undefined
    this.#closedIdle = unsaid !== undefined && left.length === 0
    const seen = unsaid && left.length > 0 && !this.#habit.explains(unsaid) ? unsaid.reason : undefined
    const reason = lost ?? seen
    const first = reason === undefined ? undefined : left.shift()
    if (unsaid && !first) this.resent += left.length
    // Before whatever is asked for next.
    this.#queue.unshift(...left)
    first?.lost(reason!)
    if (this.#queue.length > 0 && !this.#connection) this.#renew()
  }
}
