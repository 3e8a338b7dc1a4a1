/** Messages between the harness and its driver, over an IPC channel. */

import type { LaunchRecord, Pace } from '../../model/launch.ts'
import type { Plan } from '../../model/plan.ts'
import type { Stage } from '../../model/world.ts'
import type { Trace } from './launch-processes.ts'

/** A booted launch, ready to be loaded. */
export interface Booted {
  variant: string
  url: string
  /** Path of the Unix socket that it listens on instead. */
  socket?: string
  /** Leader of the launch's process group; 0 where a service already runs and nobody knows its process. */
  pid: number
  /** Variable that all processes of the launch carry. */
  mark: string
  token: string
  /** Where the probe in it is, if it already runs. */
  probe?: string
  /** Milliseconds from spawn until ready. */
  boot: number
  /** Servers that it uses. */
  needs?: NeedProcess[]
  /** Names of all that it needs, by port. */
  ports?: Record<string, string>
}

/** A server that launches use, and whose CPU is measured with theirs. */
export interface NeedProcess {
  name: string
  /** Its first process. */
  pid: number
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

/** What the harness needs to know about a launch's code, and of its collectors. Not recorded. */
export interface LaunchScripts {
  /** URLs of the files that the launch has loaded. */
  loaded: string[]
  /** Profiled scripts whose functions are not at their places in the sources. */
  unmapped: Unmapped[]
  /** By path, a hash of each file that profiled functions are in. */
  files: Record<string, string>
  /** Collectors that brought back nothing. */
  failed: { collector: string; reason: string }[]
}

export interface Unmapped {
  url: string
  /** Whether the text that V8 runs has the lines of the file, so that functions have lines, if not those of a source. */
  asOnDisk: boolean
  because: 'no map' | 'damaged map' | 'missing map' | 'other sources'
}

export type Command =
  /** Admits agents with this token, and ends all processes of this launch if the harness dies. Sent before they start too. */
  | { id: number; command: 'guard'; trace: Trace; token: string }
  | ({ id: number; command: 'measure'; plan: Plan } & RoundTask)
  | { id: number; command: 'release'; trace: Trace; token: string }

export type CommandName = Command['command']
export type ContentOf<K extends CommandName> = Omit<Extract<Command, { command: K }>, 'id' | 'command'>

/** Why a command failed, and the variant of the launch that caused it, if one did. */
export interface Problem {
  message: string
  advice?: string
  variant?: string
  /** What that launch was doing: `timed`, `warm-up` … */
  stage?: string
}

export interface Measured {
  launches: LaunchRecord[]
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
