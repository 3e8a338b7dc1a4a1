/** What the harness and its driver say to each other, over the driver's own IPC channel. */

import type { LaunchRecord, Pace } from '../../model/launch.ts'
import type { Plan } from '../../model/plan.ts'
import type { Trace } from './family.ts'

/** A booted launch, ready to be loaded. */
export interface Booted {
  variant: string
  url: string
  /** Path of the Unix socket that it listens on instead. */
  socket?: string
  /** Leader of the launch's process group. */
  pid: number
  token: string
  /** Milliseconds from spawn until ready. */
  boot: number
}

/** What a round is measured with. */
export interface RoundOrder {
  round: number
  launches: Booted[]
  yardstick?: Booted
  /** Milliseconds in which it is to end. */
  time: number
  /** How an earlier round of the run was paced; absent in the first one. */
  pace?: Pace
}

/** What is told of a launch's code, and not recorded. */
export interface LaunchScripts {
  /** URLs of the files that it has loaded. */
  loaded: string[]
  /** Of profiled scripts: V8 runs another text than that of the file, and there is no map from one to the other. */
  unknown: string[]
}

export type Order =
  /** Let agents with this token in. */
  | { id: number; order: 'expect'; token: string }
  /** End all processes of this launch, should the harness die; given with the mark alone before they start. */
  | { id: number; order: 'guard'; trace: Trace }
  | ({ id: number; order: 'measure'; plan: Plan } & RoundOrder)
  | { id: number; order: 'release'; trace: Trace; token: string }

export type OrderOf<K extends Order['order']> = Omit<Extract<Order, { order: K }>, 'id' | 'order'>

/** Why an order was not carried out; with the variant whose launch is to blame, where one is. */
export interface Problem {
  message: string
  advice?: string
  variant?: string
  phase?: string
}

export type Answer =
  | { type: 'ready'; socket: string }
  /** A sign of life while a round is measured. */
  | { type: 'alive' }
  | { type: 'phase'; phase: 'warm-up' | 'timed' | 'profiled'; detail: string }
  | {
      type: 'done'
      id: number
      launches?: LaunchRecord[]
      yardstick?: LaunchRecord
      scripts?: LaunchScripts[]
    }
  | ({ type: 'failed'; id: number } & Problem)
