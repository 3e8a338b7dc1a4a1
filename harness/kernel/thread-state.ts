/** What a thread is doing at this moment. */
import { arch } from 'node:os'
import { readText } from './proc.ts'
import { parseProcessState } from './processes.ts'

export interface ThreadState {
  /** `R` runs or is ready to, `S` sleeps, `D` waits for storage and cannot be woken. */
  state: string
  /** Name of its system call, empty while it runs or where nobody may know. */
  call: string
  /** The kernel's function in which it sleeps, empty where nobody may know. */
  channel: string
}

/** @returns undefined when the thread has ended, or the platform does not say */
export function threadState(pid: number, tid: number): ThreadState | undefined {
  const task = `/proc/${pid}/task/${tid}`
  const state = parseProcessState(readText(`${task}/stat`))?.state
  if (!state) return undefined
  const channel = readText(`${task}/wchan`)
  return { state, call: callOf(readText(`${task}/syscall`)), channel: channel === '0' ? '' : channel }
}

/** `/proc/<pid>/syscall`, as in proc_pid_syscall(5): a number and its arguments, or `running`. */
export function callOf(text: string, architecture: string = arch()): string {
  const number = /^\d+/.exec(text)?.[0]
  if (number === undefined) return ''
  return CALLS[architecture]?.[Number(number)] ?? `system call ${number}`
}

/** Those in which a thread of Node can be found. Numbers differ by architecture (`asm/unistd.h`). */
const CALLS: Record<string, Record<number, string>> = {
  x64: {
    0: 'read',
    1: 'write',
    2: 'open',
    7: 'poll',
    17: 'pread64',
    18: 'pwrite64',
    20: 'writev',
    35: 'nanosleep',
    42: 'connect',
    61: 'wait4',
    74: 'fsync',
    75: 'fdatasync',
    202: 'futex',
    230: 'clock_nanosleep',
    232: 'epoll_wait',
    257: 'openat',
    281: 'epoll_pwait',
    441: 'epoll_pwait2',
  },
  arm64: {
    22: 'epoll_pwait',
    56: 'openat',
    63: 'read',
    64: 'write',
    66: 'writev',
    67: 'pread64',
    68: 'pwrite64',
    73: 'ppoll',
    82: 'fsync',
    83: 'fdatasync',
    98: 'futex',
    101: 'nanosleep',
    115: 'clock_nanosleep',
    203: 'connect',
    260: 'wait4',
    441: 'epoll_pwait2',
  },
}
