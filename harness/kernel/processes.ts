/** Processes: which there are, their threads and their ancestry, and what each holds. */
import { linkOf, namesIn, numbersIn, readText } from './proc.ts'

export interface ProcessState {
  pid: number
  name: string
  /** State of its main thread: `R` runs, `S` sleeps, `T` is stopped, `Z` has ended. */
  state: string
  parent: number
  group: number
  session: number
  /** Page faults that had to wait for the disk. */
  majorFaults: number
  /** Clock ticks of processor time that it has used. */
  ticks: number
  /** Clock ticks from boot to its start. Together with the id, this tells a process from a later one. */
  started: number
}

/** `/proc/<pid>/stat`, as in proc_pid_stat(5). A name can hold anything, even brackets and line breaks. */
export function parseProcessState(stat: string): ProcessState | undefined {
  const [open, close] = [stat.indexOf('('), stat.lastIndexOf(')')]
  if (open < 0 || close < open) return undefined
  const [state = '', ...fields] = stat.slice(close + 2).split(' ')
  // The manual counts from 1; the parent is its field 4.
  const field = (number: number) => Number(fields[number - 4])
  return {
    pid: Number.parseInt(stat, 10),
    name: stat.slice(open + 1, close),
    state,
    parent: field(4),
    group: field(5),
    session: field(6),
    majorFaults: field(12),
    ticks: field(14) + field(15),
    started: field(22),
  }
}

/** @returns undefined when there is no such process, or the platform does not say */
export const processState = (pid: number): ProcessState | undefined =>
  parseProcessState(readText(`/proc/${pid}/stat`))

/** State of a process's main thread; empty when unknown. */
export const stateOf = (pid: number): string => processState(pid)?.state ?? ''

/** Every process that has not ended. Zombies do not count. */
export const livingProcesses = (): ProcessState[] =>
  numbersIn('/proc').flatMap(pid => {
    const state = processState(pid)
    return state && state.state !== 'Z' ? [state] : []
  })

/** A process and all its descendants; only the process where the kernel does not list children. */
export function descendants(root: number): number[] {
  const found = [root]
  for (const pid of found) {
    for (const tid of threadsOf(pid)) {
      const children = readText(`/proc/${pid}/task/${tid}/children`)
      if (children) found.push(...children.split(' ').map(Number))
    }
  }
  return found
}

export const threadsOf = (pid: number): number[] => numbersIn(`/proc/${pid}/task`)

export const threadName = (pid: number, tid: number): string => readText(`/proc/${pid}/task/${tid}/comm`)

/** This process's threads except the main one: V8's compiler and collector, and Node's own. */
export const otherThreads = (): number[] => threadsOf(process.pid).filter(tid => tid !== process.pid)

/** Whether a process was started with this variable; false when it belongs to another user. */
export const hasVariable = (pid: number, name: string, value: string): boolean =>
  `\0${readText(`/proc/${pid}/environ`)}`.includes(`\0${name}=${value}\0`)

/** The control groups of a process, one a line: those of a container have its id in their name. */
export const controlGroupsOf = (pid: number): string => readText(`/proc/${pid}/cgroup`)

/** Bytes. */
export const residentMemory = (pid: number): number =>
  Number(readText(`/proc/${pid}/statm`).split(' ')[1] ?? 0) * 4096

/** Bytes that a process had fetched from storage and sent to it, as in proc_pid_io(5); undefined where unknown. */
export function blockBytesOf(pid: number): { read: number; written: number } | undefined {
  const text = readText(`/proc/${pid}/io`)
  const bytes = (name: string) => new RegExp(`^${name}: (\\d+)$`, 'm').exec(text)?.[1]
  const [read, written] = [bytes('read_bytes'), bytes('write_bytes')]
  return read && written ? { read: Number(read), written: Number(written) } : undefined
}

export const openFiles = (pid: number): number => namesIn(`/proc/${pid}/fd`).length

/** Identifies the boot and the namespace in which the ids of processes are valid. */
export const processNamespace = (): string =>
  `${readText('/proc/sys/kernel/random/boot_id')} ${linkOf('/proc/self/ns/pid')}`.trim()
