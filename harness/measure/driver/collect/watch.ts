/** A collector at work: on every agent of a launch, on its process tree, or on the machine. */
import type {
  Collected,
  Collector,
  LaunchLink,
  Occasion,
  Probe,
  Stretches,
} from '../../../model/capabilities.ts'
import { COLUMNS, type Column } from '../../../model/columns.ts'
import type { Limits } from '../../../model/limits.ts'
import { within } from '../../both/time-limit.ts'
import { combined, type Launch } from '../launch.ts'

/** A collector with one of its subjects. */
interface Bound {
  start(): Promise<void>
  between?: () => Promise<Record<string, number>>
  stop(requests: Stretches): Promise<Collected>
}

type Methods<Subject> = Pick<Probe<unknown, Subject>, 'start' | 'between' | 'stop'>

const bind = <S>(probe: Methods<S>, subject: S, occasion: Occasion): Bound => ({
  start: () => probe.start(subject, occasion),
  between: probe.between && (() => probe.between!(subject)),
  stop: requests => probe.stop(subject, requests, occasion),
})

export class Watch {
  readonly collector: Collector
  /** The number of processes and threads that the result covers. */
  readonly seen: Record<string, number>
  readonly #bound: Bound[]
  readonly #limits: Limits
  readonly #columns: Record<string, Column>

  private constructor(collector: Collector, bound: Bound[], seen: Record<string, number>, limits: Limits) {
    this.collector = collector
    this.seen = seen
    this.#bound = bound
    this.#limits = limits
    this.#columns = { ...COLUMNS, ...('columns' in collector && collector.columns) }
  }

  /** @returns undefined for a collector of the machine, and for one that lacks its agent */
  static onLaunch(
    collector: Collector,
    { agents, link }: Pick<Launch, 'agents' | 'link'>,
    occasion: Occasion,
    limits: Limits,
  ): Watch | undefined {
    if (collector.scope === 'launch') {
      const seen = { processes: link.processes().length }
      return new Watch(collector, [bind(collector, link, occasion)], seen, limits)
    }
    if (collector.scope === 'machine' || agents.length === 0) return undefined
    const bound = agents.map(agent => bind(collector, agent, occasion))
    const processes = new Set(agents.map(({ pid }) => pid)).size
    return new Watch(collector, bound, { processes, threads: agents.length }, limits)
  }

  /** @returns undefined unless the collector's scope is the machine */
  static onMachine(
    collector: Collector,
    launches: LaunchLink[],
    occasion: Occasion,
    limits: Limits,
  ): Watch | undefined {
    if (collector.scope !== 'machine') return undefined
    return new Watch(collector, [bind(collector, { launches }, occasion)], {}, limits)
  }

  async start(): Promise<void> {
    const started = Promise.all(this.#bound.map(each => each.start()))
    await within(this.#limits.slice, `the ${this.collector.name} profiler was not started`, started)
  }

  /** Levels after a slice, over all processes and threads. */
  async levels(): Promise<Record<string, number>> {
    const nothing: Record<string, number> = {}
    const found = await Promise.all(this.#bound.map(each => each.between?.() ?? nothing))
    const names = new Set(found.flatMap(Object.keys))
    return Object.fromEntries(
      [...names].map(name => {
        const values = found.flatMap(levels => levels[name] ?? [])
        return [name, combined(this.#columns[name], values)]
      }),
    )
  }

  async stop(requests: Stretches): Promise<Collected[]> {
    const stopped = Promise.all(this.#bound.map(each => each.stop(requests)))
    return within(this.#limits.profilerStop, `the ${this.collector.name} profile was not there`, stopped)
  }
}
