/** Prefixes for commands: run on given processors, or end with the parent. */
import { existsSync } from 'node:fs'

const SETPRIV = '/usr/bin/setpriv'

/** Runs the command on the given processors, if there are any. */
export const pinned = (processors: number[] | undefined, command: string[]): string[] =>
  processors ? ['taskset', '-c', processors.join(','), ...command] : command

/**
 * Has the kernel kill the command when its parent dies (Linux with util-linux). The driver kills whole groups too, but
 * harness and driver can die at the same moment.
 */
export const mortal = (command: string[]): string[] =>
  process.platform === 'linux' && existsSync(SETPRIV)
    ? [SETPRIV, '--pdeathsig', 'KILL', '--', ...command]
    : command
