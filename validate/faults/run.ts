/** One run of Flamegate as a user starts it, in folders of its own, and what is left after it. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { readRecord } from '../../harness/store/index.ts'

const BIN = fileURLToPath(new URL('../../harness/bin.js', import.meta.url))
const SCENARIO = fileURLToPath(new URL('./scenario.ts', import.meta.url))

/** Milliseconds in which everything has to be gone after the harness has. */
const GONE_WITHIN = 3_000

export interface Left {
  code: number | null
  signal: string | null
  stderr: string
  /** Processes that still carry the run's mark, 3 s after the harness has ended. */
  processes: string[]
  /** Temporary files, and parts of files that were being written. */
  files: string[]
  /** Temporary files that `flamegate clean` has removed: nobody lived to do it after the harness had been killed. */
  swept: string[]
  /** Rounds that can be read from the record; `null` when there is no record, an error's message when it is unreadable. */
  rounds: number | string | null
}

/** What should not be there any more, in words. */
export const leftovers = ({ processes, files }: Pick<Left, 'processes' | 'files'>): string[] => [
  ...(processes.length > 0 ? [`processes left: ${processes.join('; ')}`] : []),
  ...(files.length > 0 ? [`files left: ${files.join(', ')}`] : []),
]

export class Run {
  readonly go: string
  readonly child: ChildProcess
  readonly output: string
  readonly #folder = mkdtempSync(join(tmpdir(), 'faults-'))
  readonly #ended: Promise<[number | null, string | null]>
  readonly #environment: Record<string, string | undefined>
  #stderr = ''
  #listeners = new Set<() => void>()

  /** @param output where its files go, instead of a folder that is removed afterwards */
  constructor(args: string[], environment: Record<string, string> = {}, output?: string) {
    this.go = join(this.#folder, 'go')
    this.output = output ?? join(this.#folder, 'run')
    mkdirSync(join(this.#folder, 'tmp'))
    this.#environment = {
      ...process.env,
      NO_COLOR: '1',
      TMPDIR: join(this.#folder, 'tmp'),
      MARK: this.#folder,
      GO: this.go,
      ...environment,
    }
    this.child = spawn(process.execPath, [BIN, SCENARIO, '--output', this.output, ...args], {
      env: this.#environment,
      stdio: ['ignore', 'ignore', 'pipe'],
      // Ctrl-C to the validation is not one to the run that it watches.
      detached: true,
    })
    this.child.stderr!.on('data', text => {
      this.#stderr += String(text)
      for (const listener of this.#listeners) listener()
    })
    this.#ended = new Promise(resolve => this.child.once('close', (...how) => resolve(how)))
  }

  get stderr(): string {
    return this.#stderr
  }

  /** Resolves when standard error says it, to false when the run ends without. */
  said(pattern: RegExp): Promise<boolean> {
    return new Promise(resolve => {
      const look = () => {
        if (!pattern.test(this.#stderr)) return
        this.#listeners.delete(look)
        resolve(true)
      }
      this.#listeners.add(look)
      look()
      void this.#ended.then(() => resolve(false))
    })
  }

  /** Resolves when the file has been taken away, or the run has ended. */
  async taken(file: string): Promise<void> {
    let over = false
    void this.#ended.then(() => {
      over = true
    })
    while (existsSync(file) && !over) await new Promise(resolve => setTimeout(resolve, 5))
  }

  /** Waits for its end, looks at what is left, and removes it. */
  async left(): Promise<Left> {
    const [code, signal] = await this.#ended
    const deadline = performance.now() + GONE_WITHIN
    while (this.#processes().length > 0 && performance.now() < deadline)
      await new Promise(resolve => setTimeout(resolve, 20))
    const processes = this.#processes()
    const swept = signal === null ? [] : this.#temporary()
    if (swept.length > 0) spawnSync(process.execPath, [BIN, 'clean'], { env: this.#environment })
    const files = [...this.#temporary(), ...filesIn(this.output, name => name.endsWith('.tmp'))]
    const rounds = await this.#rounds()
    for (const line of processes) endLate(Number.parseInt(line, 10))
    rmSync(this.#folder, { recursive: true, force: true })
    return { code, signal, stderr: this.#stderr, processes, files, swept, rounds }
  }

  /** The harness's driver of the load. */
  driver(): number | undefined {
    const line = this.#processes().find(text => text.includes('/driver/main.'))
    return line === undefined ? undefined : Number.parseInt(line, 10)
  }

  #processes(): string[] {
    return readdirSync('/proc')
      .filter(name => /^\d+$/.test(name))
      .filter(pid => readOptional(`/proc/${pid}/environ`).includes(`MARK=${this.#folder}\0`))
      .map(pid => `${pid} ${readOptional(`/proc/${pid}/cmdline`).replaceAll('\0', ' ')}`)
  }

  #temporary(): string[] {
    return filesIn(join(this.#folder, 'tmp'), name => name !== 'flamegate')
  }

  async #rounds(): Promise<number | string | null> {
    try {
      return (await readRecord(this.output)).rounds.length
    } catch (error) {
      const { message } = error as Error
      return message === 'There is no record here.' ? null : message
    }
  }
}

function readOptional(path: string): string {
  try {
    return readFileSync(path, 'latin1')
  } catch {
    return ''
  }
}

function filesIn(folder: string, wanted: (name: string) => boolean): string[] {
  try {
    return readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter(wanted)
  } catch {
    return []
  }
}

/** What was left may have gone meanwhile. */
function endLate(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}
