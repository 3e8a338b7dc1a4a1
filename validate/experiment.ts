/** What an experiment is: something to show about Flamegate, with targets that it must meet. */
import type { Flags, FlagTable } from './flags.ts'

/** A value that was found, held against its bound. */
export interface Target {
  name: string
  /** As text, with its unit. */
  value: string
  /** As text; empty when the value is only shown. */
  bound?: string
  met: boolean
}

type Text = (value: number) => string

/** A target for a number that must not be larger. */
export const atMost = (name: string, found: number, bound: number, text: Text): Target => {
  return { name, value: text(found), bound: `at most ${text(bound)}`, met: found <= bound }
}

/** A target for a number that must not be smaller. */
export const atLeast = (name: string, found: number, bound: number, text: Text): Target => {
  return { name, value: text(found), bound: `at least ${text(bound)}`, met: found >= bound }
}

/** What the runner hands to an experiment. */
export interface Context {
  quick: boolean
  flags: Flags
  /** Arguments that are not flags. */
  words: string[]
  /** For what is kept: `--output`, or `.bench/validate-<name>/<time>`. Not created yet. */
  folder: string
  /**
   * Aborts when the run is interrupted. An experiment that asks for it ends by itself and can print what it has; any other
   * is ended by the system, like every program.
   */
  readonly signal: AbortSignal
}

export interface Experiment {
  /** One sentence for `--help`. */
  shows: string
  /** In addition to `--quick` and `--help`, which every experiment has. */
  flags?: FlagTable
  /** Targets are printed as they come; tables and progress are printed by the experiment. */
  run(context: Context): AsyncIterable<Target>
}

export type Part = (context: Context) => AsyncIterable<Target> | Iterable<Target> | Promise<Iterable<Target>>

/** The flag that chooses from named parts. */
export const only = (parts: Record<string, Part>): FlagTable => ({
  only: { value: 'NAMES', help: `some of its parts: ${Object.keys(parts).join(',')}` },
})

/** Runs all parts in order, or those that `--only` names. */
export async function* inParts(parts: Record<string, Part>, context: Context): AsyncGenerator<Target> {
  for (const name of context.flags.among('only', Object.keys(parts))) {
    console.log(`\n${name}`)
    yield* await parts[name]!(context)
  }
}

/** The items in their order, beginning `by` places further on: things that take turns change who goes first. */
export const turned = <T>(items: T[], by: number): T[] =>
  items.map((_, at) => items[(at + by) % items.length]!)
