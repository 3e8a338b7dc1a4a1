/** What both loops do with the connections to a launch: open them, send slices on them, close them. */
import type { LoadOptions, LoadSession, Sink, SliceLoad, SliceSpec } from '../model/capabilities.ts'
import { ClientPool, hungUp } from './http/pool.ts'
import { type Serialize, serializer } from './http/serializer.ts'
import { type Pace, Pacer } from './pacing/pacer.ts'
import { setUp } from './set-up.ts'
import { RunningSlice } from './slice.ts'

export abstract class Session implements LoadSession {
  protected readonly serialize: Serialize
  /** The service's origin. */
  protected readonly origin: string
  protected readonly pool: ClientPool
  readonly #kept: number
  #slice: RunningSlice | undefined

  /** @param grows whether more connections are opened when all are busy */
  constructor(options: LoadOptions, grows: boolean) {
    this.#kept = options.load.connections
    this.serialize = serializer(options)
    this.origin = new URL(options.url).origin
    this.pool = new ClientPool(options, options.load, grows)
  }

  abstract slice(spec: SliceSpec, sink: Sink): Promise<SliceLoad>

  /** Sends the script's setup on each connection. */
  protected abstract setUp(sink: Sink): Promise<unknown>

  /** Connects in advance, so that the first slice does not have to. */
  async open(): Promise<this> {
    try {
      await this.pool.open()
      await setUp(sink => this.setUp(sink))
    } catch (error) {
      await this.close()
      throw error
    }
    return this
  }

  get connections(): number {
    return this.pool.connected
  }

  async close(): Promise<void> {
    this.#slice?.finish(hungUp())
    this.pool.close()
  }

  /** Sends a slice and waits until `requests` have ended. `begin` is called when the connections are ready. */
  protected async send(
    requests: number,
    sink: Sink,
    begin: (slice: RunningSlice) => Sending,
  ): Promise<SliceLoad> {
    await this.pool.refresh()
    const end = Promise.withResolvers<void>()
    const slice = new RunningSlice(requests, this.#kept, sink, failure => {
      pacer.stop()
      sending.ended?.(failure)
      if (failure) end.reject(failure)
      else end.resolve()
    })
    const sending = begin(slice)
    const pacer = new Pacer({ ...sending.pace, left: () => slice.left })
    slice.listening = pacer
    this.#slice = slice
    const stopWatching = this.pool.watch(sink, sending.timeOut)
    pacer.start()
    sending.start?.()
    try {
      await end.promise
    } finally {
      this.#slice = undefined
      stopWatching()
    }
    return { ...slice.load, spun: pacer.spun * 1e6 }
  }
}

/** How a loop sends a slice. */
export interface Sending {
  pace: Omit<Pace, 'left'>
  /** Sends what the pace does not. */
  start?(): void
  /** Gives up what was meant to be sent before then and has no connection yet. */
  timeOut?(before: number): void
  /** Called at once when the slice ends. */
  ended?(failure?: Error): void
}
