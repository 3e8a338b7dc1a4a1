/** Commands that start a process on given processors, or so that it cannot outlive its parent. */
import { existsSync } from 'node:fs'

const SETPRIV = '/usr/bin/setpriv'

/** The command, run by `taskset` on the given processors; unchanged where none are given. */
export const pinned = (processors: number[] | undefined, command: string[]): string[] =>
  processors ? ['taskset', '-c', processors.join(','), ...command] : command

/**
 * The command, killed by the kernel when its parent dies (Linux, util-linux). The driver kills whole groups too; this helps
 * when harness and driver die at the same moment.
 */
export const mortal = (command: string[]): string[] =>
  process.platform === 'linux' && existsSync(SETPRIV)
    ? [SETPRIV, '--pdeathsig', 'KILL', '--', ...command]
    : command
