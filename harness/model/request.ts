/** What is asked for: a scenario, and what replaces its settings. Unset means: as the scenario or the defaults say. */
export interface Request {
  /** Name of a scenario in `scenarios/`, or the path of a scenario file. */
  scenario: string
  /** Two short rounds for a first look; never gates. */
  quick?: boolean
  /** Exactly so many rounds, instead of looking after each of them. */
  rounds?: number
  /** Milliseconds after which no further round starts. */
  maxTime?: number
  /** Measure the baseline against itself. */
  aa?: boolean
  /**
   * What the variants are judged against: `variant:<id>` or `git:<ref>`. Unset: the variant that the scenario declares.
   */
  baseline?: string
  /** Ids of the variants to measure; the baseline always takes part. */
  variants?: string[]
  /** Further gates as text, for example `cpu.perRequest<=+2%`; they replace the scenario's on the same metric. */
  gates?: string[]
  /** Folder for this run's files, relative to the working directory. */
  output?: string
  seed?: number
  /** Wait until no other run measures on this machine. */
  wait?: boolean
}
