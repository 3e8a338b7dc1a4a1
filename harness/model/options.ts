/** What a run is asked for: a scenario, and what replaces its settings. An unset option is left to the scenario or the defaults. */
export interface RunOptions {
  /** Name of a scenario in `scenarios/`, or the path of a scenario file. */
  scenario: string
  /** Two short rounds for a first look; never gates. */
  quick?: boolean
  /** Look for the highest rate at which p99 stays under so many ms, and measure nothing else. */
  capacity?: number
  /** Exactly so many rounds, instead of looking after each of them. */
  rounds?: number
  /** Milliseconds after which no further round starts. */
  maxTime?: number
  /** Measure the baseline against itself. */
  aa?: boolean
  /**
   * What the variants are judged against: `variant:<id>`, `git:<ref>`, a saved name or the path of a record. Unset: the
   * variant that the scenario declares.
   */
  baseline?: string
  /** Packages as `name@version`, of which the first is the baseline: the one variant is measured with each of them. */
  packages?: string[]
  /** Name under which the run's record is kept as a baseline for later runs. */
  saveBaseline?: string
  /** Ids of the variants to measure; the baseline always takes part. */
  variants?: string[]
  /** Further gates as text, for example `cpu.perRequest<=+2%`; they replace the scenario's on the same metric. */
  gates?: string[]
  /** Take two heap snapshots of every variant in the first round, and compare them by constructor. */
  heapSnapshot?: boolean
  /** Folder for this run's files, relative to the working directory. */
  output?: string
  seed?: number
  /** Wait until no other run measures on this machine. */
  wait?: boolean
}
