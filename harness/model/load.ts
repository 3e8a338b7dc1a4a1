/** What a user writes to define how requests are sent: in a closed loop, or at a rate. */
import type { Data, Step } from './script.ts'

/** Requests per second, or a share of what the baseline can take in a closed loop: `'70%'`. */
export type Rate = number | string

/** Runs of the script that can be in flight in an open loop by default. */
export const MOST_IN_FLIGHT = 5_000

/** A part of the open loop in which the rate changes linearly from `from` to `to`. The duration is in ms. */
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
  /** Name of a loader: `closed` keeps every connection busy, `open` sends at a rate, whatever comes back. */
  engine?: string
  /** The script. Steps are sent in this order, again and again; with weights, one is drawn each time. */
  steps: Step[]
  /** Sent once on each connection before anything is measured, for example to log in. */
  setup?: Step[]
  data?: Data
  /** Whether the rows of a list or a file are taken in order or at random. Default `order`. */
  pick?: 'order' | 'random'
  /** Connections kept open for a whole round. Default 10. The open loop opens more when all are busy. */
  connections?: number
  /** Requests in flight on each connection of the closed loop. Default 1. */
  pipelining?: number
  /**
   * Requests per second of the open loop. Default: 70 % of what the slowest variant handles in a closed loop, or less if
   * the load generator could not keep up easily.
   */
  rate?: Rate
  /** Gaps between arrivals of the open loop: as of independent users, or all equal. Default `poisson`. */
  arrivals?: 'poisson' | 'constant'
  /** Largest number of script runs in flight; further arrivals are dropped and counted. Default 5,000. */
  inFlight?: number
  /** Phases of the timed part of the open loop, instead of one rate. */
  phases?: Phase[][]
}

/** One rate for a time (ms). */
export const hold = (rate: Rate, duration: number): Phase[] => [
  { name: `hold ${rate}`, from: rate, to: rate, duration },
]

/** A linear change from one rate to another in a time (ms). */
export const ramp = (from: Rate, to: Rate, duration: number): Phase[] => [
  { name: `ramp ${from}–${to}`, from, to, duration },
]

/** One rate after the other, each for the same time (ms). */
export const step = (rates: Rate[], duration: number): Phase[] =>
  rates.map(rate => ({ name: `step ${rate}`, from: rate, to: rate, duration }))

/** A rate, a burst at another, and the first again to show the recovery; a third of the time (ms) each. */
export const spike = (base: Rate, peak: Rate, duration: number): Phase[] => [
  { name: `before the spike ${base}`, from: base, to: base, duration: duration / 3 },
  { name: `spike ${peak}`, from: peak, to: peak, duration: duration / 3 },
  { name: `after the spike ${base}`, from: base, to: base, duration: duration / 3 },
]
