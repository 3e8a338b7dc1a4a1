/** argv → the flags that an experiment declares. */
import { parseArgs } from 'node:util'
import { UsageError } from '../harness/model/errors.ts'

/** By name. `value` is a placeholder; a flag without it is a switch. */
export type FlagTable = Record<string, { value?: string; help: string }>

export class Flags {
  /** Arguments that are not flags. */
  readonly words: string[]
  readonly #values: Record<string, string | boolean | undefined>

  /** @throws UsageError for an unknown flag or a missing value */
  constructor(table: FlagTable, argv: string[]) {
    const options = Object.entries(table).map(([name, { value }]) => {
      return [name, { type: value === undefined ? 'boolean' : 'string' }] as const
    })
    try {
      const parsed = parseArgs({ args: argv, options: Object.fromEntries(options), allowPositionals: true })
      this.words = parsed.positionals
      this.#values = parsed.values
    } catch (cause) {
      throw new UsageError(cause instanceof Error ? cause.message : String(cause), { cause })
    }
  }

  on(name: string): boolean {
    return this.#values[name] === true
  }

  text(name: string): string | undefined {
    const value = this.#values[name]
    return typeof value === 'string' ? value : undefined
  }

  /** A number above zero, with or without an `s`. */
  number(name: string, otherwise: number): number {
    const text = this.text(name)
    if (text === undefined) return otherwise
    const value = Number(text.replace(/s$/, ''))
    if (value > 0 && Number.isFinite(value)) return value
    throw new UsageError(`--${name} ${text} is not a number above zero.`)
  }

  whole(name: string, otherwise: number): number {
    const value = this.number(name, otherwise)
    if (Number.isInteger(value)) return value
    throw new UsageError(`--${name} ${this.text(name)} is not a whole number.`)
  }

  /** The names in a list such as `speed,trap`; all without the flag. */
  among(name: string, all: string[]): string[] {
    const chosen = this.text(name)?.split(',') ?? all
    const unknown = chosen.find(it => !all.includes(it))
    if (unknown === undefined) return chosen
    throw new UsageError(`--${name} ${unknown}: choose from ${all.join(', ')}.`)
  }
}
