/** What a round works with, what it hands on, and how it says that a launch failed. */
import type { Collector, Loader } from '../../model/capabilities.ts'
import type { Script } from '../../model/http.ts'
import type { LaunchRecord, Pace } from '../../model/launch.ts'
import type { Answer, LaunchScripts } from '../both/messages.ts'
import type { AgentServer } from './agents.ts'

export interface Tools {
  loader: Loader
  /** Warms up, and finds out what the launches can take: a loop that waits for answers cannot overrun them. */
  warmer: Loader
  script: Script
  collectors: Collector[]
  server: AgentServer
  tell(answer: Answer): void
}

/** What one round finds out for the next ones. */
export interface Learnt {
  /** How often the script fits into a slice of the closed loop, on each connection. */
  times: number
  /** Requests per second that the baseline takes in a closed loop; kept from the first round, so that all have one rate. */
  capacity?: number
  /** Requests per second of an open loop whose scenario sets none, and the side that limits it; kept likewise. */
  rate?: number
  limit?: Pace['limit']
}

/** What an earlier round of the run has learnt, from its record. */
export const learntFrom = ({ rate, capacity, limit }: Pace): Partial<Learnt> => ({
  ...(capacity !== undefined && { capacity }),
  ...(limit !== undefined && { rate, limit }),
})

export interface Measured {
  /** The yardstick's is absent when the plan has none; `scripts` are in the order of the launches. */
  measured: { launches: LaunchRecord[]; yardstick?: LaunchRecord; scripts: LaunchScripts[] }
  learnt: Learnt
}

/** A failure of one launch, with what was being done. */
export class LaunchFailure extends Error {
  readonly variant: string
  readonly phase: string

  constructor(variant: string, phase: string, cause: unknown) {
    super(cause instanceof Error ? cause.message : String(cause), { cause })
    this.variant = variant
    this.phase = phase
  }
}
