/** What a run is asked for: a scenario, and options that override it. Unset ones are left to the scenario or the defaults. */
export interface RunOptions {
  /** Name of a scenario in `scenarios/`, or the path of a scenario file. */
  scenario: string
  /** Two short rounds for a first look; judges no gates. */
  quick?: boolean
  /** Look for the highest rate at which p99 stays under this many ms, and measure nothing else. */
  capacity?: number
  /** Exactly this many rounds, instead of stopping as soon as every gate is decided. */
  rounds?: number
  /** Milliseconds after which no further round starts. */
  maxTime?: number
  /** Measure the baseline against itself. */
  aa?: boolean
  /**
   * What the variants are judged against: `variant:<id>`, `git:<ref>`, a saved name or the path of a record. Default: the
   * variant that the scenario declares.
   */
  baseline?: string
  /** Packages as `name@version`: the variant is measured with each of them, and the first is the baseline. */
  packages?: string[]
  /** Name under which the run's record is kept as a baseline for later runs. */
  saveBaseline?: string
  /** Ids of the variants to measure; the baseline is always measured. */
  variants?: string[]
  /** More gates as text, for example `cpu.perRequest<=+2%`; each replaces the scenario's gate on that metric. */
  gates?: string[]
  /** Take two heap snapshots of every variant in the first round, and compare them by constructor. */
  heapSnapshot?: boolean
  /** Folder for this run's files, relative to the working directory. */
  output?: string
  seed?: number
  /** Wait until no other run measures on this machine. */
  wait?: boolean
}
