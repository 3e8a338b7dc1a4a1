/** One launch as the driver sees it: connections, counters and agents. */
import { performance } from 'node:perf_hooks'
import { pressure } from '../../kernel/machine.ts'
import { ProcessTree } from '../../kernel/process-tree.ts'
import { descendants } from '../../kernel/processes.ts'
import type { LaunchLink, LoadSession, Sink, SliceLoad, SliceSpec } from '../../model/capabilities.ts'
import { COLUMNS, type Column } from '../../model/columns.ts'
import type { Slice, Slices } from '../../model/launch.ts'
import { cpuColumn } from '../../scenario/needs.ts'
import { sum } from '../../stats/describe.ts'
import type { Booted } from '../both/messages.ts'
import { probeCounters } from '../both/probe.ts'
import { within } from '../both/time-limit.ts'
import type { AgentCounters } from './agent/replies.ts'
import type { Agent, AgentServer } from './agent/server.ts'
import { durationOf } from './load/pace.ts'
import { patience } from './load/patience.ts'

/** A failure of one launch, with the stage of the round. */
export class LaunchFailure extends Error {
  readonly variant: string
  readonly stage: string

  constructor(variant: string, stage: string, cause: unknown) {
    super(cause instanceof Error ? cause.message : String(cause), { cause })
    this.variant = variant
    this.stage = stage
  }
}

/** For slices whose results do not count. */
const IGNORED: Sink = { latency() {}, failed() {} }

/** What the agents read around a slice. Nothing in a profiled one: the profile would show it. */
export type Reads = 'counters' | 'counters and levels' | 'nothing'

interface Reading {
  agents: AgentCounters[]
  kernel: Record<string, number> | undefined
}

export class Launch {
  readonly booted: Booted
  readonly link: LaunchLink
  #session: LoadSession
  readonly #server: AgentServer
  readonly #tree: ProcessTree | undefined
  readonly #needs: { column: string; tree: ProcessTree }[]
  /** Columns of needs that other launches use at the same time, so that nobody knows for whom they work. */
  unreadNeeds: ReadonlySet<string> = new Set()
  readonly #limit: number
  readonly #patience: ReturnType<typeof patience>

  /** @param limits milliseconds that a request, and a slice with its counters, can take */
  constructor(
    booted: Booted,
    session: LoadSession,
    server: AgentServer,
    limits: { request: number; slice: number },
  ) {
    const { pid } = booted
    this.booted = booted
    this.link = { pid, processes: () => (pid === 0 ? [] : descendants(pid)) }
    this.#session = session
    this.#server = server
    this.#limit = limits.slice
    this.#patience = patience(limits.request)
    this.#tree = ProcessTree.supported && pid > 0 ? new ProcessTree(pid, { scheduling: true }) : undefined
    this.#needs = (ProcessTree.supported ? (booted.needs ?? []) : []).map(need => ({
      column: cpuColumn(need.name),
      tree: new ProcessTree(need.pid),
    }))
  }

  get variant(): string {
    return this.booted.variant
  }

  get agents(): Agent[] {
    return this.#server.of(this.booted.token)
  }

  /** The least that the agents must read for a slice's CPU time to be known: nothing where the kernel counts it. */
  get least(): Reads {
    return this.#tree ? 'nothing' : 'counters'
  }

  /** From now on, also counts processes that were started since the launch was booted. */
  refresh(): void {
    this.#tree?.refresh()
  }

  /** Switches to another session. */
  async use(session: LoadSession): Promise<void> {
    await this.#session.close()
    this.#session = session
  }

  /**
   * Sends a slice. Counters are read before and after it: the agents' outermost, because answering costs the target time,
   * and the kernel's innermost.
   *
   * @param origin what `start` is relative to, as `performance.now()`
   */
  slice(spec: SliceSpec, origin: number, reads: Reads, sink: Sink = IGNORED): Promise<Slice> {
    const planned = durationOf(spec.phases ?? [])
    return within(this.#limit + planned, 'a slice was not finished', this.#slice(spec, origin, reads, sink))
  }

  async #slice(spec: SliceSpec, origin: number, reads: Reads, sink: Sink): Promise<Slice> {
    // Levels are read once, because their values before the slice are not used.
    const agents = await this.#readAgents(reads === 'nothing' ? reads : 'counters')
    const needs = this.#readNeeds()
    const before = { agents, kernel: this.#readKernel() }
    const loaderBefore = { cpu: process.cpuUsage(), loop: performance.eventLoopUtilization() }
    const start = performance.now() - origin
    const { spun = 0, busy = 0, idle, ...load } = await this.#send(spec, sink)
    const loop = performance.eventLoopUtilization(loaderBefore.loop)
    const loaderCpu = process.cpuUsage(loaderBefore.cpu)
    const after = { kernel: this.#readKernel(), agents: await this.#readAgents(reads) }
    const needsAfter = this.#readNeeds()
    return {
      ...counted(before, after),
      ...Object.fromEntries(needsAfter.map(([name, cpu], i) => [name, cpu - needs[i]![1]])),
      ...load,
      start,
      // A loop that turns until it is time to send is waiting, not working.
      loaderCpu: Math.max(0, (loaderCpu.user + loaderCpu.system) * 1e3 - spun),
      loaderUtilization: Math.max(busy, loop.utilization - spun / Math.max(1, load.wall), 0),
      ...(idle !== undefined && { loaderIdle: idle }),
    } as Slice
  }

  /** Only in a closed loop do requests time out one after the other. An open one goes on sending, which can be intended. */
  #send(spec: SliceSpec, sink: Sink): Promise<SliceLoad> {
    if (spec.phases) return this.#session.slice(spec, sink)
    const { promise, reject } = Promise.withResolvers<never>()
    return Promise.race([this.#session.slice(spec, this.#patience(sink, reject)), promise])
  }

  async memory(): Promise<{ resident: number | null; heapUsed: number | null }> {
    const agents = await this.#readAgents('counters and levels')
    const resident = this.#tree?.resident() ?? agents[0]?.resident ?? null
    return { resident, heapUsed: levelOf('heapUsed', COLUMNS.heapUsed, agents) ?? null }
  }

  /** Open files and connections, except those of the load; null where they are not counted. */
  descriptors(): number | null {
    const open = this.#tree?.descriptors() ?? null
    const rest = (open ?? 0) - this.#session.connections
    // Under heavy load, some connections are not accepted yet, so the number of accepted ones is unknown.
    return open === null || rest < 0 ? null : rest
  }

  close(): Promise<void> {
    return this.#session.close()
  }

  /** CPU time of each need so far. It is shared with other launches, which are idle meanwhile. */
  #readNeeds(): [column: string, cpu: number][] {
    const read = this.#needs.filter(({ column }) => !this.unreadNeeds.has(column))
    return read.map(({ column, tree }) => {
      // A database has a process for each connection.
      tree.refresh()
      return [column, tree.read().cpu ?? 0]
    })
  }

  #readKernel(): Record<string, number> | undefined {
    return this.#tree && { ...pressure(), ...this.#tree.read() }
  }

  async #readAgents(reads: Reads): Promise<AgentCounters[]> {
    if (reads === 'nothing') return []
    const readings = this.agents.map(agent => agent.read(reads === 'counters and levels'))
    const { probe } = this.booted
    const ofProbe = probe === undefined ? [] : [probeCounters(probe, this.#limit)]
    return within(
      this.#limit,
      "the agent's counters were not there",
      Promise.all<AgentCounters>([...readings, ...ofProbe]),
    )
  }
}

/**
 * What the kernel and the agents counted between two readings, as the columns declare. Where the kernel does not count, the
 * agents' values are used. They are unknown if an agent came or went in between.
 */
export function counted(before: Reading, after: Reading): Record<string, number | null> {
  const row: Record<string, number | null> = {}
  const agents = before.agents.length === after.agents.length ? after.agents : []
  for (const [name, column] of Object.entries<Column>(COLUMNS)) {
    if (column.from === 'loader') continue
    if (column.kind === 'level') {
      const level = after.kernel?.[name] ?? levelOf(name, column, agents)
      if (level !== undefined) row[name] = level
      continue
    }
    const ofKernel = subtract(after.kernel?.[name], before.kernel?.[name])
    const ofAgents = agents.map((agent, i) => subtract(agent[name], before.agents[i]![name]))
    const known = ofAgents.filter(value => value !== null)
    const isKnown = known.length > 0 && known.length === agents.length
    row[name] = ofKernel ?? (isKnown ? combined(column, known) : null)
  }
  return row
}

function levelOf(name: string, column: Column, agents: AgentCounters[]): number | undefined {
  const known = agents.flatMap(agent => agent[name] ?? [])
  return known.length > 0 ? combined(column, known) : undefined
}

const subtract = (a: number | null | undefined, b: number | null | undefined): number | null =>
  typeof a === 'number' && typeof b === 'number' ? a - b : null

/** Combines values of several processes and threads as their column says. */
export const combined = (column: Column | undefined, values: number[]): number =>
  column?.combine === 'max' ? Math.max(...values) : sum(values)

/** Rows → all columns that any row has. */
export function columns(slices: Slice[]): Slices {
  const names = new Set(slices.flatMap(Object.keys))
  return Object.fromEntries([...names].map(name => [name, slices.map(slice => slice[name] ?? null)]))
}
