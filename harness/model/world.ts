/** Everything that a run takes from outside. Tests and other programs pass their own. */
import type { Finding } from './finding.ts'

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

export type Stage = 'boot' | 'check' | 'warm-up' | 'timed' | 'profiled' | 'stop'

/** What the core says while it works. It emits and never prints; `cli/` shows it, others may log it. */
export type Progress =
  /** Something is made before the first round, for example a checkout of the baseline. */
  | { type: 'prepare'; what: string }
  /** A round begins; `of` is the most there may be, `left` the milliseconds until no further round starts. */
  | { type: 'round'; scenario: string; round: number; of: number; left: number }
  /** Another run measures on this machine, and this one waits for its end. */
  | { type: 'waiting'; scenario: string; pid: number }
  /** `detail` is, for example, the variant that is warming up. */
  | { type: 'stage'; round: number; stage: Stage; detail?: string }
  | { type: 'finding'; finding: Finding }
  /** A file was written. */
  | { type: 'saved'; path: string }
