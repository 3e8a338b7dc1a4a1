/** A booted service: started in a process group of its own, watched, and stopped down to its last child. */
import type { ChildProcess } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { execa } from 'execa'
import { MeasureError } from '../model/errors.ts'
import type { Plan, PlannedVariant } from '../model/plan.ts'
import { descendants, stateOf } from './driver/kernel.ts'
import { mortal, pinned } from './pin.ts'

const AGENT = new URL('../agent/agent.js', import.meta.url)

/** Characters of a target's output that are kept for messages. */
const OUTPUT_KEPT = 8_000
/** Milliseconds between two looks at whether a process has ended. */
const LOOK = 10
/** Milliseconds after SIGKILL until an unkillable process is given up. */
const KILL_TIMEOUT = 2_000

export interface Ending {
  code: number | null
  signal: string | null
}

export class Service {
  readonly variant: PlannedVariant
  readonly port: number
  readonly token: string
  readonly startedAt = performance.now()
  readonly #child: ChildProcess
  readonly #grace: number
  #output = ''
  #ending: Ending | undefined
  #closed = false

  constructor(variant: PlannedVariant, port: number, plan: Plan, socket: string, environment: Environment) {
    this.variant = variant
    this.port = port
    this.token = randomBytes(16).toString('hex')
    this.#grace = plan.target.gracefulShutdown
    this.#child = spawn(variant, plan, {
      ...environment,
      ...variant.environment,
      PORT: String(port),
      NODE_OPTIONS:
        `${variant.environment.NODE_OPTIONS ?? environment.NODE_OPTIONS ?? ''} --import=${AGENT.href}`.trim(),
      FLAMEGATE_AGENT_SOCKET: socket,
      FLAMEGATE_AGENT_TOKEN: this.token,
    })
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      stream?.on('data', (text: Buffer) => {
        this.#output = (this.#output + text.toString()).slice(-OUTPUT_KEPT)
      })
    }
    this.#child.once('exit', (code, signal) => {
      this.#ending = { code, signal }
    })
    this.#child.once('close', () => {
      this.#closed = true
    })
    this.#child.once('error', error => {
      this.#output += error.message
      this.#ending ??= { code: null, signal: null }
    })
  }

  get pid(): number {
    return this.#child.pid ?? 0
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`
  }

  get ending(): Ending | undefined {
    return this.#ending
  }

  /**
   * How it ended, if it does within the time (ms): a closed connection may be noticed before the exit is, and the exit
   * before its last words.
   */
  async endingWithin(timeout: number): Promise<Ending | undefined> {
    if (!this.#closed)
      await once(this.#child, 'close', { signal: AbortSignal.timeout(timeout) }).catch(() => {})
    return this.#ending
  }

  /** The last lines that it printed, and the order that it was started by. */
  get lastWords(): string {
    const lines = this.#output.trimEnd().split('\n').slice(-15).join('\n')
    return lines ? `Its last lines of output:\n${lines}` : 'It printed nothing.'
  }

  /** An error about this service that shows what it printed. */
  failure(message: string, advice: string): MeasureError {
    return new MeasureError(`Variant \`${this.variant.id}\` ${message}`, {
      place: this.variant.command.join(' '),
      advice,
      details: this.lastWords,
    })
  }

  /** Asks it to stop, waits, then kills the group and whatever has left the group. */
  async stop(grace = this.#grace): Promise<void> {
    if (this.pid === 0) return
    const family = descendants(this.pid)
    this.#signalGroup('SIGTERM')
    if (!(await gone(family, grace))) {
      this.#signalGroup('SIGKILL')
      for (const pid of family) signal(pid, 'SIGKILL')
      await gone(family, KILL_TIMEOUT)
    }
  }

  #signalGroup(name: 'SIGTERM' | 'SIGKILL'): void {
    signal(process.platform === 'win32' ? this.pid : -this.pid, name)
  }
}

type Environment = Record<string, string | undefined>

function spawn(variant: PlannedVariant, plan: Plan, env: Environment): ChildProcess {
  const [program, ...args] = pinned(plan.pinning?.target, mortal(variant.command))
  return execa(program!, args, {
    cwd: variant.directory,
    env,
    extendEnv: false,
    detached: process.platform !== 'win32',
    stdin: 'ignore',
    buffer: false,
    reject: false,
  }).nodeChildProcess
}

/** Whether all of them have ended in time. */
async function gone(pids: number[], timeout: number): Promise<boolean> {
  const deadline = performance.now() + timeout
  while (pids.some(alive)) {
    if (performance.now() > deadline) return false
    await new Promise(resolve => setTimeout(resolve, LOOK))
  }
  return true
}

/** A process that has ended but was not waited for is as good as gone: in a container nobody may ever reap it. */
const alive = (pid: number): boolean => signal(pid, 0) && stateOf(pid) !== 'Z'

function signal(pid: number, name: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(pid, name)
  } catch {
    return false
  }
}
