/** What `flamegate.config.ts` sets for all scenarios of a project. Everything is optional. */
import type { Load } from './load.ts'
import type { Scenario } from './scenario.ts'

/** Settings that are flags too. Flags and the environment take precedence. */
export interface Settings {
  /** Start no round after this time, for example `'90s'`; a number is seconds. */
  maxTime?: string | number
  /** Measure exactly this many rounds. */
  rounds?: number
  /** An inconclusive gate fails the run. */
  strict?: boolean
  /** Seeds the order of variants and every resampling. */
  seed?: number
  /** The time that the scenarios of `flamegate ci` share, for example `'10m'`. */
  budget?: string | number
}

/** What the configuration can set for scenarios. */
export type Shared = Pick<
  Scenario,
  'gates' | 'warmup' | 'collectors' | 'sameAnswers' | 'limits' | 'redact'
> & {
  load?: Pick<Load, 'connections' | 'pipelining'>
}

export interface Config extends Settings {
  /** Defaults for every scenario. The scenario's own settings take precedence, gate by gate. */
  scenario?: Shared
  /**
   * Modules that add metrics, collectors, loaders, reporters or baseline sources: the path of a file, relative to the
   * configuration and with `./` in front, or the name of an installed package.
   */
  plugins?: string[]
}
