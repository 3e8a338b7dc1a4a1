/** The gate: an HTTP endpoint where the workers of a load engine wait for their next requests, and report on them. */
import { createHash, timingSafeEqual } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { createServer as createSecureServer } from 'node:https'
import { isIP } from 'node:net'
import { text } from 'node:stream/consumers'
import { MeasureError } from '../../model/errors.ts'
import { type Message, messageFrom, type Order, type Outcome, wrongIn } from './messages.ts'

/** Milliseconds after which a worker with nothing to do has to ask again. Proxies give up after 30 s or more. */
const PATIENCE = 20_000
/** Milliseconds: sooner than a slice is given up, which names nobody. */
const LATE = 5_000
/** Requests of an order that may take nearly as long as they can. */
const SLOW = 2
/** Bytes of a message. */
const MOST = 64 * 2 ** 20

export interface Place {
  host: string
  /** 0: any free one. */
  port: number
  /** What workers send as a Bearer token. */
  token?: string
  /** PEM. */
  tls?: { cert: string; key: string }
}

/** An order on its way. */
interface Pending {
  order: Order
  sentAt: number
  resolve(outcome: Outcome): void
  reject(error: Error): void
  timer: NodeJS.Timeout
}

/** What one worker does: it waits, or carries out an order. */
interface Lane {
  worker?: string
  waiting?: ServerResponse
  pending?: Pending
  /** The last order that it has reported on. */
  done: number
}

export class Gate {
  readonly #server: Server
  readonly #token: string | undefined
  readonly #lanes: Lane[]
  readonly #joined = Promise.withResolvers<void>()
  readonly #scheme: string
  readonly #late: number
  #orders = 0
  #ended = false

  private constructor(lanes: number, { token, tls }: Place, late: number) {
    this.#late = late
    this.#lanes = Array.from({ length: lanes }, () => ({ done: 0 }))
    this.#token = token
    this.#scheme = tls ? 'https' : 'http'
    const answer = (request: IncomingMessage, response: ServerResponse) =>
      void this.#answer(request, response)
    this.#server = tls ? createSecureServer(tls, answer) : createServer(answer)
    // A worker is silent while it carries out an order.
    this.#server.keepAliveTimeout = 10 * 60_000
    this.#joined.promise.catch(() => {})
  }

  /**
   * @param late milliseconds that an order may take beyond the time-outs of its requests: a worker stops at the first that is lost
   * @throws MeasureError when nobody can listen there
   */
  static async open(lanes: number, place: Place, late = LATE): Promise<Gate> {
    const gate = new Gate(lanes, place, late)
    gate.#server.listen(place.port, place.host)
    await once(gate.#server, 'listening').catch((cause: Error) => {
      throw new MeasureError(`The gate cannot listen on ${place.host}:${place.port}: ${cause.message}`, {
        advice: 'Choose another address in `load.listen`.',
        cause,
      })
    })
    return gate
  }

  /** Where workers ask. */
  get url(): string {
    const { address, port } = this.#server.address() as { address: string; port: number }
    return `${this.#scheme}://${isIP(address) === 6 ? `[${address}]` : address}:${port}`
  }

  /** Resolves when each lane has a worker. @throws MeasureError when some have none within the limit, in ms */
  async joined(limit: number): Promise<void> {
    const timer = setTimeout(() => {
      const { length } = this.#lanes.filter(({ worker }) => worker !== undefined)
      this.#joined.reject(
        new MeasureError(
          `Of ${this.#lanes.length} workers, ${length} have come to the gate at ${this.url} within ${limit / 1_000} s.`,
          { advice: 'Each connection of the load needs a worker: a virtual user that runs the client.' },
        ),
      )
    }, limit)
    try {
      await this.#joined.promise
    } finally {
      clearTimeout(timer)
    }
  }

  /** Has a worker send requests. @throws Error when it vanishes, or reports something impossible */
  run(lane: number, asked: Omit<Order, 'lane' | 'order'>): Promise<Outcome> {
    const own = this.#lanes[lane]!
    const order = { lane, order: ++this.#orders, ...asked }
    const { promise, resolve, reject } = Promise.withResolvers<Outcome>()
    const { timeout, every = 0, requests } = asked
    const limit = timeout * Math.min(SLOW, requests.length) + every * requests.length + this.#late
    const timer = setTimeout(() => {
      own.pending = undefined
      reject(
        new Error(
          own.waiting || own.worker === undefined
            ? `the worker of connection ${lane + 1} has gone`
            : `worker ${own.worker} has not answered for ${(limit / 1_000).toFixed(1)} s`,
        ),
      )
    }, limit)
    own.pending = { order, sentAt: 0, resolve, reject, timer }
    this.#hand(own)
    return promise
  }

  /** Tells every worker that there is nothing more to do. */
  async close(): Promise<void> {
    this.#ended = true
    this.#joined.reject(new Error('the gate was closed'))
    for (const { waiting, pending } of this.#lanes) {
      clearTimeout(pending?.timer)
      pending?.reject(new Error('the gate was closed'))
      waiting?.writeHead(410, { connection: 'close' }).end()
    }
    const closed = once(this.#server, 'close')
    this.#server.close()
    this.#server.closeIdleConnections()
    // A worker that has not heard of the end finds nobody here, which means the same.
    const timer = setTimeout(() => this.#server.closeAllConnections(), 500)
    await closed
    clearTimeout(timer)
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const refuse = (status: number, reason: string) =>
      response.writeHead(status, { 'content-type': 'text/plain', connection: 'close' }).end(`${reason}\n`)
    if (!this.#isAllowed(request)) return void refuse(401, 'The token is missing or wrong.')
    if (request.method !== 'POST' || request.url !== '/next') return void refuse(404, 'Post to /next.')
    if (Number(request.headers['content-length'] ?? Number.NaN) <= MOST) {
      try {
        this.#hear(messageFrom(await text(request)), response, refuse)
      } catch (error) {
        refuse(400, `The message is wrong: ${(error as Error).message}.`)
      }
    } else refuse(413, 'A message has a length, and at most 64 MiB.')
  }

  #isAllowed({ headers }: IncomingMessage): boolean {
    const digest = (value: string) => createHash('sha256').update(value).digest()
    return (
      this.#token === undefined ||
      timingSafeEqual(digest(headers.authorization ?? ''), digest(`Bearer ${this.#token}`))
    )
  }

  #hear(
    { worker, lane: number, outcome, leaves }: Message,
    response: ServerResponse,
    refuse: (status: number, reason: string) => void,
  ): void {
    const lane = number === undefined ? this.#free() : this.#lanes[number]
    if (this.#ended || !lane) {
      if (this.#ended) refuse(410, 'The run has ended.')
      else refuse(409, `All ${this.#lanes.length} connections have a worker.`)
      return
    }
    if (outcome) this.#settle(lane, worker, outcome)
    if (leaves) {
      lane.worker = undefined
      lane.waiting?.writeHead(204).end()
      lane.waiting = undefined
      response.writeHead(204).end()
      return
    }
    lane.worker = worker
    // Only the newest of its requests is waiting: a proxy may have given up the others.
    lane.waiting?.writeHead(204).end()
    lane.waiting = response
    const timer = setTimeout(() => {
      if (lane.waiting !== response) return
      lane.waiting = undefined
      response.writeHead(204).end()
    }, PATIENCE)
    response.on('close', () => {
      clearTimeout(timer)
      if (lane.waiting === response) lane.waiting = undefined
    })
    this.#hand(lane)
    if (this.#lanes.every(it => it.worker !== undefined)) this.#joined.resolve()
  }

  /** A lane without a worker, or whose worker has gone. */
  #free(): Lane | undefined {
    return (
      this.#lanes.find(({ worker }) => worker === undefined) ??
      this.#lanes.find(({ waiting, pending }) => !waiting && (!pending || pending.sentAt === 0))
    )
  }

  #settle(lane: Lane, worker: string, outcome: Outcome): void {
    const { pending } = lane
    if (pending?.order.order !== outcome.order) {
      // Reported twice, so what it says now cannot be trusted either.
      if (outcome.order === lane.done)
        pending?.reject(new Error(`worker ${worker} has reported on the same order twice`))
      return
    }
    clearTimeout(pending.timer)
    lane.pending = undefined
    lane.done = outcome.order
    const wrong = wrongIn(outcome, pending.order, (performance.now() - pending.sentAt) * 1_000)
    if (wrong === undefined) pending.resolve(outcome)
    else pending.reject(new Error(`worker ${worker} reports something impossible: ${wrong}`))
  }

  /** Gives a worker that waits its order. */
  #hand(lane: Lane): void {
    const { waiting, pending } = lane
    if (!waiting || !pending || pending.sentAt > 0) return
    lane.waiting = undefined
    pending.sentAt = performance.now()
    waiting.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(pending.order))
  }
}
