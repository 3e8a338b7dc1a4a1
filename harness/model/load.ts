/** What a user writes about how requests are sent: in a closed loop, or at a rate. */
import type { Data, Step } from './script.ts'

/** Requests per second, or a share of what the baseline handles in a closed loop: `'70%'`. */
export type Rate = number | string

/** Default limit of the runs of the script that are in flight in an open loop. */
export const MOST_IN_FLIGHT = 5_000

/** A part of an open loop in which the rate changes from `from` to `to` in a straight line. Milliseconds. */
export interface Phase {
  name: string
  from: Rate
  to: Rate
  duration: number
}

/** A phase whose rates are known, in arrivals (runs of the script) per second. The duration is in ms. */
export interface RatedPhase {
  from: number
  to: number
  duration: number
}

export interface Load {
  /**
   * Name of the loader: `closed` keeps every connection busy, `open` sends at a rate, whatever comes back. `k6`, `artillery` and
   * `gate` keep connections busy too, through virtual users of another engine.
   */
  engine?: string
  /** Processes of `k6` or `artillery` that share the connections. Default 1. */
  workers?: number
  /** Where `gate` waits for its workers. Default `127.0.0.1:7007`. */
  listen?: string
  /** Requests per second that the workers of another engine send at most, all together. */
  atMost?: number
  /** The script. Steps are sent in this order, again and again; or, if they have weights, one at a time. */
  steps: Step[]
  /** Sent once on each connection before anything is measured, for example to log in. */
  setup?: Step[]
  data?: Data
  /** Whether the rows of a list or a file are taken in order or at random. Default `order`. */
  pick?: 'order' | 'random'
  /** Whether each connection keeps the cookies that it is given, and sends them, as a browser does. Default false. */
  cookies?: boolean
  /** Connections that are kept open for a whole round. Default 10. The open loop opens more when all are busy. */
  connections?: number
  /** Requests in flight on each connection of the closed loop: pipelined, or streams of HTTP/2. Default 1. */
  pipelining?: number
  /** Default `http/1.1`. HTTP/2 is negotiated over TLS (`listen: 'https'`); without TLS, the service must know it beforehand. */
  protocol?: 'http/1.1' | 'http/2'
  /**
   * The rate of the open loop. Default: 70 % of what the slowest variant handles in a closed loop, or less if the load
   * generator could not easily keep up.
   */
  rate?: Rate
  /** Gaps between arrivals of the open loop: random, as from independent users, or equal. Default `poisson`. */
  arrivals?: 'poisson' | 'constant'
  /** Most runs of the script in flight. Further arrivals are dropped, and counted. Default 5,000. */
  inFlight?: number
  /** The phases of the timed part of the open loop, instead of one rate. */
  phases?: Phase[][]
}
