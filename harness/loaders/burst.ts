/** One slice in progress: what is still to be answered and what came back. */
import type { Sink, SliceLoad } from '../model/capabilities.ts'
import { TIMED_OUT } from '../model/launch.ts'
import type { Answer } from '../model/requests.ts'
import { beginningOf } from '../script/index.ts'

export { TIMED_OUT }

/** Requests lost one after the other, as a multiple of the connections, after which the target counts as gone. */
const MAX_LOSSES = 3

/** Characters of an unexpected answer that are kept. */
const SAMPLE = 200

/** Bytes that one read of a socket can hold: what is longer has come meanwhile, for all that anybody knows. */
const ONE_READ = 65_536

/** In milliseconds, see `Pacer`. */
export interface Hearing {
  lag(): number
  blind(): number
  paused(): number
}

export class Burst {
  readonly load: SliceLoad = { requests: 0, errors: 0, unexpected: 0, bytes: 0, wall: 0 }
  readonly sink: Sink
  readonly #finish: (failure?: Error) => void
  readonly #begin = process.hrtime.bigint()
  readonly #limit: number
  #open: number
  #lostInARow = 0
  /** Ways of going wrong of which there is a sample: making one may take decoding. */
  readonly #sampled = new Set<string>()
  /** What the loop knows of when answers came; without one, they come when they are handled. */
  hearing: Hearing | undefined

  /** @param requests that end it; @param finish called once, when each of them has ended or too many are lost */
  constructor(requests: number, connections: number, sink: Sink, finish: (failure?: Error) => void) {
    this.#open = requests
    this.#limit = connections * MAX_LOSSES
    this.sink = sink
    this.#finish = finish
  }

  /** Requests that have not ended. */
  get left(): number {
    return this.#open
  }

  /**
   * How long an answer of so many bytes took, of which it is known so many milliseconds after its request. It came after
   * the loop had looked in vain and before it heard of it: in the middle of what it was doing in the meantime, as far as anybody
   * knows. For how long it was kept from working says nothing of the service, and must not make its tail.
   */
  latency(bytes: number, milliseconds: number): number {
    if (!this.hearing || bytes >= ONE_READ) return milliseconds
    const heard = Math.max(0, milliseconds - this.hearing.lag())
    const blind = Math.min(heard, this.hearing.blind())
    // A pause from before the loop slept is over.
    const paused = Math.min(blind, this.hearing.paused())
    // Of an answer that came while it was kept from working from the beginning to the end nothing else is known.
    const unsure = Math.min(paused + (blind - paused) / 2, heard / 2)
    this.sink.unsure?.(unsure * 1000)
    return heard - unsure
  }

  answered(bytes: number): void {
    this.#lostInARow = 0
    this.load.requests++
    this.load.bytes += bytes
    this.#end(1)
  }

  unexpected(step: number, reason: string, answer: Answer): void {
    this.load.unexpected++
    const way = `${step} ${reason}`
    const sample = this.#sampled.has(way) ? undefined : `${answer.status} ${beginningOf(answer, SAMPLE)}`
    this.#sampled.add(way)
    this.sink.failed(step, 'unexpected', reason, sample?.trimEnd())
  }

  /** @param alive when the loss says nothing of whether the target is still there */
  lost(step: number, reason: string, alive = false): void {
    this.load.errors++
    this.sink.failed(step, 'error', reason)
    if (!alive && ++this.#lostInARow >= this.#limit)
      this.#finish(
        new Error(`${this.#lostInARow} requests in a row were lost, the last one because ${reason}`),
      )
    else this.#end(1)
  }

  /** Ends it before its requests have. */
  fail(failure: Error): void {
    this.#finish(failure)
  }

  /** Requests that will not be sent. */
  without(requests: number): void {
    this.#end(requests)
  }

  #end(requests: number): void {
    this.#open -= requests
    if (this.#open > 0) return
    this.load.wall = Number(process.hrtime.bigint() - this.#begin)
    this.#finish()
  }
}
