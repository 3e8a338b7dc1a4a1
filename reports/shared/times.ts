/** Where the time of requests went, in words. */

import type { TimeRow } from '../../harness/model/times.ts'
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
  '[followed by Flamegate]': 'other',
  '[unexplained]': 'other',
  '(rest)': 'other',
}

export const kindOfTime = ({ what }: TimeRow): TimeKind => KINDS[what] ?? 'wait'

/** `waiting for PostgreSQL` */
export const whatWords = ({ what }: TimeRow): string => visible(what.replace(/^[[(]|[\])]$/g, ''))

/** `getOrders, orders.js:41`; empty for time that belongs to no function. */
export const placeWords = ({ place: at }: Pick<TimeRow, 'place'>): string =>
  at ? `${functionName(at.function)}, ${place(at.file, at.line)}` : ''

export const NAMES = { typical: 'p50', slow: 'p99' } as const
