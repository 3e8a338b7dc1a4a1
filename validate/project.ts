/** A project of a user, with the package in it. */
import { execFileSync, type StdioOptions, spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { sum } from '../harness/stats/describe.ts'
import { ENVIRONMENT } from '../packaging/pack.ts'

const QUIET: StdioOptions = ['ignore', 'pipe', 'pipe']

/** How a package manager installs, and runs a program of a package. */
const MANAGERS = {
  npm: { add: ['install', '--no-audit', '--no-fund'], run: ['npx', '--no-install'] },
  yarn: { add: ['add'], run: ['yarn'] },
} as const

/** A temporary folder, and the programs that run in it. */
export class Project {
  readonly #parent = mkdtempSync(join(tmpdir(), 'flamegate-project-'))
  readonly #manager: keyof typeof MANAGERS
  readonly #environment: NodeJS.ProcessEnv
  readonly folder: string

  constructor(name: string, manager: keyof typeof MANAGERS = 'npm') {
    this.folder = join(this.#parent, name)
    this.#manager = manager
    this.#environment = manager === 'yarn' ? yarnIn(join(this.#parent, 'tools')) : ENVIRONMENT
    mkdirSync(this.folder)
  }

  write(files: Record<string, string | Uint8Array>): void {
    for (const [path, content] of Object.entries(files)) {
      mkdirSync(dirname(join(this.folder, path)), { recursive: true })
      writeFileSync(join(this.folder, path), content)
    }
  }

  read(...path: string[]): string {
    return readFileSync(join(this.folder, ...path), 'utf8')
  }

  run(program: string, ...args: string[]): string {
    return execFileSync(program, args, {
      cwd: this.folder,
      env: this.#environment,
      encoding: 'utf8',
      stdio: QUIET,
    })
  }

  add(...packages: string[]): string {
    return this.run(this.#manager, ...MANAGERS[this.#manager].add, ...packages)
  }

  /** Beside the folder, for programs that make it. */
  begin(program: string, ...args: string[]): string {
    rmSync(this.folder, { recursive: true, force: true })
    return execFileSync(program, args, {
      cwd: this.#parent,
      env: this.#environment,
      encoding: 'utf8',
      stdio: QUIET,
    })
  }

  /** Its result, and the milliseconds that it took. */
  flamegate(...args: string[]) {
    const began = performance.now()
    const options = {
      cwd: this.folder,
      env: { ...this.#environment, NO_COLOR: '1' },
      encoding: 'utf8',
    } as const
    const [program, ...words] = MANAGERS[this.#manager].run
    const result = spawnSync(program, [...words, 'flamegate', ...args], options)
    return { ...result, time: performance.now() - began }
  }

  git(...args: string[]): void {
    this.run('git', '-c', 'user.name=flamegate', '-c', 'user.email=flamegate@localhost', ...args)
  }

  commit(message: string): void {
    this.git('add', '--all')
    this.git('commit', '--quiet', '--message', message)
  }

  /** Bytes of the files in a folder. */
  size(folder: string): number {
    const entries = readdirSync(join(this.folder, folder), { recursive: true, withFileTypes: true })
    const files = entries.filter(entry => entry.isFile())
    return sum(files.map(({ parentPath, name }) => statSync(join(parentPath, name)).size))
  }

  remove(): void {
    rmSync(this.#parent, { recursive: true, force: true })
  }
}

/** Yarn itself comes from npm, and asks the registry that npm asks. */
function yarnIn(folder: string): NodeJS.ProcessEnv {
  mkdirSync(folder)
  const npm = (...args: string[]) =>
    execFileSync('npm', args, { cwd: folder, env: ENVIRONMENT, encoding: 'utf8', stdio: QUIET }).trim()
  npm('install', '--prefix', folder, '--no-audit', '--no-fund', '@yarnpkg/cli-dist@4')
  const registry = npm('config', 'get', 'registry')
  return {
    ...ENVIRONMENT,
    PATH: [join(folder, 'node_modules/.bin'), ENVIRONMENT.PATH].join(delimiter),
    YARN_NPM_REGISTRY_SERVER: registry.replace(/\/$/, ''),
    YARN_UNSAFE_HTTP_WHITELIST: new URL(registry).hostname,
    YARN_ENABLE_TELEMETRY: '0',
    // In CI, Yarn refuses to change a lock file, and these projects begin without one.
    YARN_ENABLE_IMMUTABLE_INSTALLS: 'false',
  }
}
