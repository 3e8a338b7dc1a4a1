/** A service: started in a process group of its own, watched, and stopped with all its processes. */
import type { ChildProcess } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { MeasureError } from '../../model/errors.ts'
import type { Plan, PlannedVariant } from '../../model/plan.ts'
import { movedEnvironment } from '../../paths/moved.ts'
import { limitsOf } from '../../scenario/limits.ts'
import { lastWords } from '../../words/text.ts'
import { endProcesses, MARK, type Trace, traceOf } from '../both/launch-processes.ts'
import type { Address } from './address.ts'
import { mortal, start } from './command.ts'

const AGENT = fileURLToPath(new URL('../../agent/agent.cjs', import.meta.url))

/** Characters of output to keep for messages. */
const OUTPUT_KEPT = 8_000

export interface Ending {
  code: number | null
  signal: string | null
}

/** Identifies a launch. The token opens the agents' socket and is secret. The mark is not. */
export const newIdentity = () => ({
  token: randomBytes(16).toString('hex'),
  mark: randomBytes(16).toString('hex'),
})

export class Service {
  readonly variant: PlannedVariant
  /** On loopback, unless it turns out to listen elsewhere. */
  address: Address
  readonly token: string
  readonly trace: Trace
  readonly startedAt = performance.now()
  readonly #child: ChildProcess
  readonly #grace: number
  /** Bytes of output so far. */
  printed = 0
  ending: Ending | undefined
  #output = ''
  #closed = false

  constructor(variant: PlannedVariant, { identity, address, plan, socket, environment }: Setting) {
    const { token, mark } = identity
    this.variant = variant
    this.address = address
    this.token = token
    this.#grace = limitsOf(plan).shutdown
    const { checkout, baseline } = plan
    const isMoved = checkout !== undefined && variant.id === baseline
    const inherited = isMoved ? movedEnvironment(environment, checkout) : environment
    const env = {
      ...inherited,
      ...variant.environment,
      PORT: address.port,
      NODE_OPTIONS:
        `${variant.environment.NODE_OPTIONS ?? inherited.NODE_OPTIONS ?? ''} --require=${JSON.stringify(AGENT)}`.trim(),
      FLAMEGATE_AGENT_SOCKET: socket,
      FLAMEGATE_AGENT_TOKEN: token,
      FLAMEGATE_AGENT_ON_CLOSE: 'end',
      [MARK]: mark,
    }
    const options = { cwd: variant.directory, env, extendEnv: false }
    this.#child = start(mortal(variant.command), plan.pinning?.target, options)
    this.trace = traceOf(this.#child.pid ?? 0, mark)
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      stream?.on('data', (text: Buffer) => {
        this.printed += text.length
        this.#output = lastOf(this.#output + text.toString())
      })
    }
    this.#child.once('exit', (code, signal) => {
      this.ending = { code, signal }
    })
    this.#child.once('close', () => {
      this.#closed = true
    })
    this.#child.once('error', error => {
      this.#output += error.message
      this.ending ??= { code: null, signal: null }
    })
  }

  /**
   * How it ended, if it ends within the time (ms). Its connections can close before its exit is noticed, and the exit can be
   * noticed before its last words are read.
   */
  async endingWithin(timeout: number): Promise<Ending | undefined> {
    if (!this.#closed)
      await once(this.#child, 'close', { signal: AbortSignal.timeout(timeout) }).catch(() => {})
    return this.ending
  }

  /** Its last lines of output, for a message. */
  get lastWords(): string {
    const lines = lastWords(this.#output, 15).join('\n')
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

  /**
   * Asks it to stop, waits, then kills all its processes.
   *
   * @returns the processes that could not be ended
   */
  stop(grace = this.#grace): Promise<number[]> {
    return endProcesses(this.trace, grace)
  }
}

/** The end of a text, in whole lines where there are several. Half of a secret would not be recognised. */
function lastOf(text: string): string {
  if (text.length <= OUTPUT_KEPT) return text
  const end = text.slice(-OUTPUT_KEPT)
  return end.slice(end.indexOf('\n') + 1)
}

interface Setting {
  identity: ReturnType<typeof newIdentity>
  address: Address
  plan: Plan
  /** Path of the agents' socket. */
  socket: string
  /** Environment of the harness. */
  environment: Record<string, string | undefined>
}
