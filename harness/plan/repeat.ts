/** The command line that repeats a run. */
import type { RunOptions } from '../model/options.ts'

/** The script of `package.json` that started this program. `npx` runs none, though it sets one to its own name. */
export const npmScript = (environment: Record<string, string | undefined>): string | undefined =>
  environment.npm_command === 'exec' ? undefined : environment.npm_lifecycle_event

/** What starts this program in the same way. */
export function programOf(environment: Record<string, string | undefined>): string {
  const script = npmScript(environment)
  return script ? `npm run ${quote(script)}` : 'npx flamegate'
}

/** npm passes on only the flags after `--`. */
export function repeatCommand(options: RunOptions, environment: Record<string, string | undefined>): string {
  const script = npmScript(environment)
  const { scenario, packages } = options
  const command = options.capacity === undefined ? [] : ['capacity']
  const what = packages ? ['compare-packages', ...packages, scenario] : [...command, scenario]
  const words = [...what, ...(script ? ['--'] : []), ...flags(options)]
  return [...settings(environment), programOf(environment), ...words.map(quote)].join(' ')
}

function flags({ capacity, maxTime, variants, gates = [], expect = [], ...options }: RunOptions): string[] {
  const values: [flag: string, value?: string | number | boolean][] = [
    ['--quick', options.quick],
    ['--limit', capacity && `${capacity}ms`],
    ['--rounds', options.rounds],
    ['--max-time', maxTime && timeOf(maxTime)],
    ['--aa', options.aa],
    ['--variants', variants?.join(',')],
    ['--baseline', options.baseline],
    ['--save-baseline', options.saveBaseline],
    ...gates.map((gate): [string, string] => ['--gate', gate]),
    ...expect.map((improvement): [string, string] => ['--expect', improvement]),
    ['--heap-snapshot', options.heapSnapshot],
    ['--remote', options.remote],
    ['--output', options.output],
    ['--seed', options.seed],
  ]
  const given = values.filter(([, value]) => value !== undefined && value !== false)
  return given.flatMap(([flag, value]) => (value === true ? flag : [flag, `${value}`]))
}

const timeOf = (ms: number): string => (ms % 1000 === 0 ? `${ms / 1000}s` : `${ms}ms`)

/** Scenarios can read `FLAMEGATE_*` themselves, so these belong to the command. */
function settings(environment: Record<string, string | undefined>): string[] {
  return Object.entries(environment)
    .filter(([name, value]) => name.startsWith('FLAMEGATE_') && value !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => `${name}=${quote(value!)}`)
}

/** A word, quoted for a POSIX shell where it has to be. */
export function quote(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`
}
