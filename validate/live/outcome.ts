/** What one measurement with a known truth came to, whatever the method. Plain data: a line of the results. */
import type { Status } from '../../harness/model/report.ts'

/**
 * - `slices` Flamegate as a user runs it
 * - `before-after` autocannon on one fresh process of each side, and a t-test in which every request is a sample
 * - `by-eye` the same figures, compared as one would by hand: requests per second, two per cent up or down
 * - `alternated` fresh processes of both sides in turn, a figure from each, Welch's t-test
 */
export const METHODS = ['slices', 'before-after', 'by-eye', 'alternated'] as const

export type Method = (typeof METHODS)[number]

export interface Outcome {
  method: Method
  /** Extra work that was injected, as a fraction. */
  level: number
  /** From 1. */
  run: number
  status: Status | 'failed'
  /** Change of the cost of a request as a fraction, with a 95 % interval where the method has one. */
  estimate: number | null
  low: number | null
  high: number | null
  seconds: number
  /** ISO time. */
  startedAt: string
  /** Of `slices` only. */
  rounds?: number
  /** Place of the injected function among the functions, from 1; `null` when it is not among them. */
  rank?: number | null
  significant?: boolean
  /** Path of the record. */
  record?: string
  /** Why it failed. */
  message?: string
}

/** A level as the percentage that scenario and service are given: 0.07 is 7, without the dust of binary fractions. */
export const percentOf = (level: number): number => Number((level * 100).toPrecision(6))

/** What a method finds out; the rest is known beforehand. */
export type Found = Omit<Outcome, 'method' | 'level' | 'run' | 'seconds' | 'startedAt'>
