/** The command line that repeats a run. */
import type { RunOptions } from '../model/options.ts'

/** The script of `package.json` that started this program. `npx` runs none, though it sets one to its own name. */
export const npmScript = (environment: Record<string, string | undefined>): string | undefined =>
  environment.npm_command === 'exec' ? undefined : environment.npm_lifecycle_event

/** npm passes on only the flags after `--`. */
export function repeatCommand(options: RunOptions, environment: Record<string, string | undefined>): string {
  const script = npmScript(environment)
  const program = script ? ['npm', 'run', script] : ['npx', 'flamegate']
  const { scenario, packages } = options
  const command = options.capacity === undefined ? [] : ['capacity']
  const what = packages ? ['compare-packages', ...packages, scenario] : [...command, scenario]
  const words = [...program, ...what, ...(script ? ['--'] : []), ...flags(options)]
  return [...settings(environment), ...words.map(quote)].join(' ')
}

function flags(options: RunOptions): string[] {
  const {
    quick,
    capacity,
    rounds,
    maxTime,
    aa,
    variants,
    baseline,
    saveBaseline,
    gates = [],
    expect = [],
  } = options
  const { heapSnapshot, output, seed } = options
  return [
    ...(quick ? ['--quick'] : []),
    ...(capacity === undefined ? [] : ['--limit', `${capacity}ms`]),
    ...(rounds === undefined ? [] : ['--rounds', `${rounds}`]),
    ...(maxTime === undefined ? [] : ['--max-time', timeOf(maxTime)]),
    ...(aa ? ['--aa'] : []),
    ...(variants ? ['--variants', variants.join(',')] : []),
    ...(baseline === undefined ? [] : ['--baseline', baseline]),
    ...(saveBaseline === undefined ? [] : ['--save-baseline', saveBaseline]),
    ...gates.flatMap(gate => ['--gate', gate]),
    ...expect.flatMap(improvement => ['--expect', improvement]),
    ...(heapSnapshot ? ['--heap-snapshot'] : []),
    ...(output === undefined ? [] : ['--output', output]),
    ...(seed === undefined ? [] : ['--seed', `${seed}`]),
  ]
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
