/** How a service is started, and built before that, from its start script. */

export interface Start {
  /** Program and arguments. */
  command: string[]
  /** Variables that the script sets in front of the program. */
  environment: Record<string, string>
  /** What the script runs before it: it makes what is started. */
  build?: string[]
}

/** What only a shell understands: several commands, variables, redirections, patterns. */
const SHELL = /[|&;<>$`*?(){}\\]/

/** Programs of Node itself and of the system; any other one is looked for where npm links them. */
const SYSTEM = ['node', 'npm', 'npx', 'pnpm', 'yarn', 'bun', 'deno', 'sh', 'bash']

/** They only pass on what follows them. */
const PREFIXES = new Set(['cross-env', 'env', 'exec'])

/** What has an effect only in the shell that goes on after it. */
const OF_SHELL = /^(cd|export|set|source|\.|ulimit|umask|unset)\s/

/** They start the service again when a file changes, and are not part of it. */
const WATCHING = /^--(watch|watch-path=.*|watch-preserve-output)$/

/** `pnpm run build`, `npm run build --workspace lib` … */
const SCRIPT = /^(npm|pnpm|yarn|bun) (run )?[\w:.-]+( --?[\w-]+([ =][\w@/.-]+)?)*$/

/** Where a program of the package's dependencies lies, relative to it. */
export type Locate = (program: string) => string

const nextTo: Locate = program => `node_modules/.bin/${program}`

/**
 * @param script the start script, if there is one
 * @param entry file that is started when there is none
 */
export function readStart(
  script: string | undefined,
  entry: string | undefined,
  locate: Locate = nextTo,
): Start | undefined {
  if (!script?.trim()) return entry === undefined ? undefined : { command: ['node', entry], environment: {} }
  const parts = script.split('&&').map(part => part.trim())
  const last = parts.at(-1)!
  if (parts.some(part => part === '' || SHELL.test(part) || OF_SHELL.test(part))) return throughNpm()
  const start = startOf(words(last), locate)
  const before = parts.slice(0, -1)
  return before.length === 0 ? start : { ...start, build: buildOf(before) }
}

/** npm knows the programs of the dependencies, and a shell. */
function buildOf(parts: string[]): string[] {
  const [only = ''] = parts
  return parts.length === 1 && SCRIPT.test(only) ? words(only) : ['npx', '-c', parts.join(' && ')]
}

/** npm runs what cannot be taken apart; it passes signals on. */
const throughNpm = (): Start => ({ command: ['npm', 'run', '--silent', 'start'], environment: {} })

export function startOf(all: string[], locate: Locate = nextTo): Start {
  const first = all.findIndex(word => !/^\w+=/.test(word) && !PREFIXES.has(word))
  if (first < 0 || all[first]!.startsWith('-')) return throughNpm()
  const assigned = all.slice(0, first).filter(word => !PREFIXES.has(word) && !word.startsWith('PORT='))
  return {
    command: commandOf(all.slice(first), locate),
    environment: Object.fromEntries(assigned.map(word => splitAt(word, word.indexOf('=')))),
  }
}

/** One process where one is enough: what starts Node for a service, or starts it again, has costs of its own. */
function commandOf([program = '', ...args]: string[], locate: Locate): string[] {
  if (program === 'node') return ['node', ...args.filter(word => !WATCHING.test(word))]
  const plain = args.filter(word => word !== 'watch' && !WATCHING.test(word))
  if (program === 'tsx' && /\.[cm]?[jt]sx?$/.test(plain[0] ?? ''))
    return ['node', '--import', 'tsx', ...plain]
  if (program === 'nodemon' && /\.[cm]?js$/.test(plain[0] ?? '')) return ['node', ...plain]
  return [SYSTEM.includes(program) || program.includes('/') ? program : locate(program), ...args]
}

const splitAt = (word: string, at: number): [string, string] => [word.slice(0, at), word.slice(at + 1)]

/** Words of a line; quotes keep one together. */
export const words = (line: string): string[] =>
  [...line.matchAll(/(?:[^\s"']+|"[^"]*"|'[^']*')+/g)].map(([word]) => word.replaceAll(/["']/g, ''))
