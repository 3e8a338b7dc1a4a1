/** The project's configuration as options: each setting is checked like its flag. */
import { UsageError } from '../model/errors.ts'
import { loadConfig } from '../plan/index.ts'
import { suggest } from '../words/suggestion.ts'
import { FLAG_NAMES, flagOf, type Options } from './flags.ts'

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
  const { kind, parse } = flagOf(name)
  const fits = kind === 'switch' ? typeof value === 'boolean' : ['string', 'number'].includes(typeof value)
  if (!fits)
    throw new UsageError(`\`${key}\` cannot be ${JSON.stringify(value)}.`, {
      place,
      advice: 'Check its type.',
    })
  try {
    return [name, parse(String(value))]
  } catch (error) {
    if (!(error instanceof UsageError)) throw error
    throw new UsageError(`${key}: ${error.message}`, { place, advice: error.advice })
  }
}
