/** What is asked for: a scenario, and what replaces its settings. Unset means: as the scenario or the defaults say. */
import { z } from 'zod'
import { text, texts } from './shapes.ts'

export const request = z.object({
  /** Name of a scenario in `scenarios/`, or the path of a scenario file. */
  scenario: text,
  /** Two short rounds for a first look; never gates. */
  quick: z.boolean().optional(),
  /** Look for the highest rate at which p99 stays under so many ms, and measure nothing else. */
  capacity: z.number().optional(),
  /** Exactly so many rounds, instead of looking after each of them. */
  rounds: z.number().optional(),
  /** Milliseconds after which no further round starts. */
  maxTime: z.number().optional(),
  /** Measure the baseline against itself. */
  aa: z.boolean().optional(),
  /**
   * What the variants are judged against: `variant:<id>`, `git:<ref>`, a saved name or the path of a record. Unset: the
   * variant that the scenario declares.
   */
  baseline: text.optional(),
  /** Packages as `name@version`, of which the first is the baseline: the one variant is measured with each of them. */
  packages: texts.optional(),
  /** Name under which the run's record is kept as a baseline for later runs. */
  saveBaseline: text.optional(),
  /** Ids of the variants to measure; the baseline always takes part. */
  variants: texts.optional(),
  /** Further gates as text, for example `cpu.perRequest<=+2%`; they replace the scenario's on the same metric. */
  gates: texts.optional(),
  /** Take two heap snapshots of every variant in the first round, and compare them by constructor. */
  heapSnapshot: z.boolean().optional(),
  /** Folder for this run's files, relative to the working directory. */
  output: text.optional(),
  seed: z.number().optional(),
  /** Wait until no other run measures on this machine. */
  wait: z.boolean().optional(),
})

export type Request = z.infer<typeof request>
