/** A service that already runs: it is asked and loaded, but neither started nor stopped. */
import { setTimeout } from 'node:timers/promises'
import { processState } from '../../kernel/processes.ts'
import { MeasureError } from '../../model/errors.ts'
import type { Plan, PlannedLoad, PlannedVariant } from '../../model/plan.ts'
import { limitsOf } from '../../scenario/limits.ts'
import { duration } from '../../words/numbers.ts'
import { type Trace, traceOf } from '../both/launch-processes.ts'
import { type Address, addressOf } from './address.ts'
import { ask } from './readiness.ts'
import type { Served } from './service.ts'
import type { Ending } from './watched.ts'
import { mismatchAt } from './wire-protocol.ts'

/** Milliseconds between two requests. */
const ASK_EVERY = 100

/** How a process ended that is not a child of ours: nobody tells. */
const ENDED: Ending = { code: null, signal: null }

export class RunningService implements Served {
  readonly variant: PlannedVariant
  address: Address
  /** No agent has it. */
  readonly token = ''
  readonly trace: Trace
  readonly printed = 0

  constructor(variant: PlannedVariant, url: string, protocol?: PlannedLoad['protocol']) {
    this.variant = variant
    this.address = addressOf(url, protocol)
    this.trace = traceOf(variant.pid ?? 0, '')
  }

  get ending(): Ending | undefined {
    const { pid, started } = this.trace
    if (pid === 0 || started === 0) return undefined
    return processState(pid)?.started === started ? undefined : ENDED
  }

  firstProcess(): Promise<number> {
    return Promise.resolve(this.trace.pid)
  }

  endingWithin(): Promise<Ending | undefined> {
    return Promise.resolve(this.ending)
  }

  failure(message: string, advice: string): MeasureError {
    return new MeasureError(`Variant \`${this.variant.id}\` ${message}`, { place: this.variant.url, advice })
  }

  stop(): Promise<number[]> {
    return Promise.resolve([])
  }

  /**
   * Waits until it answers.
   *
   * @throws MeasureError when it does not, speaks something else, or its process is another one
   */
  async ready(plan: Plan, signal: AbortSignal): Promise<void> {
    this.#refuseOtherProcess()
    const { readiness } = limitsOf(plan)
    const path = plan.target.ready ?? '/'
    const good = plan.target.ready === undefined ? 499 : 399
    const deadline = performance.now() + readiness
    for (;;) {
      signal.throwIfAborted()
      const { status, text } = await ask(this.address.origin + path, this.address.dispatcher)
      if (status !== undefined && status >= 200 && status <= good) return
      const mismatch = await mismatchAt(this.address)
      if (mismatch) throw this.failure(`was not ready: it ${mismatch.what}.`, mismatch.advice)
      if (performance.now() >= deadline)
        throw this.failure(
          `was not ready: after ${duration(readiness)}, ${path} still ${text}.`,
          'Start it before the run, and check its `url`.',
        )
      await setTimeout(ASK_EVERY)
    }
  }

  #refuseOtherProcess(): void {
    const { pid } = this.variant
    if (pid === undefined || this.trace.started > 0 || process.platform !== 'linux') return
    throw this.failure(`names process ${pid}, which does not run.`, 'Correct its `pid`, or leave it out.')
  }
}
