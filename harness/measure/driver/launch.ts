/** One launch as the driver sees it: connections, counters, agents, and the slices taken so far. */
import { performance } from 'node:perf_hooks'
import { type KernelCounters, ProcessTree } from '../../kernel/process-tree.ts'
import type { LoadSession, Sink, SliceLoad, SliceSpec } from '../../model/capabilities.ts'
import type { Slice, Slices } from '../../model/launch.ts'
import { LEVELS, SLICE_FIELDS } from '../../model/record.ts'
import type { Booted } from '../both/messages.ts'
import { within } from '../both/time-limit.ts'
import type { Agent, AgentServer } from './agents.ts'
import { Patience } from './patience.ts'
import type { AgentCounters } from './replies.ts'

/** For slices whose answers nobody asks about. */
const IGNORED: Sink = { latency() {}, failed() {} }

/** What the agents are asked for around a slice: a profile is taken without them, or it would show them. */
export type Asked = 'counters' | 'counters and levels' | 'nothing'

interface Reading {
  agents: AgentCounters[]
  kernel: KernelCounters | null
}

export class Launch {
  readonly booted: Booted
  #session: LoadSession
  readonly #server: AgentServer
  readonly #tree: ProcessTree | null
  readonly #limit: number
  readonly #patience: Patience

  /** @param limits milliseconds that a request, and a slice with its counters, may take */
  constructor(
    booted: Booted,
    session: LoadSession,
    server: AgentServer,
    limits: { request: number; slice: number },
  ) {
    this.booted = booted
    this.#session = session
    this.#server = server
    this.#limit = limits.slice
    this.#patience = new Patience(limits.request)
    this.#tree = ProcessTree.supported ? new ProcessTree(booted.pid) : null
  }

  get variant(): string {
    return this.booted.variant
  }

  get agents(): Agent[] {
    return this.#server.of(this.booted.token)
  }

  /** What has to be asked around every slice, so that its CPU time is known: nothing where the kernel counts it. */
  get least(): Asked {
    return this.#tree ? 'nothing' : 'counters'
  }

  /** Processes that were started since the launch was booted are counted from here on. */
  refresh(): void {
    this.#tree?.refresh()
  }

  /** Loads it by another session from here on. */
  async use(session: LoadSession): Promise<void> {
    await this.#session.close()
    this.#session = session
  }

  /**
   * Sends what the order says. Counters are read before and after, outside the slice: the agents outermost, because
   * answering costs the target time, the kernel's innermost.
   *
   * @param origin what `start` is relative to, as `performance.now()`
   */
  slice(order: SliceSpec, origin: number, asked: Asked, sink: Sink = IGNORED): Promise<Slice> {
    const planned = order.phases?.reduce((sum, { duration }) => sum + duration, 0) ?? 0
    return within(this.#limit + planned, 'a slice was not finished', this.#slice(order, origin, asked, sink))
  }

  async #slice(order: SliceSpec, origin: number, asked: Asked, sink: Sink): Promise<Slice> {
    // Levels are looked at once: what they were before nobody asks.
    const agentsBefore = await this.#readAgents(asked === 'nothing' ? asked : 'counters')
    const kernelBefore = this.#tree?.read() ?? null
    const loaderBefore = { cpu: process.cpuUsage(), loop: performance.eventLoopUtilization() }
    const start = performance.now() - origin
    const { spun = 0, ...load } = await this.#send(order, sink)
    const loop = performance.eventLoopUtilization(loaderBefore.loop)
    const loaderCpu = process.cpuUsage(loaderBefore.cpu)
    const after: Reading = { kernel: this.#tree?.read() ?? null, agents: await this.#readAgents(asked) }
    return {
      ...load,
      start,
      ...difference({ agents: agentsBefore, kernel: kernelBefore }, after),
      // A loop that turns until it is time to send is waiting, not working.
      loaderCpu: Math.max(0, (loaderCpu.user + loaderCpu.system) * 1e3 - spun),
      loaderUtilization: Math.max(0, loop.utilization - spun / Math.max(1, load.wall)),
    }
  }

  /** In a closed loop requests time out one after the other. In an open one they do so while others are sent, which may be meant. */
  #send(order: SliceSpec, sink: Sink): Promise<SliceLoad> {
    if (order.phases) return this.#session.slice(order, sink)
    const { promise, reject } = Promise.withResolvers<never>()
    return Promise.race([this.#session.slice(order, this.#patience.watch(sink, reject)), promise])
  }

  async memory(): Promise<{ resident: number | null; heapUsed: number | null }> {
    const agents = await this.#readAgents('counters and levels')
    const resident = this.#tree?.resident() ?? null
    if (agents.length === 0) return { resident, heapUsed: null }
    return { resident: resident ?? agents[0]!.resident, heapUsed: sum(agents, agent => agent.heapUsed) }
  }

  /** Files and connections that it has open beside those that the load has added, or null where they are not counted. */
  descriptors(): number | null {
    const open = this.#tree?.descriptors() ?? null
    const rest = (open ?? 0) - this.#session.connections
    // A service under water has connections that it has not accepted yet: then nobody knows which ones it has.
    return open === null || rest < 0 ? null : rest
  }

  close(): Promise<void> {
    return this.#session.close()
  }

  async #readAgents(asked: Asked): Promise<AgentCounters[]> {
    if (asked === 'nothing') return []
    const readings = this.agents.map(agent => agent.read(asked === 'counters and levels'))
    return within(this.#limit, "the agent's counters were not there", Promise.all(readings))
  }
}

type Measured = Omit<
  Slice,
  'start' | 'requests' | 'errors' | 'unexpected' | 'bytes' | 'wall' | 'loaderCpu' | 'loaderUtilization'
>

/** What happened between two readings. An agent that came or went in between makes its figures unknown. */
function difference(before: Reading, after: Reading): Measured {
  const { kernel } = after
  const agents = before.agents.length === after.agents.length ? after.agents : []
  const ofAgents = (read: (counters: AgentCounters) => number | null): number | null => {
    if (agents.length === 0) return null
    const differences = agents.map((agent, i) => subtract(read(agent), read(before.agents[i]!)))
    return differences.includes(null) ? null : sum(differences, value => value!)
  }
  const ofKernel = (field: keyof KernelCounters) =>
    kernel && before.kernel ? kernel[field] - before.kernel[field] : null
  return {
    cpu: ofKernel('cpu') ?? ofAgents(agent => agent.cpu),
    mainCpu: ofKernel('mainCpu'),
    compilerCpu: ofKernel('compilerCpu'),
    runDelay: ofKernel('runDelay'),
    allocated: ofAgents(agent => agent.allocated),
    gcCount: ofAgents(agent => agent.gcCount),
    gcPause: ofAgents(agent => agent.gcPause),
    loopActive: ofAgents(agent => agent.loopActive),
    loopIdle: ofAgents(agent => agent.loopIdle),
    codeSize: agents.some(agent => agent.codeSize !== null)
      ? sum(agents, agent => agent.codeSize ?? 0)
      : null,
    ...(agents.length > 0 && { heapUsed: sum(agents, agent => agent.heapUsed) }),
  }
}

const subtract = (a: number | null, b: number | null): number | null =>
  a === null || b === null ? null : a - b

const sum = <T>(items: T[], read: (item: T) => number): number =>
  items.reduce((total, item) => total + read(item), 0)

/** Rows to columns. */
export function columns(slices: Slice[]): Slices {
  const result = {} as Slices
  for (const field of SLICE_FIELDS) result[field] = slices.map(slice => slice[field])
  for (const level of LEVELS)
    if (slices.some(slice => slice[level] !== undefined))
      result[level] = slices.map(slice => slice[level] ?? null)
  return result
}
