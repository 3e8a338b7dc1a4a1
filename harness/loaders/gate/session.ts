/** A launch under the load of another engine: its workers send what the gate tells them, a slice at a time. */
import type { LoadOptions, LoadSession, Sink, SliceLoad, SliceSpec } from '../../model/capabilities.ts'
import type { HttpRequest, HttpResponse, PlannedRequest, ScriptSession } from '../../model/http.ts'
import { TIMED_OUT } from '../../model/launch.ts'
import { mean, sum } from '../../stats/describe.ts'
import { setUp } from '../set-up.ts'
import { RunningSlice } from '../slice.ts'
import type { Gate } from './gate.ts'
import type { Answered, Asked, Outcome } from './messages.ts'

/** What a worker's orders of one slice add up to. */
interface Spent {
  /** µs, by the worker's clock. */
  took: number
  /** µs of it in which the worker was busy itself. */
  busy: number
}

export class GateSession implements LoadSession {
  readonly #gate: Gate
  readonly #options: LoadOptions
  readonly #scripts: ScriptSession[]
  readonly #release: () => Promise<void>
  #slice: RunningSlice | undefined

  /** @param release called once, when the session is closed */
  constructor(gate: Gate, options: LoadOptions, release: () => Promise<void>) {
    const { script, load } = options
    this.#gate = gate
    this.#options = options
    this.#scripts = Array.from({ length: load.connections }, (_, i) => script.session(i))
    this.#release = release
  }

  /** Sends the script's setup on each connection. @throws Error when it fails */
  async open(): Promise<this> {
    try {
      if (this.#scripts.some(({ setup }) => setup.length > 0))
        await setUp(sink => this.#send(({ setup }) => setup, sink))
    } catch (error) {
      await this.close()
      throw error
    }
    return this
  }

  get connections(): number {
    return this.#scripts.length
  }

  slice({ first, times }: SliceSpec, sink: Sink): Promise<SliceLoad> {
    return this.#send(script => script.requests(first, times), sink)
  }

  async close(): Promise<void> {
    this.#slice?.finish(new Error('the session was closed'))
    await this.#release()
  }

  async #send(requestsOf: (script: ScriptSession) => PlannedRequest[], sink: Sink): Promise<SliceLoad> {
    const lanes = this.#scripts.map(script => ({ script, planned: requestsOf(script) }))
    const count = sum(lanes.map(({ planned }) => planned.length))
    const end = Promise.withResolvers<void>()
    const slice = new RunningSlice(count, lanes.length, sink, failure =>
      failure ? end.reject(failure) : end.resolve(),
    )
    this.#slice = slice
    const begun = performance.now()
    // A lane that fails ends the slice for all.
    const spent = Promise.all(
      lanes.map(({ script, planned }, lane) => this.#sendOnLane(lane, script, planned, slice)),
    )
    try {
      const [all] = await Promise.all([spent, end.promise])
      // Each worker has a clock of its own, so only lengths of time can be compared. The gate's own time is left out.
      const times = all.map(({ took }) => took)
      const longest = Math.max(...times)
      // A worker that is busy for all of a short order is not too weak: others may take longer, and then it waits for them.
      const busy = Math.max(...all.map(own => own.busy)) / Math.max(1, longest)
      const idle = 1 - mean(times) / ((performance.now() - begun) * 1_000)
      return { ...slice.load, wall: longest * 1_000, busy, idle: Math.max(0, idle) }
    } finally {
      this.#slice = undefined
    }
  }

  async #sendOnLane(
    lane: number,
    script: ScriptSession,
    planned: PlannedRequest[],
    slice: RunningSlice,
  ): Promise<Spent> {
    const spent = { took: 0, busy: 0 }
    const { url: base, timeout, load } = this.#options
    const every = load.atMost && (load.connections / load.atMost) * 1_000
    for (let at = 0; at < planned.length && this.#slice === slice && slice.left > 0; ) {
      const batch = batchAt(at, planned)
      const rendered = batch.map(one => script.render(one))
      const requests = batch.map((one, i) => askedFrom(rendered[i]!, script.reads(one)))
      const outcome = await this.#gate.run(lane, { base, timeout, every, requests })
      spent.took += outcome.took
      spent.busy += outcome.took * (outcome.busy ?? 0)
      at += this.#receive(script, batch, outcome, slice)
    }
    return spent
  }

  /** @returns how many requests of the batch have ended */
  #receive(script: ScriptSession, batch: PlannedRequest[], outcome: Outcome, slice: RunningSlice): number {
    const { answers, took, lost } = outcome
    // What the worker did between two requests is not known one by one.
    const waited = sum(answers.map(answer => answer.took))
    const gap = (took - waited) / Math.max(1, answers.length)
    let ago = took
    for (const [i, answer] of answers.entries()) {
      const { step } = batch[i]!
      ago -= answer.took + gap
      slice.sink.latency(step, answer.took, undefined, Math.max(0, ago))
      const response = responseFrom(answer)
      const problem = script.receive(batch[i]!, response)
      if (problem) slice.unexpected(step, problem, response)
      slice.answered(answer.bytes)
    }
    if (lost === undefined) return answers.length
    const { step } = batch[answers.length]!
    if (lost === TIMED_OUT) slice.sink.latency(step, this.#options.timeout * 1_000)
    slice.lost(step, lost)
    return answers.length + 1
  }
}

/** As many requests as are known now: until one that waits for a captured value. */
function batchAt(at: number, planned: PlannedRequest[]): PlannedRequest[] {
  const next = planned.findIndex(({ request }, i) => i > at && request === undefined)
  return planned.slice(at, next < 0 ? undefined : next)
}

function askedFrom({ method, path, headers, body }: HttpRequest, reads: boolean): Asked {
  return {
    method,
    path,
    headers,
    ...(body !== undefined && { body: Buffer.from(body as string).toString('base64') }),
    ...(reads && { read: true }),
  }
}

const responseFrom = ({ status, headers = [], body = '' }: Answered): HttpResponse => ({
  status,
  headers,
  body: Buffer.from(body, 'base64'),
})
