/** Where the time of requests went, in words. */

import type { Report } from '../../harness/model/report.ts'
import type { RequestTimes, TimeRow } from '../../harness/model/times.ts'
import { signedValue, value } from '../../harness/words/numbers.ts'
import { visible } from '../../harness/words/text.ts'
import { functionName, place } from './functions.ts'

/** What kind of time a row is, for its colour: the request's own work, the loop's, the machine's, a wait, or neither. */
export type TimeKind = 'own' | 'loop' | 'machine' | 'wait' | 'other'

const KINDS: Record<string, TimeKind> = {
  '[own work]': 'own',
  "[others' work on the loop]": 'loop',
  '[garbage collection]': 'loop',
  '[waiting for a processor]': 'machine',
  '[main thread blocked]': 'machine',
  '[on the way]': 'other',
  '[unexplained]': 'other',
  '(rest)': 'other',
}

export const kindOfTime = ({ what }: TimeRow): TimeKind => KINDS[what] ?? 'wait'

/** `waiting for PostgreSQL` */
export const whatWords = ({ what }: TimeRow): string => visible(what.replace(/^[[(]|[\])]$/g, ''))

/** `getOrders, orders.js:41`; empty for time that belongs to no function. */
export const placeWords = ({ place: at }: TimeRow): string =>
  at ? `${functionName(at.function)}, ${place(at.file, at.line)}` : ''

export const NAMES = { typical: 'p50', slow: 'p99' } as const

/** A smaller part of the whole change is not worth a line. */
const LEAST = 0.2

/** `p99 12.4 → 31.0 ms: +17.9 ms waiting for a pooled connection (getOrders, orders.js:41)`; none if nothing is sure. */
export function timeLines({ analysis }: Pick<Report, 'analysis'>, variant: string): string[] {
  return (analysis.times ?? [])
    .filter(it => it.variant === variant)
    .flatMap(times => {
      const row = mostChanged(times)
      return row ? [lineOf(times, row)] : []
    })
}

function mostChanged({ rows, latency }: RequestTimes): TimeRow | undefined {
  const whole = Math.abs(latency.after - latency.before)
  return rows
    .filter(row => row.significant && changeOf(row) >= LEAST * whole)
    .toSorted((a, b) => changeOf(b) - changeOf(a))[0]
}

const changeOf = ({ before, after }: TimeRow): number => Math.abs(after - before)

function lineOf({ requests, latency }: RequestTimes, row: TimeRow): string {
  const where = placeWords(row)
  const sides = `${value(latency.before, 'µs')} → ${value(latency.after, 'µs')}`
  const change = `${signedValue(row.after - row.before, 'µs')} ${whatWords(row)}`
  return `${NAMES[requests]} ${sides}: ${change}${where ? ` (${where})` : ''}`
}
