/** Pages of `docs/recipes/` as a reader follows them: their commands in one shell, in a folder in which Flamegate is installed. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { freePort } from '../../harness/measure/harness/address.ts'
import { send } from '../e2e/flamegate.ts'

const ROOT = join(import.meta.dirname, '../..')
export const PAGES = join(ROOT, 'docs/recipes')

/** Ports that pages name: each gets a free one instead. */
const PORTS = /\b(?:3000|4040|6060)\b/g

export interface Command {
  line: string
  /** What the page says: `# exit code 1`. */
  exitCode: number
}

export interface Page {
  text: string
  commands: Command[]
  /** Files that it shows, by the name above them. */
  files: Record<string, string>
}

export interface Ran extends Command {
  /** Undefined where it was not run, because one before it went wrong, or runs beside the others. */
  code?: number
  output: string
}

export function readPage(name: string): Page {
  const text = readFileSync(join(PAGES, `${name}.md`), 'utf8')
  const blocks = [...text.matchAll(/^```sh\n([\s\S]*?)^```$/gm)].map(match => match[1]!)
  const files = [...text.matchAll(/^`([\w.-]+)`.*:\n\n```ts\n([\s\S]*?)^```$/gm)]
  return {
    text,
    commands: blocks.flatMap(block => block.trim().split('\n')).map(readCommand),
    files: Object.fromEntries(files.map(match => [match[1]!, match[2]!])),
  }
}

function readCommand(text: string): Command {
  const [line = '', comment = ''] = text.split(/\s+# /)
  return { line, exitCode: Number(/^exit code (\d)/.exec(comment)?.[1] ?? 0) }
}

/** Runs the commands one after the other, until one ends in another way than the page says. */
export async function follow({ commands, files }: Page, name: string): Promise<Ran[]> {
  const folder = project(name, files)
  const ports = new Map<string, string>()
  for (const [port] of commands.flatMap(({ line }) => [...line.matchAll(PORTS)]))
    if (!ports.has(port)) ports.set(port, await freePort())
  const steps = mkdtempSync(join(tmpdir(), 'steps-'))
  const lines = commands.map(({ line }) => line.replaceAll(PORTS, port => ports.get(port)!))
  const script = lines.map((line, at) => scriptOf({ ...commands[at]!, line }, join(steps, String(at))))
  const shell = spawn('bash', ['-c', script.join('\n')], {
    cwd: folder,
    env: environmentIn(folder),
    stdio: 'ignore',
    detached: true,
  })
  try {
    await once(shell, 'exit')
  } finally {
    // Its group: what it started in the background, too.
    send(-shell.pid!, 'SIGKILL')
  }
  return commands.map((command, at) => ranIn(command, join(steps, String(at))))
}

/** A folder with a start script, beside the checkout that pages copy from. */
function project(name: string, files: Record<string, string>): string {
  const parent = mkdtempSync(join(tmpdir(), 'recipe-'))
  symlinkSync(ROOT, join(parent, 'flamegate'))
  const folder = join(parent, name)
  const programs = join(folder, 'node_modules/.bin')
  mkdirSync(programs, { recursive: true })
  symlinkSync(ROOT, join(folder, 'node_modules/flamegate'))
  symlinkSync(join(ROOT, 'node_modules/.bin/autocannon'), join(programs, 'autocannon'))
  const flamegate = join(programs, 'flamegate')
  writeFileSync(flamegate, `#!/bin/sh\nexec node '${join(ROOT, 'harness/bin.js')}' "$@"\n`)
  chmodSync(flamegate, 0o755)
  const manifest = { name, type: 'module', scripts: { start: 'node server.js' } }
  for (const [path, content] of Object.entries({ ...files, 'package.json': JSON.stringify(manifest) }))
    writeFileSync(join(folder, path), content)
  return folder
}

/** As that of a terminal: without what npm, a CI system and the test runner have set. */
function environmentIn(folder: string): NodeJS.ProcessEnv {
  const own = Object.entries(process.env).filter(
    ([name]) => !/^(?:CI$|GITHUB_|npm_|FLAMEGATE|NODE_|VITEST|VITE|TEST)/.test(name),
  )
  const author = { GIT_AUTHOR_NAME: 'reader', GIT_AUTHOR_EMAIL: 'reader@localhost' }
  return {
    ...Object.fromEntries(own),
    ...author,
    GIT_COMMITTER_NAME: author.GIT_AUTHOR_NAME,
    GIT_COMMITTER_EMAIL: author.GIT_AUTHOR_EMAIL,
    NO_COLOR: '1',
    PATH: [join(folder, 'node_modules/.bin'), dirname(process.execPath), process.env.PATH].join(delimiter),
    // Other tests profile processes too, and each needs a port of its own for its inspector.
    NODE_OPTIONS: '--inspect-port=0',
  }
}

/** @param place where its output and its exit code go */
function scriptOf({ line, exitCode }: Command, place: string): string {
  if (line.endsWith('&')) return `${line.slice(0, -1)} >${place}.out 2>&1 &\n${untilReady(line)}`
  const [, ended] = /^kill (\S+)$/.exec(line) ?? []
  return [
    `{ ${line}; } >${place}.out 2>&1`,
    `code=$?; echo $code >${place}.code; [ $code -eq ${exitCode} ] || exit 1`,
    // The next one listens at the same port.
    ended ? `wait ${ended}` : '',
  ].join('\n')
}

/** Waits for a server's port, and for that of its probe, which listens in a thread of its own. */
function untilReady(line: string): string {
  const [, port] = /(?:PORT=|--port )(\d+)/.exec(line) ?? []
  if (port === undefined) return ''
  const isOpen = '(: </dev/tcp/127.0.0.1/$port) 2>/dev/null'
  return `for port in ${port} $FLAMEGATE_PROBE_ENDPOINTS_PORT; do
  until ${isOpen}; do kill -0 $! || exit 1; sleep 0.05; done
done`
}

function ranIn(command: Command, place: string): Ran {
  const read = (file: string) => (existsSync(file) ? readFileSync(file, 'utf8') : '')
  const code = read(`${place}.code`)
  return { ...command, output: read(`${place}.out`), ...(code !== '' && { code: Number(code) }) }
}
