/** The request for a run: a scenario, and options that override it. Unset options are left to the scenario or the defaults. */
import { z } from 'zod'
import { text, texts } from './shapes.ts'

export const runOptions = z.object({
  /** Name of a scenario in `scenarios/`, or the path of a scenario file. */
  scenario: text,
  /** Two short rounds for a first look; judges no gates. */
  quick: z.boolean().optional(),
  /** Look for the highest rate at which p99 stays under this many ms, and measure nothing else. */
  capacity: z.number().optional(),
  /** Exactly this many rounds, instead of stopping as soon as every gate is decided. */
  rounds: z.number().optional(),
  /** Milliseconds after which no further round starts. */
  maxTime: z.number().optional(),
  /** Measure the baseline against itself. */
  aa: z.boolean().optional(),
  /**
   * What the variants are judged against: `variant:<id>`, `git:<ref>`, a saved name or the path of a record. Default: the
   * variant that the scenario declares.
   */
  baseline: text.optional(),
  /** Packages as `name@version`: the variant is measured with each of them, and the first is the baseline. */
  packages: texts.optional(),
  /** Name under which the run's record is kept as a baseline for later runs. */
  saveBaseline: text.optional(),
  /** Ids of the variants to measure; the baseline is always measured. */
  variants: texts.optional(),
  /** More gates as text, for example `cpu.perRequest<=+2%`; each replaces the scenario's gate on that metric. */
  gates: texts.optional(),
  /** Improvements that have to be proven, for example `cpu.perRequest<=-10%`. */
  expect: texts.optional(),
  /** Take two heap snapshots of every variant in the first round, and compare them by constructor. */
  heapSnapshot: z.boolean().optional(),
  /** Services on other machines may be sent load. */
  remote: z.boolean().optional(),
  /** Folder for this run's files, relative to the working directory. */
  output: text.optional(),
  seed: z.number().optional(),
  /** Wait until no other run measures on this machine. */
  wait: z.boolean().optional(),
})
export type RunOptions = z.infer<typeof runOptions>
