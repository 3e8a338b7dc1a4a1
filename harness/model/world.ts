/** Everything that a run takes from outside. Tests and other programs pass their own. */
import type { Progress } from './events.ts'

export interface Platform {
  /** As `process.platform`. */
  name: string
  /** Numbers of the processors that this process may use, ascending. */
  processors: number[]
  /** Whether processes can be pinned (`taskset` is installed). */
  pinnable: boolean
  /** Absolute path of the Node binary that runs Flamegate. */
  execPath: string
}

export interface World {
  /** Working directory: scenarios are looked for in it, `.bench/` is written into it. */
  directory: string
  environment: Record<string, string | undefined>
  platform: Platform
  emit(progress: Progress): void
  /** Aborted: stop every process, keep the rounds that are complete. */
  signal: AbortSignal
  /** Milliseconds since the epoch. */
  now(): number
}
