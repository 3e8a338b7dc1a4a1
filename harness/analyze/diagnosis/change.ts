/** What made requests take longer, or shorter: the part of their time that surely changed most. */
import type { Diagnosis } from '../../model/diagnosis.ts'
import type { RequestTimes, TimeRow } from '../../model/times.ts'
import { signedValue, value } from '../../words/numbers.ts'
import { ADVICE, causeOf, wordsOf } from './words.ts'

/** A smaller part of the whole change is not worth a line. */
const LEAST = 0.2

const NAMES = { typical: 'p50', slow: 'p99' } as const

/** For each pair: the typical and the slow requests, or that nothing is sure. */
export function changedTimes(times: RequestTimes[]): Diagnosis[] {
  const compared = times.filter(({ variant, baseline }) => variant !== baseline)
  return [...Map.groupBy(compared, ({ variant }) => variant)].flatMap(([variant, own]) => {
    const found = own.flatMap(it => changed(it) ?? [])
    return found.length > 0 ? found : [unchanged(variant, own[0]!.baseline)]
  })
}

function changed(times: RequestTimes): Diagnosis | null {
  const { variant, baseline, latency, requests, rows } = times
  const whole = Math.abs(latency.after - latency.before)
  const [row] = rows
    .filter(it => it.significant && sizeOf(it) >= LEAST * whole)
    .toSorted((a, b) => sizeOf(b) - sizeOf(a))
  if (!row) return null
  const change = row.after - row.before
  const cause = causeOf(row.what)
  const sides = `${value(latency.before, 'µs')} → ${value(latency.after, 'µs')}`
  return {
    variant,
    baseline,
    cause,
    message: `${NAMES[requests]} ${sides}: ${signedValue(change, 'µs')} ${wordsOf(row.what)}.`,
    advice: change > 0 ? (ADVICE[cause] ?? '') : '',
    place: row.place,
  }
}

const unchanged = (variant: string, baseline: string): Diagnosis => ({
  variant,
  baseline,
  cause: 'nothing',
  message: 'No part of the time of a request changed beyond doubt.',
  advice: '',
})

const sizeOf = ({ before, after }: TimeRow): number => Math.abs(after - before)
