/** The interfaces of capabilities. A file exports one of them, or a list. */
import type { Column } from './columns.ts'
import type { Script } from './http.ts'
import type { Constructors, Failure, Pauses } from './launch.ts'
import type { RatedPhase } from './load.ts'
import type { Metric } from './metric.ts'
import type { Plan, PlannedLoad, PlannedVariant } from './plan.ts'
import type { Profile } from './profile.ts'
import type { Report } from './report.ts'
import type { Target } from './scenario.ts'
import type { FollowedRequests } from './waits.ts'
import type { World } from './world.ts'

export type { Metric }

/** A load generator. */
export interface Loader {
  name: string
  /** Whether it sends at a given rate. Its slices are longer. */
  paced?: boolean
  /** Its workers serve one launch at a time, so launches cannot be loaded together. Its slices are longer, too. */
  inTurn?: boolean
  /** What scenarios cannot ask of it, with the reason. */
  lacks?: Partial<Record<LoadFeature, string>>
  /** Name of the loader that warms the service up and finds out how much it can handle. Default: this one. */
  warmer?: string
  open(options: LoadOptions): Promise<LoadSession>
}

/** What some loaders can do and others cannot. */
export type LoadFeature = 'pipelining' | 'http/2' | 'redirects' | 'events' | 'a Unix socket'

export interface LoadOptions {
  /** Origin of the target, for example `http://127.0.0.1:41234`. */
  url: string
  /** Path of the Unix socket that the target listens on instead. */
  socket?: string
  script: Script
  load: Pick<
    PlannedLoad,
    'connections' | 'pipelining' | 'protocol' | 'arrivals' | 'inFlight' | 'workers' | 'listen' | 'atMost'
  >
  /** Decides the arrival times. The same for all variants of a round. */
  seed: number
  /** Milliseconds until a request counts as timed out. */
  timeout: number
  /** Starts a process that generates load. It ends with the round at the latest. Absent: it starts none. */
  helper?(command: string[]): Promise<Helper>
}

/** Which requests a slice sends. The same values send the same requests to every variant. */
export interface SliceSpec {
  /** Runs of the script on each connection before this slice. */
  first: number
  /** Runs of the script on each connection. */
  times: number
  /** Open loop only: arrivals per second. `times` is then an upper limit. */
  phases?: RatedPhase[]
}

/** What a slice reports while it is open. Its methods must be cheap, because they are part of what is measured. */
export interface Sink {
  /**
   * Called for each response, and for each request that timed out.
   *
   * @param microseconds since the request was sent; in the open loop since it was meant to be sent
   * @param ago µs since the response came, if it is reported later
   */
  latency(step: number, microseconds: number, openLoop?: OpenLoopTimes, ago?: number): void
  /** A request without a response, or with an unexpected one. */
  failed(step: number, kind: Failure['kind'], reason: string, sample?: string): void
  /** Open loop only: µs between the intended and the actual time of sending. */
  sent?(late: number): void
  /** Open loop only: an arrival was not sent, because this many runs of the script were in flight. */
  dropped?(at: number, inFlight: number): void
  /** Called once, at the end: connections opened again, and requests sent again, because the server had closed some. */
  renewed?(connections: number, requests: number): void
}

/** What only an open loop knows of a request. */
export interface OpenLoopTimes {
  /** µs since it was sent. */
  uncorrected: number
  /** ms of the slice at which it was meant to be sent. */
  at: number
  /** µs until the first byte of the response, if its end came later. */
  firstByte?: number
  /** µs by which the response can have come later, or earlier, because the loop was not looking. */
  unsure?: number
  /** The generator's own lateness changed the latency, or may have, so it says nothing about the service. */
  disturbed?: boolean
}

/** Connections to one launch, kept open between slices. */
export interface LoadSession {
  /** Resolves when every request has ended, rejects when the target is gone. */
  slice(spec: SliceSpec, sink: Sink): Promise<SliceLoad>
  close(): Promise<void>
  /** Open connections. */
  readonly connections: number
}

export interface SliceLoad {
  requests: number
  errors: number
  unexpected: number
  bytes: number
  /** Nanoseconds from the first request to the last response. */
  wall: number
  /** Nanoseconds of `wall` in which the generator only waited, for a response or the next time to send. Default: 0. */
  spun?: number
  /** Largest share of `wall` in which a generator in another process was busy itself. */
  busy?: number
  /** Share of the slice in which the average worker of another engine sent nothing, because it had no order. */
  idle?: number
}

/** The agent in one process or thread of the target. */
export interface AgentLink {
  pid: number
  threadId: number
  /** Sends a command of Chrome's DevTools protocol. Only those that profiling needs are allowed. */
  post(method: string, params?: Record<string, unknown>): Promise<Record<string, unknown>>
  /** Watches the loop's delay, in ns. `latest`: the longest since the last call (`max`). `off` ends it: percentiles. */
  loopDelay(action: 'on' | 'latest' | 'off'): Promise<Record<string, number>>
  /** Watches for stretches of more than this many ms in which the loop did not turn. 0 ends the watch and returns them. */
  turns(threshold: number): Promise<Stretches>
  /** Follows about so many requests a second. 0 ends it and returns what they waited for. */
  waits(perSecond: number): Promise<FollowedRequests>
  /** Writes a heap snapshot, after a full collection. */
  snapshot(path: string): Promise<void>
  /** Watches garbage collection. Ending the watch returns the pauses, starting it returns none. */
  pauses(on: boolean): Promise<Pauses>
}

/** Stretches of time as two columns of equal length: µs on the machine's monotonic clock, which V8's profiles use too. */
export interface Stretches {
  from: number[]
  to: number[]
}

/** One launch as the operating system sees it, in any language. */
export interface LaunchLink {
  /** The process that was started. */
  pid: number
  /** This process and all its descendants at present. */
  processes(): number[]
}

/** Where and when a collector runs. */
export interface Occasion {
  variant: string
  round: number
  /** Absolute path of the folder for the run's files. */
  folder: string
  /** Names of what the service needs, by port. */
  needs?: Record<string, string>
  /**
   * Starts a process that helps the collector, for example `perf record`. It ends with the round at the latest, even
   * when a part of Flamegate crashes.
   *
   * @param ready what it writes to standard output once it has begun; default: it begins when it has started
   * @throws Error when it cannot be started, or ends before it is ready
   */
  helper(command: string[], ready?: RegExp): Promise<Helper>
}

export interface Helper {
  pid: number
  /** Sends a signal (default SIGTERM), waits for the end, and returns what the process wrote to standard output. */
  end(signal?: NodeJS.Signals): Promise<string>
}

/** Looks at a subject during its own slices. */
export interface Probe<Scope, Subject> {
  name: string
  scope: Scope
  /** Share of the time planned for profiled slices; default 1. */
  share?: number
  /** Position in a round and in reports, small first. */
  order: number
  /** Another collector whose slices it shares when both run. Only for two that do not disturb each other. */
  along?: string
  /**
   * Runs only in scenarios that name it, because most runs have no use for what it costs; `unless waiting`: also for services
   * that mostly wait.
   */
  onRequest?: boolean | 'unless waiting'
  /** Figures that add up over the processes and threads of a launch. Any other figure is kept from one of them. */
  sums?: string[]
  /** Number of slices to divide the time into, each with the same number of requests. Default: slices of usual length. */
  batches?: number
  /** Starting it makes V8 compile again: what comes before the launch is steady again is left out of its result. */
  disturbs?: boolean
  /** Requests in a burst with which it is started before it counts, because its start makes V8 compile again. */
  rehearses?: number
  /** Runs in the first round only. */
  once?: boolean
  /** Nobody asked for it, or it depends on tools that can fail. Then only its result is missing, and the round goes on. */
  mayFail?: boolean
  /** Options of V8 that every variant is started with, in NODE_OPTIONS, when the collector runs. */
  v8?: string[]
  /** Its own columns, which `between` fills, in addition to those that every slice has. */
  columns?: Record<string, Column>
  start(subject: Subject, occasion: Occasion): Promise<void>
  /** Called after each slice. Returns levels for the slice's row, by column. */
  between?(subject: Subject): Promise<Record<string, number>>
  /** @param requests when each request of the slices was in flight, the same for all agents of the launch */
  stop(subject: Subject, requests: Stretches, occasion: Occasion): Promise<Collected>
}

/** Looks into every process and thread of a launch that has an agent. */
export type AgentCollector = Probe<'agent', AgentLink>
/** Looks at the process tree of a launch, without an agent. */
export type LaunchCollector = Probe<'launch', LaunchLink>
/** The machine, with the launches that take their slices in turn. */
export interface MachineLink {
  launches: LaunchLink[]
}

/** Looks at the whole machine, once per round. */
export type MachineCollector = Omit<Probe<'machine', MachineLink>, 'between' | 'columns'>

export type Collector = AgentCollector | LaunchCollector | MachineCollector

export interface Collected {
  profile?: Profile
  pauses?: Pauses
  constructors?: Constructors
  figures: Record<string, number>
}

/** Renders a report in one form, without effects. */
export interface Reporter {
  name: string
  render(report: Report): Artifact[]
}

export interface Artifact {
  /** Relative to the run's folder; empty for standard output. */
  path: string
  content: string | Uint8Array
}

/** Where the baseline comes from. It reads and plans, and creates nothing. */
export interface BaselineSource {
  name: string
  /** References that begin with it belong to this source. Empty: those that no other source takes. */
  prefix: string
  /** How a reference is written, for messages: `git:<ref>`. */
  form: string
  /** @throws UsageError when the reference means nothing, or does not fit the scenario */
  plan(question: BaselineQuestion): Promise<PlannedSides>
}

export interface BaselineQuestion {
  /** Without the prefix. */
  reference: string
  /** Name and absolute path of the scenario. */
  scenario: string
  file: string
  target: Target
  /** All variants of the scenario, in its order. */
  variants: PlannedVariant[]
  /** Id of the variant that the scenario declares as its baseline. */
  declared: string
  /** Ids of the variants that the user asked for; absent without a choice. */
  asked?: string[]
  /** Whether the run will be saved as a baseline. Then one variant is enough. */
  saved: boolean
  world: World
}

/** The parts of a plan that its baseline decides. */
export type PlannedSides = Pick<
  Plan,
  'variants' | 'baseline' | 'checkout' | 'packages' | 'recorded' | 'findings'
>

/** Our own, in the order of their file names, then those of plugins. */
export interface Capabilities {
  loaders: Loader[]
  collectors: Collector[]
  metrics: Metric[]
  reporters: Reporter[]
  baselines: BaselineSource[]
  /** URLs of the modules that plugins' capabilities come from. */
  modules?: ReadonlyMap<unknown, string>
}
