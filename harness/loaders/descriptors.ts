/**
 * How many connections this process may have. The sessions of all launches are in one process, and each connection is an
 * open file: where they are used up, nothing works any more, not even reading a counter.
 */

import { MeasureError } from '../model/errors.ts'

/** For all that is open beside connections: the lines to agents, profiles, the kernel's counters. */
const RESERVED = 128

/** Connections that sessions keep open, and sessions that share the rest. */
let kept = 0
let sharing = 0
let known: number | undefined

/** A session's claim. */
export interface Claim {
  /** Connections that it may have in all, as things are. */
  most(): number
  release(): void
}

/**
 * @param connections that the session keeps open
 * @param grows whether it opens more when it needs them
 * @throws MeasureError where there are too many
 */
export function claim(connections: number, grows: boolean): Claim {
  const limit = openFiles()
  const room = Math.max(0, limit - RESERVED)
  if (kept + connections > room)
    throw new MeasureError(
      `The load generator may have ${limit} files open, which leaves room for ${room} connections to all variants together: ${kept + connections} are not possible.`,
      { advice: 'Raise the limit (`ulimit -n`), or use fewer `connections`.' },
    )
  kept += connections
  if (grows) sharing++
  return {
    most: () => connections + Math.floor((room - kept) / Math.max(1, sharing)),
    release() {
      kept -= connections
      if (grows) sharing--
    },
  }
}

/** What Node says of its own process, on every platform that has such limits. */
interface Report {
  userLimits?: { open_files?: { soft?: number | 'unlimited' } }
}

/** Node has raised the limit as far as it may when it started. */
function openFiles(): number {
  if (known !== undefined) return known
  // Looking up the names of network interfaces may take seconds.
  const report = Object.assign(process.report, { excludeNetwork: true }).getReport() as Report
  const soft = report.userLimits?.open_files?.soft
  known = typeof soft === 'number' ? soft : Number.POSITIVE_INFINITY
  return known
}
