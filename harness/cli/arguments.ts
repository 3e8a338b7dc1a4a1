/** argv and environment → words and options. A flag takes precedence over its variable. */
import { parseArgs } from 'node:util'
import { UsageError } from '../model/errors.ts'
import { suggest } from '../words/suggestion.ts'
import { environmentName, FLAG_NAMES, type FlagName, flagOf, type Options } from './flags.ts'

export interface Arguments {
  /** Everything but flags: a command or scenarios. */
  words: string[]
  /** The options that argv sets. */
  flags: FlagName[]
  options: Options
}

export type Environment = Record<string, string | undefined>

/**
 * @param argv without program and script
 * @throws UsageError for an unknown flag, a missing or a malformed value
 */
export function parseArguments(argv: string[], environment: Environment): Arguments {
  const { tokens } = parseArgs({
    args: argv,
    options: parserOptions(),
    allowPositionals: true,
    strict: false,
    tokens: true,
  })
  const words = tokens.flatMap(token => (token.kind === 'positional' ? [token.value] : []))
  const set: Record<string, unknown> = {}
  for (const token of tokens) {
    if (token.kind !== 'option') continue
    const name = knownFlag(token.name, token.rawName)
    set[name] = join(set[name], readToken(name, token.rawName, token.value))
  }
  return {
    words,
    flags: Object.keys(set) as FlagName[],
    options: { ...fromEnvironment(environment), ...set } as Options,
  }
}

function parserOptions() {
  const entries = FLAG_NAMES.map(name => {
    const { kind, short } = flagOf(name)
    const type: 'boolean' | 'string' = kind === 'switch' ? 'boolean' : 'string'
    return [name, { type, ...(short && { short }) }] as const
  })
  return Object.fromEntries(entries)
}

function knownFlag(name: string, written: string): FlagName {
  const known = FLAG_NAMES.find(flag => flag === name)
  if (known) return known
  throw new UsageError(`There is no flag \`${written}\`.`, { advice: suggest(name, FLAG_NAMES, 'flags') })
}

function readToken(name: FlagName, written: string, value: string | undefined): unknown {
  const { kind, placeholder } = flagOf(name)
  if (kind === 'value' && (value === undefined || value.startsWith('--')))
    throw new UsageError(`\`${written}\` needs a value.`, { advice: `Write \`--${name} ${placeholder}\`.` })
  return readValue(name, value ?? 'true', `--${name}`)
}

function readValue(name: FlagName, text: string, place: string): unknown {
  try {
    return flagOf(name).parse(text)
  } catch (error) {
    if (!(error instanceof UsageError)) throw error
    throw new UsageError(error.message, { place, advice: error.advice })
  }
}

function fromEnvironment(environment: Environment): Record<string, unknown> {
  // CI systems pass a missing input as an empty variable.
  const set = FLAG_NAMES.filter(
    name => flagOf(name).settable && (environment[environmentName(name)] ?? '') !== '',
  )
  return Object.fromEntries(
    set.map(name => {
      const variable = environmentName(name)
      return [name, readValue(name, environment[variable]!, variable)]
    }),
  )
}

/** Lists are joined; of anything else, the last value counts. */
const join = (before: unknown, now: unknown): unknown =>
  Array.isArray(before) && Array.isArray(now) ? [...before, ...now] : now
