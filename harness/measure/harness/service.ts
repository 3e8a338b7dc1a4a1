/** A service: started in a process group of its own, watched, and stopped with all its processes. */
import { randomBytes } from 'node:crypto'
import { chmodSync, cpSync, readdirSync, rmSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { descendants } from '../../kernel/processes.ts'
import { MeasureError } from '../../model/errors.ts'
import type { Plan, PlannedVariant } from '../../model/plan.ts'
import { movedEnvironment } from '../../paths/moved.ts'
import { limitsOf } from '../../scenario/limits.ts'
import { firstProcess } from '../both/container-process.ts'
import { endProcesses, MARK, type Trace, traceOf } from '../both/launch-processes.ts'
import type { Address } from './address.ts'
import { mortal, start } from './command.ts'
import { inServiceContainer } from './service-container.ts'
import { type Ending, Watched } from './watched.ts'

const AGENT = fileURLToPath(new URL('../../agent/agent.cjs', import.meta.url))

/**
 * For Yarn's Plug'n'Play, a file below a project belongs to that project, and a process cannot belong to both the working tree and a
 * checkout. A copy elsewhere belongs to neither.
 */
function agentIn(temporary: string): string {
  if (process.versions.pnp === undefined) return AGENT
  const copy = join(temporary, 'agent')
  cpSync(dirname(AGENT), copy, { recursive: true })
  return join(copy, basename(AGENT))
}

/** Identifies a launch. The token opens the agents' socket and is secret. The mark is not. */
export const newIdentity = () => ({
  token: randomBytes(16).toString('hex'),
  mark: randomBytes(16).toString('hex'),
})

/** What a round loads: a service that was started for it, or one that already runs. */
export interface Served {
  readonly variant: PlannedVariant
  address: Address
  readonly token: string
  readonly trace: Trace
  readonly ending: Ending | undefined
  /** Bytes of output so far. */
  readonly printed: number
  endingWithin(timeout: number): Promise<Ending | undefined>
  /** Id of its first process; 0 where nobody knows it. */
  firstProcess(): Promise<number>
  /** An error about this service. */
  failure(message: string, advice: string): MeasureError
  /** @returns the processes that could not be ended */
  stop(grace?: number): Promise<number[]>
}

export class Service extends Watched implements Served {
  readonly variant: PlannedVariant
  /** On loopback, unless it turns out to listen elsewhere. */
  address: Address
  readonly token: string
  readonly trace: Trace
  readonly startedAt = performance.now()
  readonly #grace: number
  readonly #writesPerfMaps: boolean

  constructor(
    variant: PlannedVariant,
    { identity, address, plan, socket, environment, needed = {} }: Setting,
  ) {
    const { token, mark } = identity
    const { checkout, baseline } = plan
    const isMoved = checkout !== undefined && variant.id === baseline
    const inherited = isMoved ? movedEnvironment(environment, checkout) : environment
    const own = (agent: string, socket: string, options = '') => ({
      ...needed,
      ...variant.environment,
      PORT: address.port,
      NODE_OPTIONS: [
        variant.environment.NODE_OPTIONS ?? options,
        ...(plan.v8 ?? []),
        `--require=${JSON.stringify(agent)}`,
      ]
        .join(' ')
        .trim(),
      FLAMEGATE_AGENT_SOCKET: socket,
      FLAMEGATE_AGENT_TOKEN: token,
      FLAMEGATE_AGENT_ON_CLOSE: 'end',
      ...(plan.target.port !== undefined && { FLAMEGATE_AGENT_PORT: String(plan.target.port) }),
      [MARK]: mark,
    })
    const processors = plan.pinning?.target
    const places = { agent: agentIn(dirname(socket)), socket }
    const contained = variant.container
      ? inServiceContainer(
          { ...variant, container: variant.container },
          places,
          address.port,
          Object.keys(own('', '')),
          processors,
        )
      : undefined
    const { agent, socket: seen } = contained?.inside ?? places
    // A container does not inherit the environment of the machine.
    const env = { ...inherited, ...own(agent, seen, contained ? '' : inherited.NODE_OPTIONS) }
    // In an image it can be another user who connects. The folder keeps others of this machine out.
    if (contained) chmodSync(socket, 0o666)
    const options = { cwd: variant.directory, env, extendEnv: false }
    const child = start(mortal(contained?.command ?? variant.command), processors, options)
    super(child)
    this.variant = variant
    this.address = address
    this.token = token
    this.#grace = limitsOf(plan).shutdown
    this.#writesPerfMaps = plan.v8?.some(option => option.startsWith('--perf-')) ?? false
    const trace = traceOf(child.pid ?? 0, mark)
    this.trace = contained ? { ...trace, container: contained.container } : trace
  }

  /** Id of its first process: in a container, not that of the engine's client. 0 where it runs in another machine. */
  async firstProcess(): Promise<number> {
    const { container, mark, pid } = this.trace
    return container ? ((await firstProcess(container, mark)) ?? 0) : pid
  }

  /** An error about this service that shows what it printed. */
  failure(message: string, advice: string): MeasureError {
    return new MeasureError(`Variant \`${this.variant.id}\` ${message}`, {
      place: [this.variant.container?.image ?? [], this.variant.command].flat().join(' '),
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
  /** Variables of what the service needs. */
  needed?: Record<string, string>
}
