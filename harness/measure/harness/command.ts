/** How commands are started: on given processors, in a group of their own, and some end with their parent. */
import type { ChildProcess } from 'node:child_process'
import { existsSync } from 'node:fs'
import { execa, type Options } from 'execa'

const SETPRIV = '/usr/bin/setpriv'

/** Runs the command on the given processors, if there are any. */
export const pinned = (processors: number[] | undefined, command: string[]): string[] =>
  processors ? ['taskset', '-c', processors.join(','), ...command] : command

/**
 * Has the kernel kill the command when its parent dies (Linux with util-linux). The driver kills whole groups too, but
 * harness and driver can die at the same moment.
 *
 * @param signal INT for PostgreSQL, which then ends fast and clean
 */
export const mortal = (command: string[], signal: 'KILL' | 'INT' = 'KILL'): string[] =>
  process.platform === 'linux' && existsSync(SETPRIV)
    ? [SETPRIV, '--pdeathsig', signal, '--', ...command]
    : command

/**
 * Starts a command in a process group of its own: a signal to the harness's whole group (Ctrl-C, a closed terminal,
 * `timeout`) must not end what guards the launches.
 */
export function start(command: string[], processors: number[] | undefined, options: Options): ChildProcess {
  const [program, ...args] = pinned(processors, command)
  return execa(program!, args, {
    ...options,
    detached: process.platform !== 'win32',
    stdin: 'ignore',
    buffer: false,
    reject: false,
  }).nodeChildProcess
}
