/** Processes around a service: driver and lease know each before it starts, so that a crash leaves none behind. */
import type { ChildProcess } from 'node:child_process'
import type { Container } from '../both/containers.ts'
import { endProcesses, MARK, type Trace, traceOf } from '../both/launch-processes.ts'
import type { OwnLease } from '../both/lease.ts'
import { start } from '../harness/command.ts'
import type { Driver } from '../harness/driver.ts'
import { newIdentity } from '../harness/service.ts'

export interface Guarded<W> {
  watched: W
  /** Asks it to end, waits this many ms, and kills what is left. @returns the processes that could not be ended */
  stop(grace: number): Promise<number[]>
  trace: Trace
}

export interface Start {
  command: string[]
  directory: string
  environment: Record<string, string | undefined>
  processors: number[] | undefined
  /** Milliseconds that it has to end in any case. */
  grace?: number
  /** Container that it runs in. */
  container?: Container
}

export class Guard {
  readonly #lease: OwnLease
  readonly #held = new Map<string, { trace: Trace; token: string }>()
  #driver: Driver

  constructor(lease: OwnLease, driver: Driver) {
    this.#lease = lease
    this.#driver = driver
  }

  /** A new driver learns what it guards. */
  async use(driver: Driver): Promise<void> {
    if (driver === this.#driver) return
    this.#driver = driver
    for (const held of this.#held.values()) await driver.command('guard', held)
  }

  /** @param watch called at once, before the process can end unnoticed */
  async start<W>(
    { command, directory, environment, processors, grace, container }: Start,
    watch: (child: ChildProcess) => W,
  ): Promise<Guarded<W>> {
    const { token, mark } = newIdentity()
    await this.#hold({ trace: { pid: 0, started: 0, mark, ...(container && { container }) }, token })
    const options = { cwd: directory, env: { ...environment, [MARK]: mark }, extendEnv: false }
    const child = start(command, processors, options)
    const watched = watch(child)
    const trace: Trace = {
      ...traceOf(child.pid ?? 0, mark),
      ...(grace && { grace }),
      ...(container && { container }),
    }
    const stop = async (grace: number) => {
      const left = await endProcesses(trace, grace)
      if (left.length === 0) await this.#drop(mark)
      return left
    }
    try {
      await this.#hold({ trace, token })
    } catch (error) {
      // The driver has ended, and nobody else knows of the process yet.
      await stop(0)
      throw error
    }
    return { watched, stop, trace }
  }

  async #hold(held: { trace: Trace; token: string }): Promise<void> {
    this.#held.set(held.trace.mark, held)
    this.#lease.hold(held.trace)
    await this.#driver.command('guard', held)
  }

  async #drop(mark: string): Promise<void> {
    const held = this.#held.get(mark)
    if (!held) return
    this.#held.delete(mark)
    this.#lease.drop(held.trace)
    // A driver that has ended guards nothing.
    await this.#driver.command('release', held).catch(() => {})
  }
}
