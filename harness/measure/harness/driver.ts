/** The driver as the harness sees it: commands go in, results come out. */
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { MeasureError } from '../../model/errors.ts'
import type { Plan } from '../../model/plan.ts'
import type { World } from '../../model/world.ts'
import { limitsOf } from '../../scenario/limits.ts'
import { sum } from '../../stats/describe.ts'
import type { OwnLease } from '../both/lease.ts'
import type { CommandName, ContentOf, Measured, Reply, RoundTask } from '../both/messages.ts'
import { within } from '../both/time-limit.ts'
import { start } from './command.ts'

const MAIN = fileURLToPath(new URL(`../driver/main${import.meta.filename.slice(-3)}`, import.meta.url))

/** Milliseconds that the driver can take to start. */
const START_TIMEOUT = 10_000
/** Milliseconds that it can take for a command other than `measure`. */
const COMMAND_TIMEOUT = 10_000
/** Milliseconds between two checks for signs of life. */
const LOOK = 1_000
/** Milliseconds that it can be silent in addition to the limits of a slice and a profile. */
const SPARE = 15_000

/**
 * Flags with which Node generates load.
 *
 * The main thread collects garbage alone. Other threads would share its one processor, and waking them and waiting for them
 * made a collection take up to 12 ms instead of one.
 *
 * All objects begin in the young generation. With many requests in flight, V8 sees that their objects survive, and allocates
 * such objects as old ones for minutes. A dead old object keeps alive whatever it refers to, and each collection then took
 * 5 to 30 ms instead of one.
 */
export const GENERATOR_FLAGS = ['--single-threaded-gc', '--no-allocation-site-pretenuring']

/** A launch failed while it was measured, or the driver could not measure it. */
export class LaunchError extends MeasureError {
  readonly variant: string | undefined
  readonly stage: string | undefined

  constructor(reply: Extract<Reply, { type: 'failed' }>) {
    super(reply.message, { advice: reply.advice })
    this.variant = reply.variant
    this.stage = reply.stage
  }
}

export class Driver {
  readonly socket: string
  readonly #child: ChildProcess
  readonly #waiting = new Map<number, PromiseWithResolvers<Reply>>()
  readonly #world: World
  #round = 0
  #last = 0
  #heard = 0
  #output = ''

  private constructor(child: ChildProcess, socket: string, world: World) {
    this.#child = child
    this.socket = socket
    this.#world = world
    child.on('message', reply => this.#receive(reply as Reply))
    child.stderr?.on('data', (text: Buffer) => {
      this.#output = (this.#output + text.toString()).slice(-4_000)
    })
    child.once('exit', () => this.#ended())
  }

  /** @throws MeasureError when it does not start */
  static async start(plan: Plan, lease: Pick<OwnLease, 'folder' | 'file'>, world: World): Promise<Driver> {
    const command = [process.execPath, ...GENERATOR_FLAGS, MAIN, lease.folder, lease.file]
    const child = start(command, plan.pinning?.loader, {
      ipc: true,
      serialization: 'json',
      stdout: 'ignore',
    })
    const ended = once(child, 'exit').then(([code]) => {
      throw new Error(`it ended with code ${code}`)
    })
    try {
      const begun = Promise.race([once(child, 'message'), ended])
      const [{ socket }] = await within(START_TIMEOUT, 'it gave no sign of life', begun)
      return new Driver(child, socket, world)
    } catch (cause) {
      child.kill('SIGKILL')
      const why = (cause as Error).message
      throw new MeasureError(`The load driver did not start: ${why}.`, { details: plan.load.engine, cause })
    }
  }

  /** Whether it takes commands. */
  get alive(): boolean {
    return this.#child.connected
  }

  /** @throws MeasureError when it has ended or hangs */
  async command<K extends Exclude<CommandName, 'measure'>>(command: K, content: ContentOf<K>): Promise<void> {
    try {
      const sent = this.#send(command, content)
      await within(COMMAND_TIMEOUT, `the command \`${command}\` was not carried out`, sent)
    } catch (cause) {
      if (cause instanceof MeasureError) throw cause
      this.#child.kill('SIGKILL')
      throw new MeasureError(`The load driver hangs: ${(cause as Error).message}.`, { cause })
    }
  }

  /** @throws MeasureError when it ends or falls silent; LaunchError when a launch fails */
  async measure(plan: Plan, task: RoundTask): Promise<Measured> {
    const { slice, profilerStop } = limitsOf(plan)
    const phases = sum((plan.load.phases ?? []).map(({ duration }) => duration))
    const longest = slice + profilerStop + phases + SPARE
    this.#heard = performance.now()
    this.#round = task.round
    const watch = setInterval(() => {
      // The end of a driver that hangs is noticed like any other.
      if (performance.now() - this.#heard > longest) this.#child.kill('SIGKILL')
    }, LOOK)
    try {
      const reply = await this.#send('measure', { plan, ...task })
      const { launches = [], scripts = [], yardstick } = reply.type === 'done' ? reply : {}
      return { launches, scripts, yardstick }
    } finally {
      clearInterval(watch)
    }
  }

  /** Ends the process, which kills what it still guards. */
  async stop(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return
    const ended = once(this.#child, 'exit')
    const timer = setTimeout(() => this.#child.kill('SIGKILL'), 1_000)
    this.#child.disconnect()
    await ended
    clearTimeout(timer)
  }

  #send<K extends CommandName>(command: K, content: ContentOf<K>): Promise<Reply> {
    const id = ++this.#last
    const sent = Promise.withResolvers<Reply>()
    this.#waiting.set(id, sent)
    if (this.#child.connected) this.#child.send({ id, command, ...content })
    else this.#ended()
    return sent.promise
  }

  #receive(reply: Reply): void {
    this.#heard = performance.now()
    if (reply.type === 'stage') {
      const { stage, detail } = reply
      this.#world.emit({ type: 'stage', round: this.#round, stage, ...(detail && { detail }) })
    }
    if (!('id' in reply)) return
    const waiter = this.#waiting.get(reply.id)
    this.#waiting.delete(reply.id)
    if (reply.type === 'failed') waiter?.reject(new LaunchError(reply))
    else waiter?.resolve(reply)
  }

  #ended(): void {
    const error = new MeasureError('The load driver ended in the middle of a round.', {
      details: this.#output,
    })
    for (const { reject } of this.#waiting.values()) reject(error)
    this.#waiting.clear()
  }
}
