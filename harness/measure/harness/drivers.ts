/** The driver of a run: started when it is first needed, and again when it has ended in the middle of a round. */
import type { Plan } from '../../model/plan.ts'
import type { World } from '../../model/world.ts'
import type { OwnLease } from '../both/lease.ts'
import { Driver } from './driver-client.ts'

export class Drivers {
  readonly #plan: Plan
  readonly #world: World
  readonly #lease: OwnLease
  #driver: Driver | undefined
  #round = 0

  constructor(plan: Plan, world: World, lease: OwnLease) {
    this.#plan = plan
    this.#world = world
    this.#lease = lease
  }

  /** @throws MeasureError when it does not start */
  async forRound(round: number): Promise<Driver> {
    this.#round = round
    if (this.#driver?.alive) return this.#driver
    await this.stop()
    this.#driver = await Driver.start(this.#plan, this.#lease, ({ phase, detail }) =>
      this.#world.emit({ type: 'phase', round: this.#round, phase, ...(detail && { detail }) }),
    )
    return this.#driver
  }

  async stop(): Promise<void> {
    await this.#driver?.stop()
  }
}
