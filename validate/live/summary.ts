/** Measurements → tables and targets. Pure. */
import { isMeasured, median } from '../../harness/stats/describe.ts'
import { counted, magnitude, percent, share, signedPercent } from '../../harness/words/numbers.ts'
import { binomial } from '../binomial.ts'
import { atLeast, atMost, type Target } from '../experiment.ts'
import { type Table, tableOf } from '../print.ts'
import { METHODS, type Measurement, type Method } from './measurement.ts'

const TITLES: Record<Method, string> = {
  slices: 'Flamegate',
  'before-after': 'autocannon before/after, t-test over requests',
  'by-eye': 'autocannon before/after, ± 2 % requests/s',
  alternated: "fresh processes in turn, Welch's t-test",
}

interface Cell {
  method: Method
  level: number
  all: Measurement[]
}

/** A row per method and level. */
export const detection = (measurements: Measurement[]): Table =>
  tableOf(
    'What was called a regression (with a 95 % binomial interval), and how far the estimates are from the truth',
    cells(measurements),
    {
      method: ({ method }) => TITLES[method],
      injected: ({ level }) => percent(level),
      runs: ({ all }) => `${all.length}`,
      regressed: ({ all }) => count(all, 'regressed'),
      rate: ({ all }) => rateWithInterval(all),
      fine: ({ all }) => count(all, 'fine'),
      inconclusive: ({ all }) => count(all, 'inconclusive', 'not comparable'),
      improved: ({ all }) => count(all, 'improved'),
      failed: ({ all }) => count(all, 'failed'),
      median: ({ all }) => middle(all, 'estimate', signedPercent),
      'worst error': ({ all, level }) => magnitude(Math.max(...errors(all, level))),
      'interval holds': holding,
      's each': ({ all }) => middle(all, 'seconds', whole),
    },
  )

/** How Flamegate ranked the function that does the extra work. */
export const functions = (measurements: Measurement[]): Table =>
  tableOf(
    'The injected function among the functions',
    cells(measurements.filter(it => it.method === 'slices' && it.level > 0 && it.status !== 'failed')),
    {
      injected: ({ level }) => percent(level),
      runs: ({ all }) => `${all.length}`,
      'first row': ({ all }) => `${all.filter(({ rank }) => rank === 1).length}`,
      significant: ({ all }) => `${all.filter(({ significant }) => significant).length}`,
      'not listed': ({ all }) => `${all.filter(({ rank }) => rank === null).length}`,
      'median rounds': ({ all }) => middle(all, 'rounds', whole),
    },
  )

function cells(measurements: Measurement[]): Cell[] {
  const groups = Map.groupBy(measurements, ({ method, level }) => `${method} ${level}`)
  const byMethod = (a: Cell, b: Cell) => METHODS.indexOf(a.method) - METHODS.indexOf(b.method)
  return [...groups.values()]
    .map(all => ({ method: all[0]!.method, level: all[0]!.level, all }))
    .toSorted((a, b) => byMethod(a, b) || a.level - b.level)
}

const count = (all: Measurement[], ...statuses: Measurement['status'][]) =>
  `${all.filter(({ status }) => statuses.includes(status)).length}`

const rate = (all: Measurement[]) => Number(count(all, 'regressed')) / all.length

function rateWithInterval(all: Measurement[]): string {
  const [low, high] = binomial(rate(all) * all.length, all.length)
  return `${share(rate(all))} (${share(low)} to ${share(high)})`
}

function holding({ all, level }: Cell): string {
  const intervals = all.filter(({ low, high }) => isMeasured(low) && isMeasured(high))
  const holds = intervals.filter(({ low, high }) => low! <= level && level <= high!)
  return intervals.length > 0 ? `${holds.length} of ${intervals.length}` : '–'
}

type Quantity = 'estimate' | 'seconds' | 'rounds'

function middle(all: Measurement[], quantity: Quantity, text: (value: number) => string): string {
  const known = all.map(it => it[quantity]).filter(isMeasured)
  return known.length > 0 ? text(median(known)) : '–'
}

const whole = (value: number) => value.toFixed(0)

const errors = (all: Measurement[], truth: number): number[] =>
  all.flatMap(({ estimate }) => (isMeasured(estimate) ? [Math.abs(estimate - truth)] : []))

type Judge = (all: Measurement[], title: string) => Target

const falseAlarms: Judge = (all, title) => atMost(`${title}: false alarms`, rate(all), 0.01, share)
const worstError: Judge = (all, title) =>
  atMost(`${title}: worst error`, Math.max(0, ...errors(all, 0)), 0.02, magnitude)
const found =
  (least: number): Judge =>
  (all, title) =>
    atLeast(`${title}: found`, rate(all), least, share)

/** The targets of Flamegate: the milliseconds that a run must have, the level, and what is judged. */
const TARGETS: [from: number, level: number, judge: Judge][] = [
  [60_000, 0, falseAlarms],
  [60_000, 0, worstError],
  [60_000, 0.05, found(0.95)],
  [120_000, 0.03, found(0.9)],
]

/** Other methods have no targets, and neither have runs that are shorter than a target asks for. */
export function targetsOf(measurements: Measurement[], { maxTime }: { maxTime: number }): Target[] {
  const own = measurements.filter(({ method }) => method === 'slices')
  const failed = own.filter(({ status }) => status === 'failed').length
  const targets = TARGETS.filter(([from]) => maxTime >= from).flatMap(([, level, judge]) => {
    const measured = own.filter(it => it.level === level && it.status !== 'failed')
    return measured.length > 0
      ? [judge(measured, `+${percent(level)}, ${counted(measured.length, 'run')}`)]
      : []
  })
  return [atMost('failed runs', failed, 0, String), ...targets]
}
