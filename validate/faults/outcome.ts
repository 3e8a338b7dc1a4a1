/** What a validation of faults has found: a line for each task, kept as soon as it is there. */
import type { Moment, Outcome } from './kinds.ts'
import type { Left } from './run.ts'

/** What every task ends with: `broken` says what is not as promised, and is empty when all is. */
interface Task {
  task: string
  /** Seconds that it took. */
  seconds: number
  broken: string[]
  /** The last lines of standard error, when something is broken. */
  stderr?: string
}

export interface CaseFound extends Task, Omit<Left, 'stderr'> {
  type: 'case'
  fault: string
  moment: Moment
  /** `null` when it is none of those that the rules allow. */
  outcome: Outcome | null
  /** The line that tells of the fault. */
  told: string
}

export interface DiskFound extends Task {
  type: 'disk'
  /** Why it could not be tried. */
  skipped?: string
  code?: number | null
  rounds?: Left['rounds']
  told?: string
}

export interface KillFound extends Task {
  type: 'kill'
  /** Steps that the run had told of, milliseconds after the last of them, and what standard error said last by then. */
  steps: number
  after: number
  during: string
  /** Rounds that were announced as complete, and those that could be read. */
  complete: number
  rounds: Left['rounds']
  swept: Left['swept']
}

export interface SoakFound extends Task {
  type: 'soak'
  minutes: number
  rounds: Left['rounds']
  growth: Growth[]
}

export interface Growth {
  process: 'harness' | 'driver'
  quantity: 'memory' | 'handles' | 'threads' | 'processes'
  /** Medians around the tenth round and the hundredth, when there were as many. */
  tenth?: number
  hundredth?: number
  /** Medians of the second quarter and of the last one; bytes, or how many. */
  before: number
  after: number
  broken: boolean
}

export type Found = CaseFound | DiskFound | KillFound | SoakFound
