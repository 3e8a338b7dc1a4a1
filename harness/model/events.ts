/** What the core says while it works. It emits and never prints; `cli/` shows it, others may log it. */
import type { Finding } from './finding.ts'

export type Stage = 'boot' | 'check' | 'warm-up' | 'timed' | 'profiled' | 'stop'

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
