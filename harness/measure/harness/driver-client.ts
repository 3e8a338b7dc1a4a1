/** The driver as the harness sees it: orders go in, results come out. */
import type { ChildProcess } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { execa } from 'execa'
import { MeasureError } from '../../model/errors.ts'
import type { Plan } from '../../model/plan.ts'
import type { RoundRecord } from '../../model/record.ts'
import { limitsOf } from '../../scenario/limits.ts'
import type { Trace } from '../both/family.ts'
import type { OwnLease } from '../both/lease.ts'
import type { Answer, LaunchScripts, Order, OrderOf, RoundOrder } from '../both/messages.ts'
import { GENERATOR_FLAGS } from '../both/threads.ts'
import { within } from '../both/time-limit.ts'
import { pinned } from './pin.ts'

const MAIN = fileURLToPath(new URL(`../driver/main${import.meta.filename.slice(-3)}`, import.meta.url))

/** Milliseconds that the driver may take to start. */
const START_TIMEOUT = 10_000
/** Milliseconds until it has carried out an order that is done at once. */
const ORDER_TIMEOUT = 10_000
/** Milliseconds between two looks at whether it still gives signs of life. */
const LOOK = 1_000
/** Milliseconds that it may be silent beyond what the limits of a slice and of a profile allow it. */
const SPARE = 15_000

export type OnPhase = (answer: Extract<Answer, { type: 'phase' }>) => void

/** A launch failed while it was measured, or the driver could not measure it. */
export class LaunchError extends MeasureError {
  readonly variant: string | undefined
  readonly phase: string | undefined

  constructor(answer: Extract<Answer, { type: 'failed' }>) {
    super(answer.message, answer.advice === undefined ? {} : { advice: answer.advice })
    this.variant = answer.variant
    this.phase = answer.phase
  }
}

export class Driver {
  readonly socket: string
  readonly #child: ChildProcess
  readonly #waiting = new Map<number, { resolve(answer: Answer): void; reject(error: Error): void }>()
  readonly #onPhase: OnPhase
  #last = 0
  #heard = 0
  #output = ''

  private constructor(child: ChildProcess, socket: string, onPhase: OnPhase) {
    this.#child = child
    this.socket = socket
    this.#onPhase = onPhase
    child.on('message', answer => this.#receive(answer as Answer))
    child.stderr?.on('data', (text: Buffer) => {
      this.#output = (this.#output + text.toString()).slice(-4_000)
    })
    child.once('exit', () => this.#ended())
  }

  /** @throws MeasureError when it does not start */
  static async start(
    plan: Plan,
    lease: Pick<OwnLease, 'folder' | 'file'>,
    onPhase: OnPhase,
  ): Promise<Driver> {
    const child = start(plan, lease)
    const socket = await new Promise<string>((resolve, reject) => {
      const fail = (why: string) =>
        reject(new MeasureError(`The load driver did not start: ${why}.`, { details: plan.load.engine }))
      const timer = setTimeout(() => {
        child.kill('SIGKILL')
        fail('it gave no sign of life')
      }, START_TIMEOUT)
      child.once('message', answer => {
        clearTimeout(timer)
        resolve((answer as Extract<Answer, { type: 'ready' }>).socket)
      })
      child.once('exit', code => {
        clearTimeout(timer)
        fail(`it ended with code ${code}`)
      })
    })
    return new Driver(child, socket, onPhase)
  }

  /** Whether it can take orders. */
  get alive(): boolean {
    return this.#child.connected
  }

  async expect(token: string): Promise<void> {
    await this.#soon('expect', { token })
  }

  async guard(trace: Trace): Promise<void> {
    await this.#soon('guard', { trace })
  }

  async release(trace: Trace, token: string): Promise<void> {
    await this.#soon('release', { trace, token })
  }

  /** @throws MeasureError when it ends or falls silent; LaunchError when a launch fails */
  async measure(
    plan: Plan,
    order: RoundOrder,
  ): Promise<Pick<RoundRecord, 'launches' | 'yardsticks'> & { scripts: LaunchScripts[] }> {
    const { slice, profilerStop } = limitsOf(plan)
    const phases = plan.load.phases?.reduce((sum, { duration }) => sum + duration, 0) ?? 0
    const longest = slice + profilerStop + phases + SPARE
    this.#heard = performance.now()
    const watch = setInterval(() => {
      // A driver that hangs cannot be talked out of it; its end is noticed like any other.
      if (performance.now() - this.#heard > longest) this.#child.kill('SIGKILL')
    }, LOOK)
    try {
      const answer = await this.#order('measure', { plan, ...order })
      const measured: Partial<Extract<Answer, { type: 'done' }>> = answer.type === 'done' ? answer : {}
      return {
        launches: measured.launches ?? [],
        scripts: measured.scripts ?? [],
        ...(measured.yardstick && { yardsticks: [measured.yardstick] }),
      }
    } finally {
      clearInterval(watch)
    }
  }

  /** Ends the process; what it still guards is killed by it. */
  async stop(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return
    const ended = new Promise(resolve => this.#child.once('exit', resolve))
    const timer = setTimeout(() => this.#child.kill('SIGKILL'), 1_000)
    this.#child.disconnect()
    await ended
    clearTimeout(timer)
  }

  async #soon<K extends Order['order']>(order: K, content: OrderOf<K>): Promise<void> {
    try {
      await within(ORDER_TIMEOUT, `the order \`${order}\` was not carried out`, this.#order(order, content))
    } catch (cause) {
      if (cause instanceof MeasureError) throw cause
      this.#child.kill('SIGKILL')
      throw new MeasureError(`The load driver hangs: ${(cause as Error).message}.`, { cause })
    }
  }

  #order<K extends Order['order']>(order: K, content: OrderOf<K>): Promise<Answer> {
    const id = ++this.#last
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject })
      if (this.#child.connected) this.#child.send({ id, order, ...content })
      else this.#ended()
    })
  }

  #receive(answer: Answer): void {
    this.#heard = performance.now()
    if (answer.type === 'phase') this.#onPhase(answer)
    if (!('id' in answer)) return
    const waiter = this.#waiting.get(answer.id)
    this.#waiting.delete(answer.id)
    if (answer.type === 'failed') waiter?.reject(new LaunchError(answer))
    else waiter?.resolve(answer)
  }

  #ended(): void {
    const error = new MeasureError('The load driver ended in the middle of a round.', {
      details: this.#output,
    })
    for (const { reject } of this.#waiting.values()) reject(error)
    this.#waiting.clear()
  }
}

function start(plan: Plan, { folder, file }: Pick<OwnLease, 'folder' | 'file'>): ChildProcess {
  const [program, ...args] = pinned(plan.pinning?.loader, [
    process.execPath,
    ...GENERATOR_FLAGS,
    MAIN,
    folder,
    file,
  ])
  return execa(program!, args, {
    ipc: true,
    serialization: 'json',
    // A signal to the harness's whole group (Ctrl-C, a closed terminal, `timeout`) must not take the guard of the launches.
    detached: process.platform !== 'win32',
    stdin: 'ignore',
    stdout: 'ignore',
    buffer: false,
    reject: false,
  }).nodeChildProcess
}
