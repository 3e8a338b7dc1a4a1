/** Refuses commands that start a service again when a file changes: rounds would measure different programs. */
import { basename } from 'node:path'
import { UsageError } from '../model/errors.ts'

const PROGRAMS = new Set(['nodemon', 'node-dev', 'ts-node-dev', 'tsnd', 'supervisor'])
/** What makes other programs do the same. */
const ARGUMENTS: [program: RegExp, argument: RegExp][] = [
  [/^(node|bun|deno)$/, /^--watch\b/],
  [/^(nest|fastify)$/, /^(--watch|-w)$/],
  [/^(tsx|bun)$/, /^(watch|--hot)$/],
  [/^(next|nuxt|astro|vite|remix|react-router)$/, /^dev$/],
]

/** @throws UsageError that names the word, and what to do instead */
export function refuseWatcher(command: string[], file: string): void {
  const [program = '', ...args] = command.map((word, at) => (at === 0 ? nameOf(word) : word))
  const found = PROGRAMS.has(program)
    ? program
    : args.find(word => ARGUMENTS.some(([of, argument]) => of.test(program) && argument.test(word)))
  if (found === undefined) return
  throw new UsageError(
    `The service is started with \`${found}\`, which starts it again when a file changes.`,
    {
      place: file,
      details: command.join(' '),
      advice:
        'Give the command that runs in production, for example `node server.js`, and `build` if it has to be compiled.',
    },
  )
}

const nameOf = (path: string): string => basename(path).replace(/\.(exe|cmd|m?js)$/, '')
