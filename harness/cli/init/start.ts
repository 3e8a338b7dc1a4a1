/** Reads from a start script how a service is built and started. */

export interface Start {
  /** Program and arguments. */
  command: string[]
  /** Variables that the script sets in front of the program. */
  environment: Record<string, string>
  /** What the script runs first: the build. */
  build?: string[]
}

/** Only a shell understands these: several commands, variables, redirections, patterns. */
const SHELL = /[|&;<>$`*?(){}\\]/

/** Programs of Node and of the system; npm links all others into `node_modules/.bin`. */
const SYSTEM = ['node', 'npm', 'npx', 'pnpm', 'yarn', 'bun', 'deno', 'sh', 'bash']

/** Programs that only run what follows them. */
const PREFIXES = new Set(['cross-env', 'env', 'exec'])

/** Commands that only have an effect on the shell itself. */
const OF_SHELL = /^(cd|export|set|source|\.|ulimit|umask|unset)\s/

/** Flags that restart the service when a file changes. */
const WATCHING = /^--(watch|watch-path=.*|watch-preserve-output)$/

/** `pnpm run build`, `npm run build --workspace lib` … */
const SCRIPT = /^(npm|pnpm|yarn|bun) (run )?[\w:.-]+( --?[\w-]+([ =][\w@/.-]+)?)*$/

/** The path of a program of the package's dependencies, relative to the package. */
export type Locate = (program: string) => string

const nextTo: Locate = program => `node_modules/.bin/${program}`

/**
 * @param script the start script, if there is one
 * @param entry the file to start when there is none
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

/** npm finds the programs of the dependencies, and has a shell. */
function buildOf(parts: string[]): string[] {
  const [only = ''] = parts
  return parts.length === 1 && SCRIPT.test(only) ? words(only) : ['npx', '-c', parts.join(' && ')]
}

/** npm runs what cannot be taken apart, and passes signals on. */
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

/** One process where one is enough: a program that starts Node, or restarts it, has costs of its own. */
function commandOf([program = '', ...args]: string[], locate: Locate): string[] {
  if (program === 'node') return ['node', ...args.filter(word => !WATCHING.test(word))]
  const plain = args.filter(word => word !== 'watch' && !WATCHING.test(word))
  if (program === 'tsx' && /\.[cm]?[jt]sx?$/.test(plain[0] ?? ''))
    return ['node', '--import', 'tsx', ...plain]
  if (program === 'nodemon' && /\.[cm]?js$/.test(plain[0] ?? '')) return ['node', ...plain]
  return [SYSTEM.includes(program) || program.includes('/') ? program : locate(program), ...args]
}

const splitAt = (word: string, at: number): [string, string] => [word.slice(0, at), word.slice(at + 1)]

/** The words of a line; quoted text is one word. */
export const words = (line: string): string[] =>
  [...line.matchAll(/(?:[^\s"']+|"[^"]*"|'[^']*')+/g)].map(([word]) => word.replaceAll(/["']/g, ''))
