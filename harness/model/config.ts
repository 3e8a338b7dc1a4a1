/** What `flamegate.config.ts` says for all scenarios of a project. Everything is optional. */
import type { Load } from './load.ts'
import type { Scenario } from './scenario.ts'

/** Settings that a flag has too. Environment and flags go before them. */
export interface Settings {
  /** Start no round after that long, for example `'90s'`; a figure is seconds. */
  maxTime?: string | number
  /** Exactly so many rounds. */
  rounds?: number
  /** An inconclusive gate fails the run. */
  strict?: boolean
  /** Seeds the order of variants and every resampling. */
  seed?: number
  /** The time that the scenarios of `flamegate ci` share, for example `'10m'`. */
  budget?: string | number
}

/** What a scenario may leave to the configuration. */
export type Shared = Pick<
  Scenario,
  'gates' | 'warmup' | 'collectors' | 'sameAnswers' | 'limits' | 'redact'
> & {
  load?: Pick<Load, 'connections' | 'pipelining'>
}

export interface Config extends Settings {
  /** What every scenario begins with; whatever a scenario says itself goes before it, gate by gate. */
  scenario?: Shared
  /**
   * Modules that add metrics, collectors, loaders, reporters or baseline sources: the path of a file, relative to the
   * configuration and with `./` in front, or the name of an installed package.
   */
  plugins?: string[]
}
