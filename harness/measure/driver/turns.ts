/** Gives launches their turns, in the balanced order. */
import { performance } from 'node:perf_hooks'
import type { SliceSpec } from '../../model/capabilities.ts'
import { balancedOrder } from '../both/balanced-order.ts'
import type { Reply } from '../both/messages.ts'
import { type Launch, LaunchFailure } from './launch.ts'

/** Milliseconds between two signs of life to the harness. */
const SIGN_EVERY = 1_000

type Work = (launch: Launch, index: number) => Promise<unknown>

export class Turns {
  readonly launches: Launch[] = []
  /** Runs of the script on each connection so far. */
  first = 0
  /** Milliseconds that the last row took. */
  took = 0
  readonly #tell: (reply: Reply) => void
  #taken: number
  #signAt = 0

  /** @param round whose number decides who begins */
  constructor(round: number, tell: (reply: Reply) => void) {
    this.#taken = round
    this.#tell = tell
  }

  /** A slice of every launch with the same requests. */
  async row(stage: string, spec: SliceSpec, work: Work): Promise<void> {
    const begin = performance.now()
    await this.each(stage, work)
    this.took = performance.now() - begin
    this.first += spec.times
  }

  async each(stage: string, work: Work): Promise<void> {
    for (const index of balancedOrder(this.launches.length, this.#taken++)) {
      const launch = this.launches[index]!
      try {
        await work(launch, index)
      } catch (cause) {
        throw new LaunchFailure(launch.variant, stage, cause)
      }
    }
    if (performance.now() - this.#signAt < SIGN_EVERY) return
    this.#signAt = performance.now()
    this.#tell({ type: 'alive' })
  }
}
