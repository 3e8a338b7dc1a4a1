/** The lines of a session: opened together, looked after while a slice is open, closed together. */
import { setImmediate as turnOfLoop } from 'node:timers/promises'
import type { Sink } from '../model/capabilities.ts'
import { type Claim, claim } from './descriptors.ts'
import { Habit } from './habit.ts'
import { Line } from './line.ts'
import { type Place, placeOf } from './sockets.ts'

/** Milliseconds between two looks for requests that have timed out. */
const SWEEP = 20

export class Lines {
  readonly #place: Place
  readonly #claim: Claim
  readonly #habit = new Habit()
  readonly #all: Line[] = []
  #closed = false

  /**
   * @param connections that are kept open; @param grows whether more are opened when all are busy
   * @throws MeasureError where there may not be so many
   */
  constructor(where: Parameters<typeof placeOf>[0], connections: number, grows = false) {
    this.#place = placeOf(where)
    this.#claim = claim(connections, grows)
  }

  add(): Line {
    const line = new Line(this.#place, this.#habit)
    this.#all.push(line)
    return line
  }

  /** @throws Error when there is nobody */
  async open(): Promise<void> {
    await Promise.all(this.#all.map(line => line.open()))
  }

  /**
   * Before a slice: what the server has closed since the last one is known once the loop has looked.
   *
   * @throws Error when they have been closed by us
   */
  async refresh(): Promise<void> {
    await turnOfLoop()
    await Promise.allSettled(this.#all.map(line => line.refresh()))
    if (this.#closed) throw hungUp()
  }

  /**
   * While a slice is open.
   *
   * @param timeOut gives up what was asked for before then and is not asked of a line yet
   * @returns what ends it, and tells the sink of its connections
   */
  watch(sink: Sink, timeOut?: (before: number) => void): () => void {
    const [renewed, resent] = [this.#sum('renewed'), this.#sum('resent')]
    const sweep = setInterval(() => {
      const late = performance.now() - this.#place.timeout
      for (const line of this.#all) line.timeOut(late)
      timeOut?.(late)
    }, SWEEP)
    return () => {
      clearInterval(sweep)
      sink.renewed?.(this.#sum('renewed') - renewed, this.#sum('resent') - resent)
    }
  }

  get connected(): number {
    return this.#all.filter(({ connected }) => connected).length
  }

  /** Lines that there may be. */
  get most(): number {
    return this.#claim.most()
  }

  reset(): void {
    for (const line of this.#all) line.reset()
  }

  close(): void {
    if (this.#closed) return
    this.#closed = true
    this.#claim.release()
    for (const line of this.#all) line.destroy()
  }

  #sum(counter: 'renewed' | 'resent'): number {
    return this.#all.reduce((sum, line) => sum + line[counter], 0)
  }
}

/** What a slice ends with whose session is closed. */
export const hungUp = () => new Error('the connections were closed')
