/**
 * The way of a user, from the tarball to the verdict on two commits: installs the package beside a fastify service in an
 * empty project, lets `flamegate init` write its files, measures once, and then runs `flamegate ci` on a commit that makes
 * one route about 8 % slower and on one that changes a comment. `--quick` leaves out the second.
 */
import { execFileSync, spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { ENVIRONMENT, pack } from '../packaging/pack.ts'
import { COMMENT, FILES, SLOW } from './ci/service.ts'

const FASTIFY = 'fastify@5'

/** Seconds: what `ci` may measure for, and what it may take in all. */
const BUDGET = 130
const LIMIT = 180

/** Bytes of `node_modules`, with nothing in it but the package and what it needs. */
const MOST_BYTES = 40e6

const quick = process.argv.includes('--quick')
const project = mkdtempSync(join(tmpdir(), 'flamegate-validate-ci-'))
const misses: string[] = []

try {
  validate()
} finally {
  if (misses.length === 0) rmSync(project, { recursive: true, force: true })
}
for (const miss of misses) console.error(`missed: ${miss}; the project is kept in ${project}`)
process.exitCode = misses.length > 0 ? 1 : 0

function validate(): void {
  write(FILES)
  const packed = pack()
  write({ 'vendor/flamegate.tgz': readFileSync(packed.tarball) })
  packed.remove()
  const installed = timed(() =>
    run('npm', 'install', '--no-audit', '--no-fund', '-D', './vendor/flamegate.tgz'),
  )
  const bytes = sizeOf(join(project, 'node_modules'))
  tell(
    'cold install',
    `${(bytes / 1e6).toFixed(1)} MB in ${installed.seconds.toFixed(0)} s`,
    bytes < MOST_BYTES,
  )
  run('npm', 'install', '--no-audit', '--no-fund', FASTIFY)
  tell('init', run('npx', 'flamegate', 'init', '--yes').split('\n').slice(0, 4).join(' · '), true)
  git('init', '--quiet', '--initial-branch=main')
  commit('A service')
  const first = timed(() => flamegate('shop', '--aa', '--quick'))
  tell(
    'first run',
    `exit code ${first.result.status} after ${first.seconds.toFixed(0)} s`,
    first.result.status === 0,
  )
  judgeCommit('slower', SLOW, 1)
  if (!quick) judgeCommit('comment', COMMENT, 0)
}

/** A branch off main with one commit, judged against where it left main. */
function judgeCommit(branch: string, files: Record<string, string>, expected: number): void {
  git('checkout', '--quiet', '-b', branch, 'main')
  write(files)
  commit(branch)
  const output = join('.bench', branch)
  const { result, seconds } = timed(() => flamegate('ci', '--budget', `${BUDGET}s`, '--output', output))
  const right = result.status === expected && seconds < LIMIT
  const { scenarios } = JSON.parse(readFileSync(join(project, output, 'report.json'), 'utf8'))
  const told = `${scenarios[0].status}, exit code ${result.status} after ${seconds.toFixed(0)} s`
  tell(`commit: ${branch}`, told, right)
  if (result.status !== expected) console.error(result.stdout + result.stderr)
  if (expected === 1) {
    const summary = readFileSync(join(project, output, 'summary.md'), 'utf8')
    const row = summary.split('\n').find(line => line.startsWith('| `shop`')) ?? ''
    // V8 compiles `priceOf` into `listOrders` in some launches, which are charged for it then.
    const named = /priceOf.*pricing|listOrders.*server.*with what it calls/
    tell('names the function', row.split('<br>')[1] ?? row, named.test(row))
    tell('names the route', row.split('<br>').at(-1) ?? row, /GET.*orders.*slowed most/.test(row))
  }
  git('checkout', '--quiet', 'main')
}

function tell(what: string, seen: string, right: boolean): void {
  console.log(`${right ? '✔' : '✖'} ${what.padEnd(20)} ${seen}`)
  if (!right) misses.push(what)
}

function write(files: Record<string, string | Uint8Array>): void {
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(project, path)), { recursive: true })
    writeFileSync(join(project, path), content)
  }
}

function run(program: string, ...args: string[]): string {
  return execFileSync(program, args, { cwd: project, env: ENVIRONMENT, encoding: 'utf8' })
}

function flamegate(...args: string[]) {
  return spawnSync('npx', ['--no-install', 'flamegate', ...args], {
    cwd: project,
    env: { ...ENVIRONMENT, NO_COLOR: '1' },
    encoding: 'utf8',
  })
}

function git(...args: string[]): void {
  run('git', '-c', 'user.name=flamegate', '-c', 'user.email=flamegate@localhost', ...args)
}

function commit(message: string): void {
  git('add', '--all')
  git('commit', '--quiet', '--message', message)
}

function timed<T>(work: () => T): { result: T; seconds: number } {
  const began = performance.now()
  const result = work()
  return { result, seconds: (performance.now() - began) / 1000 }
}

function sizeOf(folder: string): number {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter(entry => entry.isFile())
    .reduce((sum, entry) => sum + statSync(join(entry.parentPath, entry.name)).size, 0)
}
