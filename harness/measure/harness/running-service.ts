/** A service that already runs: it is asked and loaded, but neither started nor stopped. */
import { basename } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { processState } from '../../kernel/processes.ts'
import { MeasureError } from '../../model/errors.ts'
import type { Plan, PlannedLoad, PlannedVariant } from '../../model/plan.ts'
import { limitsOf } from '../../scenario/limits.ts'
import { duration } from '../../words/numbers.ts'
import { firstProcess } from '../both/container-process.ts'
import { type Trace, traceOf } from '../both/launch-processes.ts'
import { probeCounters } from '../both/probe.ts'
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
  trace: Trace
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
    await this.#lookInside()
    this.#refuseOtherProcess()
    const { readiness } = limitsOf(plan)
    const path = plan.target.ready ?? '/'
    const good = plan.target.ready === undefined ? 499 : 399
    const deadline = performance.now() + readiness
    for (;;) {
      signal.throwIfAborted()
      const { status, text } = await ask(this.address.origin + path, this.address.dispatcher)
      if (status !== undefined && status >= 200 && status <= good) return await this.#askProbe(readiness)
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

  /** A container that was started again has another process. */
  async #lookInside(): Promise<void> {
    const { inside } = this.variant
    if (inside === undefined) return
    const pid = await firstProcess(inside)
    if (pid === undefined)
      throw this.failure(
        `is said to run in the container \`${inside.name}\`, which has no process on this machine.`,
        `Look for it with \`${basename(inside.engine)} ps\`, or leave \`container\` out.`,
      )
    this.trace = traceOf(pid, '')
  }

  async #askProbe(limit: number): Promise<void> {
    const { probe } = this.variant
    if (probe === undefined) return
    await probeCounters(probe, limit).catch((error: Error) => {
      throw this.failure(
        `has a probe that tells nothing: ${reasonOf(error)}.`,
        'Give the address of its `endpoints` as `probe`. If they ask for a token, set FLAMEGATE_COUNTERS_TOKEN.',
      )
    })
  }

  #refuseOtherProcess(): void {
    const { pid } = this.variant
    if (pid === undefined || this.trace.started > 0 || process.platform !== 'linux') return
    throw this.failure(`names process ${pid}, which does not run.`, 'Correct its `pid`, or leave it out.')
  }
}

/** Node's own sentence for a connection that failed says only that it failed. */
const reasonOf = ({ message, cause }: Error): string => (cause instanceof Error ? cause.message : message)
