/** Flamegate as a user starts it: a process in a project folder, and what it leaves behind. `validate/faults` uses it too. */
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { execa } from 'execa'
import { numbersIn, readText } from '../../harness/kernel/proc.ts'
import { hasVariable } from '../../harness/kernel/processes.ts'
import type { RunRecord } from '../../harness/model/record.ts'
import type { Analysis, GateVerdict } from '../../harness/model/report.ts'

const BIN = fileURLToPath(new URL('../../harness/bin.js', import.meta.url))
export const PROJECT = fileURLToPath(new URL('../fixtures/project', import.meta.url))

/** Milliseconds after the end of a run in which its processes must be gone, however it ended (docs/reliability.md). */
const GONE_WITHIN = 3_000

export interface Setting {
  /** Where it is started; the fixture project unless given. */
  directory?: string
  environment?: Record<string, string>
  /** Folder for its files; a fresh one unless given. */
  output?: string
  /** Keeps a Ctrl-C in this terminal away from it. */
  detached?: boolean
}

/** How a run ended. */
export interface Ended {
  /** Undefined when a signal ended it. */
  exitCode?: number
  signal?: string
  stdout: string
  stderr: string
  /** Processes of the run that were still there when it had ended. */
  left: string[]
  output: string
}

/** What `--json` prints, as far as tests read it. */
export interface Printed extends Pick<Analysis, 'comparisons' | 'frames' | 'owners' | 'findings'> {
  scenario: string
  variants: { id: string }[]
  gates: (Omit<GateVerdict, 'gate'> & GateVerdict['gate'])[]
  verdict: { status: string; unusable?: string }
}

/** Runs Flamegate to its end. */
export const flamegate = (args: string[], setting?: Setting): Promise<Ended> =>
  new Flamegate(args, setting).ended()

/** A run in progress. Its files go with the temporary folder of the test, or with `remove()`. */
export class Flamegate {
  readonly output: string
  readonly child: ReturnType<typeof start>
  /** Everything that the run starts has the variable `MARK` with this folder, so that a service can keep state there. */
  readonly folder = mkdtempSync(join(tmpdir(), 'run-'))
  readonly #temporary = join(this.folder, 'tmp')
  readonly #setting: Setting
  #stderr = ''
  #running = true

  constructor(args: string[], setting: Setting = {}) {
    mkdirSync(this.#temporary)
    const environment = { TMPDIR: this.#temporary, MARK: this.folder, ...setting.environment }
    this.#setting = { ...setting, environment }
    this.output = setting.output ?? join(this.folder, 'output')
    this.child = start([...args, '--output', this.output], this.#setting)
    this.child.stderr.on('data', text => {
      this.#stderr += String(text)
    })
    void this.child.then(() => {
      this.#running = false
    })
  }

  get running(): boolean {
    return this.#running
  }

  /** Standard error so far. */
  get stderr(): string {
    return this.#stderr
  }

  async ended(): Promise<Ended> {
    const { exitCode, signal, stdout, stderr } = await this.child
    return { exitCode, signal, stdout, stderr, left: this.processes(), output: this.output }
  }

  /** Resolves to true once standard error matches, to false when the run ends before that. */
  said(pattern: RegExp): Promise<boolean> {
    const { stderr } = this.child
    return new Promise(resolve => {
      const look = () => {
        if (pattern.test(this.#stderr)) settle(true)
      }
      const settle = (said: boolean) => {
        stderr.off('data', look)
        resolve(said)
      }
      stderr.on('data', look)
      look()
      void this.child.then(() => settle(false))
    })
  }

  /** Another command of Flamegate with the same environment in the same folder, run to its end. */
  also(...args: string[]) {
    return start(args, this.#setting)
  }

  /** Its living processes, as id and command line. */
  processes(): string[] {
    return numbersIn('/proc')
      .filter(pid => hasVariable(pid, 'MARK', this.folder))
      .map(pid => `${pid} ${readText(`/proc/${pid}/cmdline`).replaceAll('\0', ' ')}`)
  }

  /** Temporary files, and parts of files that were being written. */
  temporaryFiles(): string[] {
    const leases = 'flamegate'
    return [
      ...filesIn(this.#temporary).filter(name => name !== leases),
      ...filesIn(this.output).filter(name => name.endsWith('.tmp')),
    ]
  }

  /** Waits for its end and for its processes, which may take 3 s; returns those that remain. */
  async processesLeft(): Promise<string[]> {
    await this.child
    const deadline = performance.now() + GONE_WITHIN
    while (this.processes().length > 0 && performance.now() < deadline) await sleep(20)
    return this.processes()
  }

  /** Removes its files, and kills what is left of it. */
  remove(): void {
    for (const line of this.processes()) send(Number.parseInt(line, 10), 'SIGKILL')
    rmSync(this.folder, { recursive: true, force: true })
  }
}

/** Sends a signal to a process, which may have ended already. */
export function send(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}

export const recordIn = (output: string): RunRecord =>
  JSON.parse(readFileSync(join(output, 'record.json'), 'utf8'))

/** Sum of a column of slices. */
export const total = (column: (number | null)[] = []) =>
  column.reduce<number>((sum, value) => sum + (value ?? 0), 0)

export const printed = ({ stdout }: Pick<Ended, 'stdout'>): Printed => JSON.parse(stdout)

/** Without the variables of a CI system that this may run in: a run behaves differently there. */
function start(args: string[], { directory = PROJECT, environment, detached = false }: Setting) {
  const foreign = Object.keys(process.env).filter(name => /^(GITHUB_|CI)/.test(name))
  return execa(process.execPath, [BIN, ...args], {
    cwd: directory,
    reject: false,
    detached,
    env: { ...Object.fromEntries(foreign.map(name => [name, undefined])), NO_COLOR: '1', ...environment },
  })
}

const filesIn = (folder: string): string[] =>
  existsSync(folder) ? readdirSync(folder, { recursive: true, encoding: 'utf8' }) : []
