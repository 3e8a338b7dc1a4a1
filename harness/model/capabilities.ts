/** The small interfaces that a folder of capabilities implements: one file, one exported value. */
import type { Column } from './columns.ts'
import type { Script } from './http.ts'
import type { Constructors, Failure, Pauses } from './launch.ts'
import type { RatedPhase } from './load.ts'
import type { Metric } from './metric.ts'
import type { Plan, PlannedLoad, PlannedVariant } from './plan.ts'
import type { Profile } from './profile.ts'
import type { Report } from './report.ts'
import type { Target } from './scenario.ts'
import type { World } from './world.ts'

export type { Metric }

/** A load generator. */
export interface Loader {
  name: string
  /** Whether it sends at a rate of its own. Its slices are longer. */
  paced?: boolean
  /** Name of the loader that warms the service up and finds out how much it can handle. Default: this one. */
  warmer?: string
  open(options: LoadOptions): Promise<LoadSession>
}

export interface LoadOptions {
  /** Origin of the target, for example `http://127.0.0.1:41234`. */
  url: string
  /** Path of the Unix socket that the target listens on instead. */
  socket?: string
  script: Script
  load: Pick<PlannedLoad, 'connections' | 'pipelining' | 'arrivals' | 'inFlight'>
  /** Of the arrival times: the same for all variants of a round. */
  seed: number
  /** Milliseconds until a request counts as timed out. */
  timeout: number
}

/** Which requests a slice sends; the same values mean the same requests to every variant. */
export interface SliceSpec {
  /** Runs of the script on each connection before it. */
  first: number
  /** Runs of the script on each connection. */
  times: number
  /** Open loop only: arrivals per second; `times` is the most there may be. */
  phases?: RatedPhase[]
}

/** What a slice reports while it is open. Calls must be cheap, because they are part of what is measured. */
export interface Sink {
  /**
   * Called for each response, and for each request that timed out.
   *
   * @param microseconds since the request was sent; in the open loop since it was meant to be sent
   * @param uncorrected open loop only: since it was sent
   * @param at open loop only: ms of the slice at which it was meant to be sent
   */
  latency(step: number, microseconds: number, uncorrected?: number, at?: number): void
  /** How much later than noted the next response can have come, in µs: the loop was not looking when it came. */
  unsure?(microseconds: number): void
  /** A request without a response, or with an unexpected one. */
  failed(step: number, kind: Failure['kind'], reason: string, sample?: string): void
  /** Open loop only: µs between the intended and the actual time of sending. */
  sent?(late: number): void
  /** Open loop only: an arrival that was not sent, and how many runs of the script were in flight. */
  dropped?(at: number, inFlight: number): void
  /**
   * Once, at the end: connections opened again because the server had closed them, and requests sent a second time because
   * their connection had ended before the server read them.
   */
  renewed?(connections: number, requests: number): void
}

/** Connections to one launch, kept open between slices. */
export interface LoadSession {
  /** Resolves when each request has ended. Rejects when the target is gone. */
  slice(spec: SliceSpec, sink: Sink): Promise<SliceLoad>
  close(): Promise<void>
  /** Connections that are open. */
  readonly connections: number
}

export interface SliceLoad {
  requests: number
  errors: number
  unexpected: number
  bytes: number
  /** Nanoseconds from the first request to the last response. */
  wall: number
  /** Nanoseconds of it in which the generator only waited, for responses or the next time to send. Absent: none. */
  spun?: number
}

/** The far end of the agent in one process of the target. */
export interface AgentLink {
  pid: number
  threadId: number
  /** Sends a command of Chrome's DevTools protocol; only those that profiling needs are allowed. */
  post(method: string, params?: Record<string, unknown>): Promise<Record<string, unknown>>
  /**
   * Starts or ends the watch on the event loop's delay; ending it gives percentiles in ns, `latest` the longest one
   * since it was asked last (`max`).
   */
  loopDelay(step: 'on' | 'latest' | 'off'): Promise<Record<string, number>>
  /** Watches for stretches longer than this many ms in which the loop did not turn; 0 ends the watch and gives them. */
  turns(threshold: number): Promise<Stretches>
  /** Writes a heap snapshot, after a full collection. */
  snapshot(path: string): Promise<void>
  /** Starts or ends the watch on garbage collection; ending it gives the pauses since, starting it none. */
  pauses(on: boolean): Promise<Pauses>
}

/** Stretches of time as columns of equal length: µs on the machine's monotonic clock, which V8's profiles use too. */
export interface Stretches {
  from: number[]
  to: number[]
}

/** One launch as the operating system sees it, whatever it is written in. */
export interface LaunchLink {
  /** The process that was started. */
  pid: number
  /** It and all its descendants, as they are now. */
  processes(): number[]
}

/** Where and when a collector runs. */
export interface Occasion {
  variant: string
  round: number
  /** Absolute path of the folder for the run's files. */
  folder: string
  /**
   * Starts a process that helps the collector, for example `perf record`. It ends with the round at the latest, also when
   * a part of Flamegate crashes.
   *
   * @throws Error when it cannot be started
   */
  helper(command: string[]): Promise<Helper>
}

/** A process of a collector's own. */
export interface Helper {
  pid: number
  /**
   * Asks it to end with a signal (SIGTERM by default) and waits until it has.
   *
   * @returns what it wrote to standard output
   */
  end(signal?: NodeJS.Signals): Promise<string>
}

/** A probe that runs in slices of its own. Its scope says what it looks at: `subject`. */
export interface Probe<Scope, Subject> {
  name: string
  scope: Scope
  /** Share of the time planned for profiled slices; default 1. */
  share?: number
  /** Position in a round and in reports, small first. */
  order: number
  /** Another collector, whose slices it shares when both run. Only for two that do not disturb each other. */
  along?: string
  /** Runs only in scenarios that name it, because it takes time that most runs have no use for. */
  onRequest?: boolean
  /** Names of figures that add up over the processes and threads of a launch; of the others one is kept. */
  sums?: string[]
  /** The time is cut into this many slices with the same number of requests, instead of usual slices. */
  batches?: number
  /** Runs in the first round only. */
  once?: boolean
  /** Columns of its own that `between` fills, in addition to those that every slice has. */
  columns?: Record<string, Column>
  start(subject: Subject, occasion: Occasion): Promise<void>
  /** Between two slices, and after the last: levels for the row of the slice before, by the names of their columns. */
  between?(subject: Subject): Promise<Record<string, number>>
  /** @param requests when each request of the slices was on its way, the same for all agents of the launch */
  stop(subject: Subject, requests: Stretches, occasion: Occasion): Promise<Collected>
}

/** Looks into every process and thread of a launch that has an agent. */
export type AgentCollector = Probe<'agent', AgentLink>
/** Looks at the process tree of a launch: needs no agent. */
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

/** A report in one form; pure. */
export interface Reporter {
  name: string
  render(report: Report): Artifact[]
}

export interface Artifact {
  /** Relative to the run's folder; empty for standard output. */
  path: string
  content: string | Uint8Array
}

/** Where the side comes from that the others are judged against. It decides and reads; nothing is made here. */
export interface BaselineSource {
  name: string
  /** References that begin with it are this source's; empty for all that no other source takes. */
  prefix: string
  /** How a reference is written, for messages: `git:<ref>`. */
  form: string
  /** @throws UsageError when the reference means nothing, or does not fit the scenario */
  plan(question: BaselineQuestion): Promise<PlannedSides>
}

export interface BaselineQuestion {
  /** What stands behind the prefix. */
  reference: string
  /** Name and absolute path of the scenario. */
  scenario: string
  file: string
  target: Target
  /** All that the scenario has, in its order. */
  variants: PlannedVariant[]
  /** Id of the one that the scenario declares as its baseline. */
  declared: string
  /** Ids that the request names; absent when it names none. */
  asked?: string[]
  /** Whether the run is kept as a baseline: then one variant is enough. */
  saved: boolean
  world: World
}

/** The parts of a plan that its baseline decides. */
export type PlannedSides = Pick<
  Plan,
  'variants' | 'baseline' | 'checkout' | 'packages' | 'recorded' | 'findings'
>

/** Our own, each list in the order of its file names, and then those of plugins. */
export interface Capabilities {
  loaders: Loader[]
  collectors: Collector[]
  metrics: Metric[]
  reporters: Reporter[]
  baselines: BaselineSource[]
  /** URL of the module that a capability comes from; our own are not in it. */
  modules?: ReadonlyMap<unknown, string>
}
