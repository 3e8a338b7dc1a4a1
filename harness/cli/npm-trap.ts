/**
 * `npm run bench x --quick` does not reach us as written: npm keeps the flag for itself, sets `npm_config_quick`, and
 * passes on the rest. It would be worst to measure for a minute with the wrong settings.
 */
import { UsageError } from '../model/errors.ts'
import { npmScript, quote } from '../plan/index.ts'
import type { Environment } from './arguments.ts'
import { FLAG_NAMES, type FlagName, flagOf } from './flags.ts'

/** @throws UsageError with the right spelling when npm kept one of our flags */
export function refuseSwallowedFlags(argv: string[], environment: Environment): void {
  const script = npmScript(environment)
  if (!script) return
  const swallowed = FLAG_NAMES.filter(name => wasSwallowed(name, argv, environment))
  if (swallowed.length === 0) return
  const named = swallowed.map(name => `--${name}`).join(', ')
  throw new UsageError(`npm kept ${named} for itself. Flags of a script go after \`--\`.`, {
    advice: `Write: ${respell(script, argv, swallowed, environment)}`,
  })
}

const npmSetting = (name: FlagName, environment: Environment) =>
  environment[`npm_config_${name.replaceAll('-', '_')}`]

function wasSwallowed(name: FlagName, argv: string[], environment: Environment): boolean {
  const setting = npmSetting(name, environment)
  if (setting === undefined || setting === '' || setting === 'false') return false
  return !argv.some(word => word === `--${name}` || word.startsWith(`--${name}=`))
}

/** npm keeps `--rounds=5` together, but leaves the 5 of `--rounds 5` among the scenarios. */
function respell(script: string, argv: string[], swallowed: FlagName[], environment: Environment): string {
  const words = [...argv]
  const flags = swallowed.flatMap(name => {
    const setting = npmSetting(name, environment)!
    if (flagOf(name).kind === 'switch') return [`--${name}`]
    return [`--${name}`, setting === 'true' ? takeValue(name, words) : setting]
  })
  const dashes = words.findIndex(word => word.startsWith('-'))
  const scenarios = dashes < 0 ? words : words.slice(0, dashes)
  const others = dashes < 0 ? [] : words.slice(dashes)
  return ['npm', 'run', script, ...scenarios, '--', ...flags, ...others].map(quote).join(' ')
}

/** The last word that could be the value: scenarios usually come first. */
function takeValue(name: FlagName, words: string[]): string {
  const index = words.findLastIndex((word, position) => position > 0 && readable(name, word))
  return index < 0 ? flagOf(name).placeholder! : words.splice(index, 1)[0]!
}

function readable(name: FlagName, word: string): boolean {
  if (word.startsWith('-')) return false
  try {
    flagOf(name).parse(word)
    return true
  } catch {
    return false
  }
}
