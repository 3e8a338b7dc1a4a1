/** The questions of the tables in docs/statistics.md, with the bounds of their answers. */
import { counted, percent, share } from '../../harness/words/numbers.ts'
import { binomial } from '../binomial.ts'
import { type Cell, cells } from './cells.ts'
import type { Question } from './rates.ts'

/** So small that any estimate exceeds it: the interval alone has to keep the promise. */
const NO_MARGIN = 1e-6
/** Seconds of a round while a neighbour is busy: 8 rounds in a minute. */
const CROWDED = 60 / 8
/** The cells that come closest to the limits. */
const HARDEST = /two states, 50 : 50, 5 % apart, sharp|light tails|1.8 %, 1 launch in 12|replay/

export interface Bound {
  /** At this time only; otherwise at all of them. */
  seconds?: number
  atMost?: number
  atLeast?: number
}

/** What is asked of every row, and the bound of the share of runs that end with its status. */
export interface Column extends Omit<Question, 'cell' | 'trials' | 'roundSeconds'> {
  head: string
  bound?: Bound
}

export interface Row {
  cell: Cell
  roundSeconds?: number
}

export interface Questions {
  title: string
  rows: Row[]
  columns: Column[]
  /** Trials in each cell. */
  trials: number
}

export function questionsFor(quick: boolean): Questions[] {
  const all: Row[] = cells.filter(({ name }) => !quick || HARDEST.test(name)).map(cell => ({ cell }))
  const realistic = all.filter(({ cell }) => cell.realistic)
  const gates = quick ? [1, 12] : [1, 4, 12]
  const trials = quick ? 4_000 : 10_000
  // One gate comes closest to the promise, so its scatter must not decide whether it is kept.
  const most = quick ? 12_000 : 40_000
  const alarms = (numbers: number[], trials: number): Questions => {
    const [low, high] = binomial(0.01 * trials, trials)
    return {
      title: `False alarms, every look counted, no margin to help (in ${counted(trials, 'run')}, 1 % scatters from ${share(low)} to ${share(high)})`,
      rows: all,
      columns: numbers.map(gates => {
        const head = counted(gates, 'gate')
        return { head, gates, margin: NO_MARGIN, change: 0, status: 'regressed', bound: { atMost: 0.01 } }
      }),
      trials,
    }
  }
  const asked = { gates: 1, margin: 0.02, status: 'fine' }
  const honesty: Questions = {
    title: 'Called fine by one gate with a margin of 2 %',
    rows: all,
    columns: [
      { head: 'changed by 2 %', ...asked, change: 0.02, bound: { atMost: 0.05 } },
      { head: 'unchanged', ...asked, change: 0 },
    ],
    trials,
  }
  const found = (change: number, margin: number, bound?: Bound, gates = 1): Column => {
    const head = `+${percent(change)}${gates > 1 ? ` among ${gates}` : ''}`
    return { head, gates, margin, change, status: 'regressed', bound }
  }
  const power: Questions = {
    title: 'Regressions found by one gate with a margin of 2 %',
    rows: realistic,
    columns: [
      found(0.01, 0.02),
      found(0.02, 0.02),
      found(0.03, 0.02, { seconds: 120, atLeast: 0.9 }),
      found(0.05, 0.02, { seconds: 60, atLeast: 0.95 }),
      found(0.1, 0.02),
    ],
    trials,
  }
  const improved = (
    head: string,
    asked: Pick<Column, 'change' | 'margin' | 'expect'>,
    bound?: Bound,
  ): Column => {
    return { head, gates: 1, status: 'improved', ...asked, bound }
  }
  const luck: Questions = {
    title: 'Called improved by one gate, every look counted, without any change',
    rows: all,
    columns: [
      improved('no margin to help', { change: 0, margin: NO_MARGIN }, { atMost: 0.01 }),
      improved('any improvement expected', { change: 0, expect: NO_MARGIN }, { atMost: 0.01 }),
    ],
    trials: most,
  }
  const improvements: Questions = {
    title: 'Improvements found by one gate',
    rows: realistic,
    columns: [
      improved('−5 %, margin 2 %', { change: -0.05, margin: 0.02 }),
      improved('−10 %, −5 % expected', { change: -0.1, expect: 0.05 }),
      improved('−3 %, −5 % expected', { change: -0.03, expect: 0.05 }),
    ],
    trials,
  }
  // A limit is held against the variant's own values. Here their middle is exactly there, which is the worst case.
  const limits: Questions = {
    title: 'One gate with a limit, the value exactly at it',
    rows: all,
    columns: ['regressed', 'fine'].map(status => ({ head: `called ${status}`, gates: 1, change: 0, status })),
    trials,
  }
  const rest = gates.slice(1)
  const usual = [alarms([1], most), alarms(rest, trials), honesty, luck, improvements, power]
  if (quick) return [...usual, limits]
  const unbound = power.columns.map(({ bound: _, ...column }) => column)
  const slow = cells.filter(({ roundSeconds = 0 }) => roundSeconds > CROWDED)
  return [
    ...usual,
    {
      ...power,
      title: 'Regressions found by one gate with a margin of 1 %',
      columns: unbound.map(column => ({ ...column, margin: 0.01 })),
    },
    {
      ...power,
      title: 'Regressions found among several gates with a margin of 2 %; one of the metrics has changed',
      columns: [0.03, 0.05].flatMap(change => gates.map(number => found(change, 0.02, undefined, number))),
    },
    {
      title: 'Regressions found in the rounds that fit when others want the processors too, margin 2 %',
      rows: [
        ...realistic.map(({ cell }) => ({ cell, roundSeconds: CROWDED })),
        ...slow.map(cell => ({ cell, roundSeconds: cell.roundSeconds })),
      ],
      columns: unbound,
      trials,
    },
    limits,
  ]
}
