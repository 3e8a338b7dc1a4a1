/** Slices in rows: one of every launch, in the balanced order, each the same requests. */
import { performance } from 'node:perf_hooks'
import type { SliceSpec } from '../../model/capabilities.ts'
import { turn } from '../both/turns.ts'
import type { Launch } from './launch.ts'
import { LaunchFailure, type Tools } from './tools.ts'

/** Milliseconds between two signs of life to the harness. */
const SIGN_EVERY = 1_000

export class Rows {
  readonly #tell: Tools['tell']
  #turns: number
  #toldAt = 0
  readonly launches: Launch[] = []
  /** Runs of the script on each connection so far. */
  first = 0
  /** Milliseconds that the last row took. */
  took = 0

  /** @param round whose number says who begins */
  constructor(round: number, tell: Tools['tell']) {
    this.#turns = round
    this.#tell = tell
  }

  /** The next slice of every launch. */
  async next(
    phase: string,
    order: SliceSpec,
    work: (launch: Launch, index: number) => Promise<unknown>,
  ): Promise<void> {
    const begin = performance.now()
    await this.inTurn(phase, work)
    this.took = performance.now() - begin
    this.first += order.times
  }

  /** Gives every launch its turn. */
  async inTurn(phase: string, work: (launch: Launch, index: number) => Promise<unknown>): Promise<void> {
    for (const index of turn(this.launches.length, this.#turns++)) {
      const launch = this.launches[index]!
      try {
        await work(launch, index)
      } catch (cause) {
        throw new LaunchFailure(launch.variant, phase, cause)
      }
    }
    if (performance.now() - this.#toldAt < SIGN_EVERY) return
    this.#toldAt = performance.now()
    this.#tell({ type: 'alive' })
  }
}
