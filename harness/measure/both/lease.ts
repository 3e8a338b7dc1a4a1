/**
 * Leases: a file for each run on this machine that names its harness and its launches. It warns other runs, and tells the
 * next one what a crash has left behind.
 */
import { randomBytes } from 'node:crypto'
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { namesIn } from '../../kernel/proc.ts'
import { processNamespace, processState } from '../../kernel/processes.ts'
import { MeasureError, UsageError } from '../../model/errors.ts'
import type { Plan } from '../../model/plan.ts'
import type { World } from '../../model/world.ts'
import { isInside } from '../../paths/inside.ts'
import { isContainer } from './containers.ts'
import { endProcesses, exists, processesOf, type Trace } from './launch-processes.ts'

export interface Lease {
  file: string
  /** Whether this user wrote it. Other users' leases are only read. */
  ours: boolean
  /** The harness, with its start in the kernel's clock ticks. */
  harness: { pid: number; started: number }
  /** Boot and namespace in which ids of processes are valid. */
  machine: string
  /** When it was taken, in milliseconds since the epoch: first come, first served. */
  taken: number
  /** Whether the run still waits for others, and does not disturb them yet. */
  waiting: boolean
  scenario: string
  /** Folder of the run's files. */
  output: string
  /** The run's only temporary folder, next to the leases. */
  folder: string
  launches: Trace[]
}

/** Bytes. A lease has a few hundred. */
const LARGEST = 64 * 1024
const TEMPORARY = /^flamegate-\w{6}$/

/** Milliseconds between two checks whether another run has ended. */
const LOOK = 500

/** Shared by all users of the machine, like `/tmp`. */
const leasesFolder = () => join(tmpdir(), 'flamegate')

/** The lease of this run, rewritten before a launch starts and after it has ended. */
export class OwnLease {
  readonly #lease: Lease

  private constructor(lease: Lease) {
    this.#lease = lease
  }

  /** @throws MeasureError when temporary files cannot be written */
  static take({ scenario, output }: Pick<Plan, 'scenario' | 'output'>, waiting = false): OwnLease {
    try {
      makeShared(leasesFolder())
      const own = new OwnLease({
        file: join(leasesFolder(), `${randomBytes(6).toString('hex')}.json`),
        ours: true,
        harness: { pid: process.pid, started: processState(process.pid)?.started ?? 0 },
        machine: processNamespace(),
        taken: Date.now(),
        waiting,
        scenario,
        output,
        folder: mkdtempSync(join(tmpdir(), 'flamegate-')),
        launches: [],
      })
      own.#write()
      return own
    } catch (cause) {
      throw new MeasureError('Temporary files cannot be written.', {
        place: tmpdir(),
        details: cause instanceof Error ? cause.message : String(cause),
        advice: 'Make room, allow writing there, or set TMPDIR to another folder.',
        cause,
      })
    }
  }

  get file(): string {
    return this.#lease.file
  }

  /** The run's folder for temporary files, which nobody else can enter. */
  get folder(): string {
    return this.#lease.folder
  }

  /** Other runs that measure, or have waited for longer than this one. */
  ahead(): Lease[] {
    return otherLeases()
      .filter(other => !other.waiting || this.isAfter(other))
      .filter(isRunning)
  }

  isAfter(other: Lease): boolean {
    const { taken, file } = this.#lease
    return other.taken < taken || (other.taken === taken && other.file < file)
  }

  /** Waits until it is this run's turn. Each run that it waits for is named once. */
  async waitForOthers(world: World): Promise<void> {
    let named = 0
    for (let [first] = this.ahead(); first; [first] = this.ahead()) {
      world.signal.throwIfAborted()
      const { scenario, harness } = first
      if (harness.pid !== named) world.emit({ type: 'waiting', scenario, pid: harness.pid })
      named = harness.pid
      await setTimeout(LOOK)
    }
    this.#lease.waiting = false
    this.#write()
  }

  hold(trace: Trace): void {
    this.#lease.launches = [...this.#lease.launches.filter(({ mark }) => mark !== trace.mark), trace]
    this.#write()
  }

  drop(trace: Trace): void {
    this.#lease.launches = this.#lease.launches.filter(({ mark }) => mark !== trace.mark)
    this.#write()
  }

  release(): void {
    removeTemporary(this.#lease.folder)
    rmSync(this.#lease.file, { force: true })
  }

  #write(): void {
    const { file, ours, ...content } = this.#lease
    const temporary = `${file}.tmp`
    writeFileSync(temporary, JSON.stringify(content), { mode: 0o644 })
    renameSync(temporary, file)
  }
}

/** Leases of other runs on this machine, crashed ones included. */
export function otherLeases(): Lease[] {
  return namesIn(leasesFolder())
    .filter(name => name.endsWith('.json'))
    .flatMap(name => readLease(join(leasesFolder(), name)) ?? [])
    .filter(({ harness, machine }) => harness.pid !== process.pid && machine === processNamespace())
}

/**
 * Two runs that write into one folder would each take the other's rounds for their own.
 *
 * @param own the lease of a run that has begun, which gives way to earlier ones
 * @throws UsageError when another run writes into the folder, or into one below it
 */
export function refuseOccupied(folder: string, own?: OwnLease): void {
  const others = own ? otherLeases().filter(other => own.isAfter(other)) : otherLeases()
  const other = others.find(lease => isInside(folder, lease.output) && isRunning(lease))
  if (!other) return
  throw new UsageError('Another run is writing into this folder.', {
    place: folder,
    details: `Process ${other.harness.pid} measures \`${other.scenario}\` there.`,
    advice: 'Wait until it has ended, or give this run a folder of its own with `--output`.',
  })
}

/** Whether the harness that took it is alive. */
export function isRunning({ harness }: Lease): boolean {
  const state = processState(harness.pid)
  return state ? state.started === harness.started && state.state !== 'Z' : exists(harness.pid)
}

/** Processes of a crashed run that are provably its own. */
export const survivors = ({ ours, launches }: Lease): number[] => (ours ? launches.flatMap(processesOf) : [])

/**
 * Ends the processes of a crashed run, and removes its temporary folder, unfinished files and lease.
 *
 * @returns the processes that were found, and those that could not be ended
 */
export async function cleanUp(lease: Lease): Promise<{ found: number[]; left: number[] }> {
  const found = survivors(lease)
  if (!lease.ours) return { found, left: [] }
  const left = (await Promise.all(lease.launches.map(trace => endProcesses(trace, 0)))).flat()
  if (left.length > 0) return { found, left }
  removeUnfinished(lease.output, lease.harness.pid)
  if (isOwnTemporary(lease.folder)) removeTemporary(lease.folder)
  rmSync(lease.file, { force: true })
  return { found, left }
}

/** Removes leases and temporary folders of crashed runs without a living process. */
export async function sweep(leases: Lease[]): Promise<void> {
  for (const lease of leases)
    if (lease.ours && !isRunning(lease) && survivors(lease).length === 0) await cleanUp(lease)
}

/** Anybody can write a lease, so its shape and owner are checked. */
function readLease(file: string): Lease | undefined {
  try {
    const { size, uid } = statSync(file)
    if (size > LARGEST) return undefined
    const content: Omit<Lease, 'file' | 'ours'> = JSON.parse(readFileSync(file, 'utf8'))
    const { harness, machine, taken, waiting, scenario, output, folder, launches } = content
    const shaped =
      [machine, scenario, output, folder].every(text => typeof text === 'string') &&
      typeof waiting === 'boolean' &&
      Number.isInteger(taken) &&
      Number.isInteger(harness.pid) &&
      Number.isInteger(harness.started) &&
      launches.every(isTrace)
    return shaped ? { ...content, file, ours: isOurs(uid) } : undefined
  } catch {
    return undefined
  }
}

const isTrace = ({ pid, started, mark, container }: Trace): boolean =>
  Number.isInteger(pid) &&
  pid >= 0 &&
  Number.isInteger(started) &&
  /^[0-9a-f]{32}$/.test(mark) &&
  (container === undefined || isContainer(container))

function isOwnTemporary(folder: string): boolean {
  if (dirname(folder) !== tmpdir() || !TEMPORARY.test(basename(folder))) return false
  const found = lstatSync(folder, { throwIfNoEntry: false })
  return found?.isDirectory() === true && isOurs(found.uid)
}

const isOurs = (uid: number): boolean => process.getuid === undefined || process.getuid() === uid

function makeShared(folder: string): void {
  if (mkdirSync(folder, { recursive: true }) === undefined) return
  // Everybody can add a lease, and only its owner can remove it. `mkdir` alone is subject to the umask.
  chmodSync(folder, 0o1777)
}

/**
 * Next to a run's temporary folder: data of its needs. Only the user can enter the temporary folder, and a server that refuses
 * to run as root has to reach its data as another user.
 */
export const dataFolder = (temporary: string): string => `${temporary}-needs`

/** Removes a run's temporary files. */
export function removeTemporary(folder: string): void {
  for (const path of [folder, dataFolder(folder)]) rmSync(path, { recursive: true, force: true })
}

/**
 * Removes what a killed harness was writing. Until a file is renamed (`store/atomic.ts`), its name ends in the writer's id and
 * `.tmp`.
 *
 * @param output the run's folder; @param pid of the dead harness
 */
export function removeUnfinished(output: string, pid: number): void {
  if (!existsSync(output)) return
  for (const name of readdirSync(output, { recursive: true, encoding: 'utf8' }))
    if (name.endsWith(`.${pid}.tmp`)) rmSync(join(output, name), { force: true })
}
