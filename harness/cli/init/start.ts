/** How a service is started, from its start script. */

export interface Start {
  /** Program and arguments. */
  command: string[]
  /** Variables that the script sets in front of the program. */
  environment: Record<string, string>
}

/** What only a shell understands: several commands, variables, redirections, patterns. */
const SHELL = /[|&;<>$`*?(){}\\]/

/** Programs of Node itself and of the system; any other one is looked for where npm links them. */
const SYSTEM = ['node', 'npm', 'npx', 'bun', 'deno']

/**
 * @param script the start script, if there is one
 * @param entry file that is started when there is none
 */
export function readStart(script: string | undefined, entry: string | undefined): Start | undefined {
  if (script?.trim()) return SHELL.test(script) ? throughNpm() : startOf(words(script))
  if (entry === undefined) return undefined
  return { command: ['node', entry], environment: {} }
}

/** npm runs what cannot be taken apart; it passes signals on. */
const throughNpm = (): Start => ({ command: ['npm', 'run', '--silent', 'start'], environment: {} })

export function startOf(all: string[]): Start {
  const first = all.findIndex(word => !/^\w+=/.test(word) && word !== 'cross-env')
  if (first < 0) return throughNpm()
  const assigned = all.slice(0, first).filter(word => word !== 'cross-env')
  const [program, ...args] = all.slice(first)
  const path = SYSTEM.includes(program!) || program!.includes('/') ? program! : `node_modules/.bin/${program}`
  return {
    command: [path, ...args],
    environment: Object.fromEntries(assigned.map(word => splitAt(word, word.indexOf('=')))),
  }
}

const splitAt = (word: string, at: number): [string, string] => [word.slice(0, at), word.slice(at + 1)]

/** Words of a line; quotes keep one together. */
export const words = (line: string): string[] =>
  [...line.matchAll(/(?:[^\s"']+|"[^"]*"|'[^']*')+/g)].map(([word]) => word.replaceAll(/["']/g, ''))
