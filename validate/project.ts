/** A project of a user, with the package in it. */
import { execFileSync, type StdioOptions, spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { sum } from '../harness/stats/describe.ts'
import { ENVIRONMENT } from '../packaging/pack.ts'

const QUIET: StdioOptions = ['ignore', 'pipe', 'pipe']

/** A temporary folder, and the programs that run in it. */
export class Project {
  readonly #parent = mkdtempSync(join(tmpdir(), 'flamegate-project-'))
  readonly folder: string

  constructor(name: string) {
    this.folder = join(this.#parent, name)
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
    return execFileSync(program, args, { cwd: this.folder, env: ENVIRONMENT, encoding: 'utf8', stdio: QUIET })
  }

  /** Beside the folder, for programs that make it. */
  begin(program: string, ...args: string[]): string {
    rmSync(this.folder, { recursive: true, force: true })
    return execFileSync(program, args, {
      cwd: this.#parent,
      env: ENVIRONMENT,
      encoding: 'utf8',
      stdio: QUIET,
    })
  }

  /** Its result, and the milliseconds that it took. */
  flamegate(...args: string[]) {
    const began = performance.now()
    const options = { cwd: this.folder, env: { ...ENVIRONMENT, NO_COLOR: '1' }, encoding: 'utf8' } as const
    const result = spawnSync('npx', ['--no-install', 'flamegate', ...args], options)
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
