/** Closed loop: within a slice, every connection sends the next request as soon as it has its response. */
import type { Loader, LoadOptions, Sink, SliceLoad, SliceSpec } from '../model/capabilities.ts'
import type { HttpRequest, HttpResponse, PlannedRequest, ScriptSession } from '../model/http.ts'
import { TIMED_OUT } from '../model/launch.ts'
import type { Exchange, HttpClient, Message } from './http/exchange.ts'
import type { Serialize } from './http/serializer.ts'
import { Session } from './session.ts'
import type { RunningSlice } from './slice.ts'

/** Responses alone decide when the next request is sent. */
const UNPACED = { times: new Float64Array(), begin: 0, send() {}, waiting: () => true }
const NOTHING: Message = Buffer.alloc(0)

/** A connection, and what a slice sends on it. */
class Lane {
  readonly client: HttpClient
  readonly script: ScriptSession
  readonly serialize: Serialize
  readonly origin: string
  readonly #turns: Turn[]
  planned: PlannedRequest[] = []
  /** Ready to be sent, except for requests that wait for a captured value. */
  requests: (Message | undefined)[] = []
  next = 0
  slice: RunningSlice | undefined

  constructor(
    { client, script, serialize, origin }: Pick<Lane, 'client' | 'script' | 'serialize' | 'origin'>,
    pipelining: number,
  ) {
    this.client = client
    this.script = script
    this.serialize = serialize
    this.origin = origin
    this.#turns = Array.from({ length: pipelining }, () => new Turn(this))
  }

  /** Serializes every request that can be serialized before the slice opens. */
  prepare(planned: PlannedRequest[]): void {
    this.planned = planned
    this.requests = planned.map(({ request }) => request && this.serialize(request))
    this.next = 0
  }

  open(slice: RunningSlice): void {
    this.slice = slice
    for (const turn of this.#turns) turn.next()
  }

  close(): void {
    this.slice = undefined
    this.prepare([])
  }
}

/** Sends one request at a time. A lane has a turn for each request that can be in flight. */
class Turn implements Exchange {
  readonly #lane: Lane
  #planned: PlannedRequest = { step: 0 }
  #rendered: HttpRequest | undefined
  /** When the first request of the step was sent, as `performance.now()`, and what has come back before the last one. */
  #begunAt = 0
  #followed = 0
  #bytes = 0
  request = NOTHING
  reads = false
  headOnly = false
  events: number | undefined
  sentAt = 0

  constructor(lane: Lane) {
    this.#lane = lane
  }

  next(): void {
    const { script, serialize, client, planned: all, requests } = this.#lane
    const index = this.#lane.next++
    const planned = all[index]
    if (!planned) return
    this.#rendered = script.render(planned)
    this.#planned = planned
    this.#followed = 0
    this.#bytes = 0
    this.request = requests[index] ?? serialize(this.#rendered)
    this.reads = script.reads(planned)
    this.headOnly = this.#rendered.method === 'HEAD'
    this.events = script.events(planned)
    this.#begunAt = this.sentAt = performance.now()
    client.send(this)
  }

  answered(response: HttpResponse, bytes: number): void {
    const { slice, script } = this.#lane
    if (!slice) return
    // Taken before the response is checked, so that checking does not count as latency.
    const { milliseconds } = slice.latency(bytes, performance.now() - this.#begunAt)
    if (response.status >= 300 && this.#follow(response, bytes)) return
    slice.sink.latency(this.#planned.step, milliseconds * 1000)
    const problem = script.receive(this.#planned, response)
    if (problem) slice.unexpected(this.#planned.step, problem, response)
    slice.answered(this.#bytes + bytes)
    this.next()
  }

  /** @returns whether the response redirects, and the step follows */
  #follow(response: HttpResponse, bytes: number): boolean {
    const { script, origin, serialize, client } = this.#lane
    const next = script.follow(this.#planned, {
      request: this.#rendered!,
      response,
      origin,
      followed: this.#followed,
    })
    if (!next) return false
    this.#followed++
    this.#bytes += bytes
    this.#rendered = next
    this.request = serialize(next)
    this.sentAt = performance.now()
    client.send(this)
    return true
  }

  lost(reason: string): void {
    const { slice } = this.#lane
    if (!slice) return
    if (reason === TIMED_OUT)
      slice.sink.latency(this.#planned.step, (performance.now() - this.#begunAt) * 1000)
    slice.lost(this.#planned.step, reason)
    this.next()
  }
}

class ClosedSession extends Session {
  readonly #lanes: Lane[] = []

  constructor(options: LoadOptions) {
    super(options, false)
    const { script, load } = options
    const { serialize, origin } = this
    for (let i = 0; i < load.connections; i++)
      this.#lanes.push(
        new Lane({ client: this.pool.add(), script: script.session(i), serialize, origin }, load.pipelining),
      )
  }

  slice({ first, times }: SliceSpec, sink: Sink): Promise<SliceLoad> {
    return this.#sendOnLanes(script => script.requests(first, times), sink)
  }

  protected override async setUp(sink: Sink): Promise<void> {
    if (this.#lanes.some(({ script }) => script.setup.length > 0))
      await this.#sendOnLanes(({ setup }) => setup, sink)
  }

  #sendOnLanes(requestsOf: (script: ScriptSession) => PlannedRequest[], sink: Sink): Promise<SliceLoad> {
    let requests = 0
    for (const lane of this.#lanes) {
      const planned = requestsOf(lane.script)
      requests += planned.length
      lane.prepare(planned)
    }
    return this.send(requests, sink, slice => ({
      pace: UNPACED,
      start: () => {
        for (const lane of this.#lanes) lane.open(slice)
      },
      ended: failure => {
        for (const lane of this.#lanes) lane.close()
        if (failure) this.pool.reset()
      },
    }))
  }
}

const closed: Loader = {
  name: 'closed',
  open: async options => new ClosedSession(options).open(),
}

export default closed
