/** The driver as the harness sees it: orders go in, results come out. */
import type { ChildProcess } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { execa } from 'execa'
import { MeasureError } from '../../model/errors.ts'
import type { Plan } from '../../model/plan.ts'
import type { LaunchRecord } from '../../model/record.ts'
import { pinned } from '../pin.ts'
import type { Answer, Booted, Order, OrderOf } from './orders.ts'

const MAIN = fileURLToPath(new URL(`./main${import.meta.filename.slice(-3)}`, import.meta.url))

/** Milliseconds that the driver may take to start. */
const START_TIMEOUT = 10_000

export type OnPhase = (answer: Extract<Answer, { type: 'phase' }>) => void

/** A launch failed while it was measured. */
export class LaunchError extends MeasureError {
  readonly variant: string | undefined
  readonly phase: string | undefined

  constructor(answer: Extract<Answer, { type: 'failed' }>) {
    super(answer.message)
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
  static async start(plan: Plan, onPhase: OnPhase): Promise<Driver> {
    const child = start(plan)
    const socket = await new Promise<string>((resolve, reject) => {
      const fail = (why: string) =>
        reject(new MeasureError(`The load driver did not start: ${why}.`, { details: plan.load.engine }))
      const timer = setTimeout(() => fail('it gave no sign of life'), START_TIMEOUT)
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

  expect(token: string): Promise<Answer> {
    return this.#order('expect', { token })
  }

  guard(pid: number): Promise<Answer> {
    return this.#order('guard', { pid })
  }

  release(pid: number, token: string): Promise<Answer> {
    return this.#order('release', { pid, token })
  }

  async measure(plan: Plan, round: number, launches: Booted[]): Promise<LaunchRecord[]> {
    const answer = await this.#order('measure', { plan, round, launches })
    return (answer.type === 'done' && answer.launches) || []
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

  #order<K extends Order['order']>(order: K, content: OrderOf<K>): Promise<Answer> {
    const id = ++this.#last
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject })
      if (this.#child.connected) this.#child.send({ id, order, ...content })
      else this.#ended()
    })
  }

  #receive(answer: Answer): void {
    if (answer.type === 'phase') this.#onPhase(answer)
    if (answer.type === 'phase' || answer.type === 'ready') return
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

function start(plan: Plan): ChildProcess {
  const [program, ...args] = pinned(plan.pinning?.loader, [process.execPath, MAIN])
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
