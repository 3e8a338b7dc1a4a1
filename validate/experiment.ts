/** What an experiment is: something to show about Flamegate, with targets that it must meet. */
import { join } from 'node:path'
import type { Flags, FlagTable } from './flags.ts'

export const ROOT = join(import.meta.dirname, '..')

/** A measured value and its bound, both as text with the unit. */
export interface Target {
  name: string
  value: string
  /** Absent when the value is only shown. */
  bound?: string
  met: boolean
}

type Text = (value: number) => string

export const atMost = (name: string, found: number, bound: number, text: Text): Target => {
  return { name, value: text(found), bound: `at most ${text(bound)}`, met: found <= bound }
}

export const atLeast = (name: string, found: number, bound: number, text: Text): Target => {
  return { name, value: text(found), bound: `at least ${text(bound)}`, met: found >= bound }
}

/** What the runner hands to an experiment. */
export interface Context {
  quick: boolean
  flags: Flags
  /** For results: `--output`, or `.bench/validate-<name>/<time>`. Not created yet. */
  folder: string
  /**
   * Aborts when the run is interrupted. An experiment that reads it must end by itself, and can print what it has so far.
   * Any other is ended by the system.
   */
  readonly signal: AbortSignal
}

export interface Experiment {
  /** One sentence for `--help`. */
  shows: string
  /** Besides `--quick` and `--help`. */
  flags?: FlagTable
  /** The runner prints targets as they come; the experiment prints tables and progress. */
  run(context: Context): AsyncIterable<Target>
}

export type Part = (context: Context) => AsyncIterable<Target> | Iterable<Target> | Promise<Iterable<Target>>

export const only = (parts: Record<string, unknown>): FlagTable => ({
  only: { value: 'NAMES', help: `some of its parts: ${Object.keys(parts).join(',')}` },
})

/** Runs all parts in order, or those named by `--only`. */
export async function* inParts(parts: Record<string, Part>, context: Context): AsyncGenerator<Target> {
  for (const name of context.flags.among('only', Object.keys(parts))) {
    console.log(`\n${name}`)
    yield* await parts[name]!(context)
  }
}

/** The same order, starting `by` places further on, so that another item goes first each time. */
export const turned = <T>(items: T[], by: number): T[] =>
  items.map((_, at) => items[(at + by) % items.length]!)
