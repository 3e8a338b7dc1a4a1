/** Measurements → tables and targets. Pure. */
import { isMeasured, median } from '../../harness/stats/describe.ts'
import { counted, magnitude, percent, share, signedPercent } from '../../harness/words/numbers.ts'
import { binomial } from '../binomial.ts'
import { atLeast, atMost, type Target } from '../experiment.ts'
import type { Table } from '../print.ts'
import { METHODS, type Measurement, type Method } from './measurement.ts'

const TITLES: Record<Method, string> = {
  slices: 'Flamegate',
  'before-after': 'autocannon before/after, t-test over requests',
  'by-eye': 'autocannon before/after, ± 2 % requests/s',
  alternated: "fresh processes in turn, Welch's t-test",
}

type Column = [name: string, text: (cell: Cell) => string]

interface Cell {
  method: Method
  level: number
  all: Measurement[]
}

/** A row per method and level. */
export const detection = (measurements: Measurement[]): Table =>
  table(
    'What was called a regression (with a 95 % binomial interval), and how far the estimates are from the truth',
    cells(measurements),
    [
      ['method', ({ method }) => TITLES[method]],
      ['injected', ({ level }) => percent(level)],
      ['runs', ({ all }) => `${all.length}`],
      ['regressed', ({ all }) => count(all, 'regressed')],
      ['rate', ({ all }) => rateWithInterval(all)],
      ['fine', ({ all }) => count(all, 'fine')],
      ['inconclusive', ({ all }) => count(all, 'inconclusive', 'not comparable')],
      ['improved', ({ all }) => count(all, 'improved')],
      ['failed', ({ all }) => count(all, 'failed')],
      [
        'median',
        ({ all }) =>
          middle(
            all.map(({ estimate }) => estimate),
            signedPercent,
          ),
      ],
      ['worst error', ({ all, level }) => magnitude(Math.max(...errors(all, level)))],
      ['interval holds', holding],
      [
        's each',
        ({ all }) =>
          middle(
            all.map(({ seconds }) => seconds),
            seconds => seconds.toFixed(0),
          ),
      ],
    ],
  )

/** Where Flamegate put the function that does the extra work. */
export const functions = (measurements: Measurement[]): Table =>
  table(
    'The injected function among the functions',
    cells(
      measurements.filter(
        ({ method, level, status }) => method === 'slices' && level > 0 && status !== 'failed',
      ),
    ),
    [
      ['injected', ({ level }) => percent(level)],
      ['runs', ({ all }) => `${all.length}`],
      ['first row', ({ all }) => `${all.filter(({ rank }) => rank === 1).length}`],
      ['significant', ({ all }) => `${all.filter(({ significant }) => significant).length}`],
      ['not listed', ({ all }) => `${all.filter(({ rank }) => rank === null).length}`],
      [
        'median rounds',
        ({ all }) =>
          middle(
            all.map(({ rounds }) => rounds),
            rounds => rounds.toFixed(0),
          ),
      ],
    ],
  )

const table = (title: string, cells: Cell[], columns: Column[]): Table => ({
  title,
  head: columns.map(([name]) => name),
  rows: cells.map(cell => columns.map(([, text]) => text(cell))),
})

function cells(measurements: Measurement[]): Cell[] {
  const levels = [...new Set(measurements.map(({ level }) => level))].sort((a, b) => a - b)
  const all = METHODS.flatMap(method =>
    levels.map(level => ({
      method,
      level,
      all: measurements.filter(it => it.method === method && it.level === level),
    })),
  )
  return all.filter(cell => cell.all.length > 0)
}

const count = (all: Measurement[], ...statuses: Measurement['status'][]) =>
  `${all.filter(({ status }) => statuses.includes(status)).length}`

const rate = (all: Measurement[]) => Number(count(all, 'regressed')) / all.length

function rateWithInterval(all: Measurement[]): string {
  const [low, high] = binomial(rate(all) * all.length, all.length)
  return `${share(rate(all))} (${share(low)} to ${share(high)})`
}

function holding({ all, level }: Cell): string {
  const intervals = all.flatMap(({ low, high }) =>
    isMeasured(low) && isMeasured(high) ? [{ low, high }] : [],
  )
  const holds = intervals.filter(({ low, high }) => low <= level && level <= high)
  return intervals.length > 0 ? `${holds.length} of ${intervals.length}` : '–'
}

function middle(values: (number | null | undefined)[], text: (value: number) => string): string {
  const known = values.filter(isMeasured)
  return known.length > 0 ? text(median(known)) : '–'
}

function errors(all: Measurement[], truth: number): number[] {
  return all.flatMap(({ estimate }) => (isMeasured(estimate) ? [Math.abs(estimate - truth)] : []))
}

type Judge = (all: Measurement[], title: string) => Target

/** The targets of Flamegate: milliseconds that a run must have, level, and what is judged. */
const TARGETS: [from: number, level: number, judge: Judge][] = [
  [60_000, 0, (all, title) => atMost(`${title}: false alarms`, rate(all), 0.01, share)],
  [
    60_000,
    0,
    (all, title) => atMost(`${title}: worst error`, Math.max(0, ...errors(all, 0)), 0.02, magnitude),
  ],
  [60_000, 0.05, (all, title) => atLeast(`${title}: found`, rate(all), 0.95, share)],
  [120_000, 0.03, (all, title) => atLeast(`${title}: found`, rate(all), 0.9, share)],
]

/** The other methods are only shown. Shorter runs than a target is about are not held against it. */
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
