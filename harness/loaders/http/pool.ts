/** The clients of a session, which are connected, checked for time-outs and closed together. */
import { setImmediate as turnOfLoop } from 'node:timers/promises'
import type { Sink } from '../../model/capabilities.ts'
import { MeasureError } from '../../model/errors.ts'
import type { PlannedLoad } from '../../model/plan.ts'
import { Client, ClosingHabit } from './client.ts'
import type { HttpClient } from './exchange.ts'
import { Http2Client } from './http2-client.ts'
import { type Address, addressOf, type Target } from './socket.ts'

/** Milliseconds between two checks for requests that have timed out. */
const SWEEP = 20

export class ClientPool {
  readonly #address: Address
  readonly #claim: ReturnType<typeof claim>
  readonly #habit = new ClosingHabit()
  readonly #clients: HttpClient[] = []
  readonly #protocol: PlannedLoad['protocol']
  readonly #connections: number
  #next = 0
  #closed = false

  /** @param grows whether more are opened when all are busy; @throws MeasureError when the process cannot have this many */
  constructor(
    where: Target,
    { connections, protocol }: Pick<PlannedLoad, 'connections' | 'protocol'>,
    grows: boolean,
  ) {
    this.#protocol = protocol
    this.#connections = connections
    this.#address = addressOf(where)
    this.#claim = claim(connections, grows)
  }

  /** Whether requests in flight share connections, so that more of them need none of their own. */
  get shares(): boolean {
    return this.#protocol === 'http/2'
  }

  add(): HttpClient {
    if (this.shares && this.#clients.length === this.#connections)
      return this.#clients[this.#next++ % this.#connections]!
    const client = this.shares ? new Http2Client(this.#address) : new Client(this.#address, this.#habit)
    this.#clients.push(client)
    return client
  }

  /** @throws Error when nobody listens */
  async open(): Promise<void> {
    await Promise.all(this.#clients.map(client => client.open()))
  }

  /** Opens connections again that the server has closed, which we know after a turn of the loop. @throws Error when closed */
  async refresh(): Promise<void> {
    await turnOfLoop()
    await Promise.allSettled(this.#clients.map(client => client.refresh()))
    if (this.#closed) throw hungUp()
  }

  /**
   * Checks for time-outs while a slice is open. The returned function ends that and reports renewed connections.
   * @param timeOut gives up what was meant to be sent before then and has no client yet
   */
  watch(sink: Sink, timeOut?: (before: number) => void): () => void {
    const [renewed, resent] = [this.#sum('renewed'), this.#sum('resent')]
    const sweep = setInterval(() => {
      const late = performance.now() - this.#address.timeout
      for (const client of this.#clients) client.timeOut(late)
      timeOut?.(late)
    }, SWEEP)
    return () => {
      clearInterval(sweep)
      sink.renewed?.(this.#sum('renewed') - renewed, this.#sum('resent') - resent)
    }
  }

  get connected(): number {
    return this.#clients.filter(({ connected }) => connected).length
  }

  /** Connections that there can be at present, or requests in flight where they share connections. */
  get most(): number {
    return this.shares ? Number.POSITIVE_INFINITY : this.#claim.most()
  }

  reset(): void {
    for (const client of this.#clients) client.reset()
  }

  close(): void {
    if (this.#closed) return
    this.#closed = true
    this.#claim.release()
    for (const client of this.#clients) client.destroy()
  }

  #sum(counter: 'renewed' | 'resent'): number {
    return this.#clients.reduce((sum, client) => sum + client[counter], 0)
  }
}

/** Why a slice ends when its session is closed. */
export const hungUp = () => new Error('the connections were closed')

/*
 * The files that this process can open are divided among the sessions of all launches. Each connection is one. When none
 * is left, nothing works, not even reading a counter.
 */

/** Files for everything else: the sockets of agents, profiles, the kernel's counters. */
const RESERVED = 128

/** Connections that sessions keep open, and the number of sessions that share the rest. */
let kept = 0
let sharing = 0
let known: number | undefined

/** @param grows whether the session opens more when it needs them; @throws MeasureError when there are too many */
function claim(connections: number, grows: boolean) {
  const limit = openFiles()
  const room = Math.max(0, limit - RESERVED)
  if (kept + connections > room)
    throw new MeasureError(
      `The load generator can open ${limit} files, which leaves room for ${room} connections to all variants together. ${kept + connections} are too many.`,
      { advice: 'Raise the limit (`ulimit -n`), or use fewer `connections`.' },
    )
  kept += connections
  if (grows) sharing++
  return {
    /** Connections that the session can have at present. */
    most: () => connections + Math.floor((room - kept) / Math.max(1, sharing)),
    release() {
      kept -= connections
      if (grows) sharing--
    },
  }
}

/** Part of Node's report on its own process, on platforms that have such limits. */
interface Report {
  userLimits?: { open_files?: { soft?: number | 'unlimited' } }
}

/** The soft limit, which Node raises as far as it can when it starts. */
function openFiles(): number {
  if (known !== undefined) return known
  // Looking up the names of network interfaces can take seconds.
  const report = Object.assign(process.report, { excludeNetwork: true }).getReport() as Report
  const soft = report.userLimits?.open_files?.soft
  known = typeof soft === 'number' ? soft : Number.POSITIVE_INFINITY
  return known
}
