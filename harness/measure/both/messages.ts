/** What the harness and its driver say to each other, over the driver's own IPC channel. */
import type { Stage } from '../../model/events.ts'
import type { LaunchRecord, Pace } from '../../model/launch.ts'
import type { Plan } from '../../model/plan.ts'
import type { Trace } from './launch-processes.ts'

/** A booted launch, ready to be loaded. */
export interface Booted {
  variant: string
  url: string
  /** Path of the Unix socket that it listens on instead. */
  socket?: string
  /** Leader of the launch's process group. */
  pid: number
  /** Variable that all processes of the launch carry. */
  mark: string
  token: string
  /** Milliseconds from spawn until ready. */
  boot: number
}

export interface RoundTask {
  round: number
  launches: Booted[]
  yardstick?: Booted
  /** Milliseconds that it can take. */
  time: number
  /** How an earlier round of the run was paced; absent in the first one. */
  pace?: Pace
}

/** What the harness has to know of a launch's code, and what is not recorded. */
export interface LaunchScripts {
  /** URLs of the files that it has loaded. */
  loaded: string[]
  /** Profiled scripts for which V8 runs another text than the file's, without a map from one to the other. */
  unknown: string[]
}

export type Command =
  /** Let agents with this token in. */
  | { id: number; command: 'expect'; token: string }
  /** End all processes of this launch if the harness dies. Sent with the mark alone before they start. */
  | { id: number; command: 'guard'; trace: Trace }
  | ({ id: number; command: 'measure'; plan: Plan } & RoundTask)
  | { id: number; command: 'release'; trace: Trace; token: string }

export type CommandName = Command['command']
export type ContentOf<K extends CommandName> = Omit<Extract<Command, { command: K }>, 'id' | 'command'>

/** Why a command failed; with the variant whose launch is to blame, where one is. */
export interface Problem {
  message: string
  advice?: string
  variant?: string
  /** What was being done with it, for a message: `timed`, `warm-up` … */
  stage?: string
}

export interface Measured {
  launches: LaunchRecord[]
  /** Absent when the plan has none. */
  yardstick?: LaunchRecord
  /** In the order of the launches. */
  scripts: LaunchScripts[]
}

export type Reply =
  | { type: 'ready'; socket: string }
  /** A sign of life while a round is measured. */
  | { type: 'alive' }
  | { type: 'stage'; stage: Stage; detail: string }
  | ({ type: 'done'; id: number } & Partial<Measured>)
  | ({ type: 'failed'; id: number } & Problem)
