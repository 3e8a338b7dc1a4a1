/** One measurement of a known change, whatever the method. Plain data: a line of the results. */
import type { Status } from '../../harness/model/comparison.ts'

/**
 * - `slices` Flamegate as a user runs it
 * - `before-after` autocannon on one fresh process of each side, and a t-test with every request as a sample
 * - `by-eye` the same two shots compared by hand: requests per second, two percent up or down
 * - `alternated` fresh processes of both sides in turn, a throughput of each, Welch's t-test
 */
export const METHODS = ['slices', 'before-after', 'by-eye', 'alternated'] as const

export type Method = (typeof METHODS)[number]

export interface Found {
  status: Status | 'failed'
  /** Change of the cost of a request as a fraction, with a 95 % interval where the method has one. */
  estimate: number | null
  low: number | null
  high: number | null
  /** For `slices`, as are the next three. */
  rounds?: number
  /** Place of the injected function among the functions, from 1; `null` when it is not among them. */
  rank?: number | null
  significant?: boolean
  /** Path of the record. */
  record?: string
  /** Why it failed. */
  message?: string
}

export interface Measurement extends Found {
  method: Method
  /** Extra work that was injected, as a fraction. */
  level: number
  /** From 1. */
  run: number
  seconds: number
  /** ISO time. */
  startedAt: string
}

/** The percentage that scenario and service get: 0.07 is 7, without the noise of binary fractions. */
export const percentOf = (level: number): number => Number((level * 100).toPrecision(6))
