/**
 * Divides the files that this process can open among the sessions of all launches. Each connection is one. When none is
 * left, nothing works, not even reading a counter.
 */
import { MeasureError } from '../../model/errors.ts'

/** Files for everything else: the sockets of agents, profiles, the kernel's counters. */
const RESERVED = 128

/** Connections that sessions keep open, and the number of sessions that share the rest. */
let kept = 0
let sharing = 0
let known: number | undefined

/** A session's share. */
export interface Claim {
  /** Connections that the session can have at present. */
  most(): number
  release(): void
}

/**
 * @param connections that the session keeps open
 * @param grows whether it opens more when it needs them
 * @throws MeasureError when there are too many
 */
export function claim(connections: number, grows: boolean): Claim {
  const limit = openFiles()
  const room = Math.max(0, limit - RESERVED)
  if (kept + connections > room)
    throw new MeasureError(
      `The load generator can open ${limit} files, which leaves room for ${room} connections to all variants together. ${kept + connections} are too many.`,
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

/** Part of Node's report on its own process, on platforms that have such limits. */
interface Report {
  userLimits?: { open_files?: { soft?: number | 'unlimited' } }
}

/** The soft limit, which Node raises as far as it can when it starts. */
function openFiles(): number {
  if (known !== undefined) return known
  // Looking up the names of network interfaces can take seconds.
  const report = Object.assign(process.report, { excludeNetwork: true }).getReport() as Report
  const soft = report.userLimits?.open_files?.soft
  known = typeof soft === 'number' ? soft : Number.POSITIVE_INFINITY
  return known
}
