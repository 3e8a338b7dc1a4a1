/** What the harness and its driver say to each other, over the driver's own IPC channel. */
import type { Plan } from '../../model/plan.ts'
import type { LaunchRecord } from '../../model/record.ts'

/** A booted launch, ready to be loaded. */
export interface Booted {
  variant: string
  url: string
  /** Leader of the launch's process group. */
  pid: number
  token: string
  /** Milliseconds from spawn until ready. */
  boot: number
}

export type Order =
  /** Remember a token before its process starts. */
  | { id: number; order: 'expect'; token: string }
  /** Kill this process group, should the harness die. */
  | { id: number; order: 'guard'; pid: number }
  | { id: number; order: 'measure'; plan: Plan; round: number; launches: Booted[] }
  | { id: number; order: 'release'; pid: number; token: string }

export type OrderOf<K extends Order['order']> = Omit<Extract<Order, { order: K }>, 'id' | 'order'>

export type Answer =
  | { type: 'ready'; socket: string }
  | { type: 'phase'; phase: 'warm-up' | 'timed' | 'profiled'; detail: string }
  | { type: 'done'; id: number; launches?: LaunchRecord[] }
  | { type: 'failed'; id: number; message: string; variant?: string; phase?: string }
