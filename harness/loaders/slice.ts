/** One slice in progress: how many requests have not ended, and what came back. */
import type { Sink, SliceLoad } from '../model/capabilities.ts'
import type { HttpResponse } from '../model/http.ts'
import { beginningOf } from '../script/index.ts'
import type { Pacer } from './pacing/pacer.ts'

/** Requests lost in a row, as a multiple of the connections, after which the target counts as gone. */
const MAX_LOSSES = 3

/** Characters of an unexpected response that are kept. */
const SAMPLE = 200

/** Bytes that one read of a socket holds. The end of a longer response can come after the loop has heard of it. */
const ONE_READ = 65_536

export class RunningSlice {
  readonly load: SliceLoad = { requests: 0, errors: 0, unexpected: 0, bytes: 0, wall: 0 }
  readonly sink: Sink
  /** Ends the slice, with a failure if its requests have not ended. */
  readonly finish: (failure?: Error) => void
  readonly #begin = process.hrtime.bigint()
  readonly #limit: number
  #open: number
  #lostInARow = 0
  /** Kinds of failure that have a sample already, because making one can take decoding. */
  readonly #sampled = new Set<string>()
  /** Knows when responses came. Without it, they count as coming when they are handled. */
  listening: Pick<Pacer, 'lag' | 'blind' | 'paused'> | undefined

  /** @param requests that end it; @param finish called once, when each of them has ended or too many are lost */
  constructor(requests: number, connections: number, sink: Sink, finish: (failure?: Error) => void) {
    this.#open = requests
    this.#limit = connections * MAX_LOSSES
    this.sink = sink
    this.finish = finish
  }

  /** Requests that have not ended. */
  get left(): number {
    return this.#open
  }

  /**
   * How long a response took, from the ms until it was handled, and by how much less or more it can be. It came between the loop's last look for responses and
   * the moment at which the loop heard of it. The best guess is the middle. Time in which the loop was kept from running says
   * nothing about the service and must not become its tail.
   */
  latency(bytes: number, milliseconds: number): { milliseconds: number; unsure?: number } {
    if (!this.listening || bytes >= ONE_READ) return { milliseconds }
    const heard = Math.max(0, milliseconds - this.listening.lag())
    const blind = Math.min(heard, this.listening.blind())
    // A pause from before the loop slept is over.
    const paused = Math.min(blind, this.listening.paused())
    // At most half of the time: if the loop was paused throughout, nothing is known of when the response came.
    const unsure = Math.min(paused + (blind - paused) / 2, heard / 2)
    return { milliseconds: heard - unsure, unsure }
  }

  answered(bytes: number): void {
    this.#lostInARow = 0
    this.load.requests++
    this.load.bytes += bytes
    this.end(1)
  }

  unexpected(step: number, reason: string, response: HttpResponse): void {
    this.load.unexpected++
    const kind = `${step} ${reason}`
    const isNew = !this.#sampled.has(kind)
    const sample = isNew ? `${response.status} ${beginningOf(response, SAMPLE)}`.trimEnd() : undefined
    this.#sampled.add(kind)
    this.sink.failed(step, 'unexpected', reason, sample)
  }

  /** @param alive whether the target can still be running in spite of the loss */
  lost(step: number, reason: string, alive = false): void {
    this.load.errors++
    this.sink.failed(step, 'error', reason)
    if (!alive && ++this.#lostInARow >= this.#limit)
      this.finish(
        new Error(`${this.#lostInARow} requests in a row were lost, the last one because ${reason}`),
      )
    else this.end(1)
  }

  /** Counts requests that have ended, or will not be sent. */
  end(requests: number): void {
    this.#open -= requests
    if (this.#open > 0) return
    this.load.wall = Number(process.hrtime.bigint() - this.#begin)
    this.finish()
  }
}
