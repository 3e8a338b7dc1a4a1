/** What a user writes to say how the requests are sent: in a closed loop, or at a rate of their own. */
import type { Data, Step } from './script.ts'

/** Requests per second, or a share of what the baseline can take in a closed loop: `'70%'`. */
export type Rate = number | string

/** Runs of the script that may be in flight in an open loop that says nothing of it. */
export const MOST_IN_FLIGHT = 5_000

/** A stretch of the open loop, in which the rate goes from `from` to `to` in a straight line. Milliseconds. */
export interface Phase {
  name: string
  from: Rate
  to: Rate
  duration: number
}

/** A phase whose rates are known: arrivals per second, which are runs of the script. */
export interface RatedPhase {
  from: number
  to: number
  duration: number
}

export interface Load {
  /** File name in `loaders/`: `closed` keeps every connection busy, `open` sends at a rate, whatever comes back. */
  engine?: string
  /** The script: in this order, again and again; with weights, one of them at a time. */
  steps: Step[]
  /** Sent once on each connection before anything is measured, for example a login whose token the steps use. */
  setup?: Step[]
  data?: Data
  /** Whether the rows of a list or a file are taken in order or at random. Default `order`. */
  pick?: 'order' | 'random'
  /** Connections kept open for a whole round. Default 10. In the open loop more are opened when all are busy. */
  connections?: number
  /** Requests in flight on each connection of the closed loop. Default 1. */
  pipelining?: number
  /**
   * What the open loop sends in a second. Default: 70 % of what the slowest variant handles in a closed loop, or less
   * where the load generator could not keep up with that comfortably.
   */
  rate?: Rate
  /** Gaps between arrivals of the open loop: as independent users leave them, or all alike. Default `poisson`. */
  arrivals?: 'poisson' | 'constant'
  /** Runs of the script in flight at most; further arrivals are dropped, and counted. Default: no limit but 5,000. */
  inFlight?: number
  /** What the timed part of the open loop goes through, instead of one rate. */
  phases?: Phase[][]
}
