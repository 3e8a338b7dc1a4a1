/** A service: started in a process group of its own, watched, and stopped with all its processes. */
import { randomBytes } from 'node:crypto'
import { readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { descendants } from '../../kernel/processes.ts'
import { MeasureError } from '../../model/errors.ts'
import type { Plan, PlannedVariant } from '../../model/plan.ts'
import { movedEnvironment } from '../../paths/moved.ts'
import { limitsOf } from '../../scenario/limits.ts'
import { endProcesses, MARK, type Trace, traceOf } from '../both/launch-processes.ts'
import type { Address } from './address.ts'
import { mortal, start } from './command.ts'
import { Watched } from './watched.ts'

const AGENT = fileURLToPath(new URL('../../agent/agent.cjs', import.meta.url))

/** Identifies a launch. The token opens the agents' socket and is secret. The mark is not. */
export const newIdentity = () => ({
  token: randomBytes(16).toString('hex'),
  mark: randomBytes(16).toString('hex'),
})

export class Service extends Watched {
  readonly variant: PlannedVariant
  /** On loopback, unless it turns out to listen elsewhere. */
  address: Address
  readonly token: string
  readonly trace: Trace
  readonly startedAt = performance.now()
  readonly #grace: number
  readonly #writesPerfMaps: boolean

  constructor(variant: PlannedVariant, { identity, address, plan, socket, environment }: Setting) {
    const { token, mark } = identity
    const { checkout, baseline } = plan
    const isMoved = checkout !== undefined && variant.id === baseline
    const inherited = isMoved ? movedEnvironment(environment, checkout) : environment
    const env = {
      ...inherited,
      ...variant.environment,
      PORT: address.port,
      NODE_OPTIONS: [
        variant.environment.NODE_OPTIONS ?? inherited.NODE_OPTIONS ?? '',
        ...(plan.v8 ?? []),
        `--require=${JSON.stringify(AGENT)}`,
      ]
        .join(' ')
        .trim(),
      FLAMEGATE_AGENT_SOCKET: socket,
      FLAMEGATE_AGENT_TOKEN: token,
      FLAMEGATE_AGENT_ON_CLOSE: 'end',
      ...(plan.target.port !== undefined && { FLAMEGATE_AGENT_PORT: String(plan.target.port) }),
      [MARK]: mark,
    }
    const options = { cwd: variant.directory, env, extendEnv: false }
    const child = start(mortal(variant.command), plan.pinning?.target, options)
    super(child)
    this.variant = variant
    this.address = address
    this.token = token
    this.#grace = limitsOf(plan).shutdown
    this.#writesPerfMaps = plan.v8?.some(option => option.startsWith('--perf-')) ?? false
    this.trace = traceOf(child.pid ?? 0, mark)
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
  async stop(grace = this.#grace): Promise<number[]> {
    const pids = this.#writesPerfMaps ? descendants(this.trace.pid) : []
    const left = await endProcesses(this.trace, grace)
    removePerfFiles(pids, this.variant.directory)
    return left
  }
}

/** What V8 writes so that perf and bpftrace can name functions, and a log that comes with it. */
function removePerfFiles(pids: number[], directory: string): void {
  if (pids.length === 0) return
  const logs = readdirSync(directory).filter(name => pids.includes(Number(V8_LOG.exec(name)?.[1])))
  const files = [...pids.map(pid => `/tmp/perf-${pid}.map`), ...logs.map(name => join(directory, name))]
  for (const file of files) rmSync(file, { force: true })
}

/** `isolate-0x2fef2000-13533-v8.log`, with the process; worker threads have a number of their own. */
const V8_LOG = /^isolate-0x[\da-f]+-(\d+)(?:-\d+)?-v8\.log$/

interface Setting {
  identity: ReturnType<typeof newIdentity>
  address: Address
  plan: Plan
  /** Path of the agents' socket. */
  socket: string
  /** Environment of the harness. */
  environment: Record<string, string | undefined>
}
