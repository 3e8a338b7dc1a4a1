/** argv, environment and configuration → words and options. A flag takes precedence over its variable. */
import { parseArgs } from 'node:util'
import { UsageError } from '../model/errors.ts'
import { loadConfig } from '../plan/index.ts'
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
  const options: Options = { ...fromEnvironment(environment), ...set }
  return { words, flags: Object.keys(set) as FlagName[], options }
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

function readValue(name: FlagName, text: string, place: string, what = ''): unknown {
  try {
    return flagOf(name).parse(text)
  } catch (error) {
    if (!(error instanceof UsageError)) throw error
    throw new UsageError(what + error.message, { place, advice: error.advice })
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

/** Flags that can be configured. */
export const CONFIGURABLE = FLAG_NAMES.filter(name => flagOf(name).config !== undefined)

/** Keys of a configuration without a flag. */
const OTHERS = ['scenario', 'plugins', '$schema']

/**
 * The settings in the configuration of the working directory.
 *
 * @throws UsageError when a key is unknown or a value is wrong
 */
export async function configured(directory: string): Promise<Options> {
  const { config, file } = await loadConfig(directory)
  const settings = Object.entries(config).filter(
    ([key, value]) => !OTHERS.includes(key) && value !== undefined,
  )
  return Object.fromEntries(settings.map(([key, value]) => setting(key, value, file!))) as Options
}

function setting(key: string, value: unknown, place: string): [string, unknown] {
  const name = CONFIGURABLE.find(name => flagOf(name).config === key)
  if (name === undefined)
    throw new UsageError(`There is no setting \`${key}\`.`, {
      place,
      advice: suggest(key, [...OTHERS, ...CONFIGURABLE.map(name => flagOf(name).config!)], 'settings'),
    })
  const { kind } = flagOf(name)
  const fits = kind === 'switch' ? typeof value === 'boolean' : ['string', 'number'].includes(typeof value)
  if (!fits)
    throw new UsageError(`\`${key}\` cannot be ${JSON.stringify(value)}.`, {
      place,
      advice: 'Check its type.',
    })
  return [name, readValue(name, String(value), place, `${key}: `)]
}
