/** Outcomes → the tables, and the targets that were missed. Pure. */
import { isMeasured, median } from '../../harness/stats/describe.ts'
import { binomial, percentage } from '../statistics/table.ts'
import { METHODS, type Method, type Outcome } from './outcome.ts'
import type { Settings } from './settings.ts'

export interface Table {
  title: string
  head: string[]
  rows: string[][]
}

const TITLES: Record<Method, string> = {
  slices: 'Flamegate',
  'before-after': 'autocannon before/after, t-test over requests',
  'by-eye': 'autocannon before/after, ± 2 % requests/s',
  alternated: "fresh processes in turn, Welch's t-test",
}

/** A row per method and level. */
export function detection(outcomes: Outcome[]): Table {
  return {
    title:
      'What was called a regression (95 % binomial intervals), and how far the estimates are from the truth',
    head: [
      'method',
      'injected',
      'runs',
      'regressed',
      '%',
      'fine',
      'inconclusive',
      'improved',
      'failed',
      'median %',
      'worst error %',
      'interval holds',
      's each',
    ],
    rows: cells(outcomes).map(detectionRow),
  }
}

/** Where Flamegate put the function that does the extra work. */
export function functions(outcomes: Outcome[]): Table {
  const found = cells(outcomes).filter(({ method, level }) => method === 'slices' && level > 0)
  return {
    title: 'The injected function among the functions',
    head: ['injected', 'runs', 'first row', 'significant', 'not listed', 'median rounds'],
    rows: found.map(({ level, outcomes }) => {
      const own = outcomes.filter(({ status }) => status !== 'failed')
      const count = (is: (outcome: Outcome) => boolean) => `${own.filter(is).length}`
      return [
        `${percentage(level, 1)} %`,
        `${own.length}`,
        count(({ rank }) => rank === 1),
        count(({ significant }) => significant === true),
        count(({ rank }) => rank === null),
        figure(middle(own.map(({ rounds }) => rounds)), value => value.toFixed(0)),
      ]
    }),
  }
}

interface Cell {
  method: Method
  level: number
  outcomes: Outcome[]
}

function cells(outcomes: Outcome[]): Cell[] {
  const levels = [...new Set(outcomes.map(({ level }) => level))].sort((a, b) => a - b)
  return METHODS.flatMap(method =>
    levels.map(level => ({
      method,
      level,
      outcomes: outcomes.filter(outcome => outcome.method === method && outcome.level === level),
    })),
  ).filter(cell => cell.outcomes.length > 0)
}

function detectionRow({ method, level, outcomes }: Cell): string[] {
  const count = (status: Outcome['status']) => outcomes.filter(outcome => outcome.status === status).length
  const regressed = count('regressed')
  const [low, high] = binomial(regressed, outcomes.length)
  const estimates = outcomes.map(({ estimate }) => estimate).filter(isMeasured)
  const intervals = outcomes.flatMap(one => (isMeasured(one.low) && isMeasured(one.high) ? [one] : []))
  const holding = intervals.filter(one => one.low! <= level && level <= one.high!).length
  return [
    TITLES[method],
    `${percentage(level, 1)} %`,
    `${outcomes.length}`,
    `${regressed}`,
    `${percentage(regressed / outcomes.length, 0)} (${percentage(low, 0)}–${percentage(high, 0)})`,
    `${count('fine')}`,
    `${count('inconclusive') + count('not comparable')}`,
    `${count('improved')}`,
    `${count('failed')}`,
    figure(middle(estimates), signed),
    figure(worstError(estimates, level), value => percentage(value, 1)),
    intervals.length > 0 ? `${holding} of ${intervals.length}` : '–',
    figure(middle(outcomes.map(({ seconds }) => seconds)), value => value.toFixed(0)),
  ]
}

const worstError = (estimates: number[], truth: number): number | null =>
  estimates.length > 0 ? Math.max(...estimates.map(estimate => Math.abs(estimate - truth))) : null

function middle(values: (number | null | undefined)[]): number | null {
  const known = values.filter(isMeasured)
  return known.length > 0 ? median(known) : null
}

const figure = (value: number | null, text: (value: number) => string) => (value === null ? '–' : text(value))

const signed = (fraction: number) => `${fraction < 0 ? '−' : '+'}${percentage(Math.abs(fraction), 2)}`

interface Target {
  /** Milliseconds that a run must have for the target to hold. */
  from: number
  level: number
  miss(outcomes: Outcome[]): string | null
}

const rate = (outcomes: Outcome[]) =>
  outcomes.filter(({ status }) => status === 'regressed').length / outcomes.length

const foundIn = (atLeast: number) => (outcomes: Outcome[]) =>
  rate(outcomes) < atLeast
    ? `found in ${percentage(rate(outcomes), 0)} % of ${outcomes.length} runs, not in ${percentage(atLeast, 0)} %`
    : null

/** Of Flamegate; what the other methods do is shown and not judged. */
const TARGETS: Target[] = [
  {
    from: 60_000,
    level: 0,
    miss: outcomes =>
      rate(outcomes) > 0.01
        ? `false alarms in ${percentage(rate(outcomes), 0)} % of ${outcomes.length} runs`
        : null,
  },
  {
    from: 60_000,
    level: 0,
    miss: outcomes => {
      const worst = worstError(outcomes.map(({ estimate }) => estimate).filter(isMeasured), 0)
      return worst !== null && worst > 0.02 ? `an estimate is ${percentage(worst, 1)} % off` : null
    },
  },
  { from: 60_000, level: 0.05, miss: foundIn(0.95) },
  { from: 120_000, level: 0.03, miss: foundIn(0.9) },
]

/** In words; empty when all is well. Shorter runs than a target is about do not miss it. */
export function missedTargets(outcomes: Outcome[], { maxTime }: Pick<Settings, 'maxTime'>): string[] {
  const own = outcomes.filter(({ method }) => method === 'slices')
  const failures = own.filter(({ status }) => status === 'failed').length
  const missed = TARGETS.filter(({ from }) => maxTime >= from).flatMap(({ level, miss }) => {
    const measured = own.filter(outcome => outcome.level === level && outcome.status !== 'failed')
    const message = measured.length > 0 ? miss(measured) : null
    return message === null ? [] : [`+${percentage(level, 0)} %: ${message}`]
  })
  return [...(failures > 0 ? [`${failures} of ${own.length} runs could not be measured`] : []), ...missed]
}
