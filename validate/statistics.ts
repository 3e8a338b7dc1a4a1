/** How often the gate is wrong, and what it finds: pseudo-experiments with known truth, judged by the code for real runs. */
import { counted, percent, share } from '../harness/words/numbers.ts'
import { binomial } from './binomial.ts'
import type { Context, Experiment, Target } from './experiment.ts'
import { printTable } from './print.ts'
import { cells, nameOf, pools } from './statistics/cells.ts'
import { type Question, SECONDS } from './statistics/rates.ts'
import { ESTIMATORS, scatter } from './statistics/replays.ts'
import { Workers } from './statistics/workers.ts'

/** A run fails for a change that does nothing in at most this share of cases. */
const PROMISE = 0.01
/** A change at the margin is called fine in at most this share of cases. */
const HONESTY = 0.05
/** So small that no estimate falls short of it: the interval alone has to keep the promise. */
const NO_MARGIN = 1e-6
const CHANGES = [0.01, 0.02, 0.03, 0.05, 0.1]
const POWER = [
  { change: 0.05, seconds: 60, atLeast: 0.95 },
  { change: 0.03, seconds: 120, atLeast: 0.9 },
]
/** Seconds of a round while a neighbour is busy: 8 rounds in a minute. */
const CROWDED = 60 / 8
/** The cells that come closest to the limits. */
const HARDEST = /two states, 50 : 50, 5 % apart, sharp|light tails|1.8 %, 1 launch in 12|replay/

const statistics: Experiment = {
  shows:
    'Prints the tables of docs/statistics.md: 10,000 trials and more in every cell, in half an hour (quick: 6,000 in the hardest cells, in three minutes).',
  async *run(context) {
    const play = new Play(context)
    try {
      printScatter()
      yield* await play.falseAlarms()
      yield await play.honesty()
      yield* await play.power()
      if (!context.quick) await play.more()
      await play.limits()
    } finally {
      await play.workers.close()
    }
  },
}

export default statistics

function printScatter(): void {
  if (pools.length === 0) return
  printTable({
    title: 'Scatter of rounds of the same code (standard deviation of the log-ratio of CPU per request)',
    head: ['replay', ...Object.keys(ESTIMATORS)],
    rows: pools.map(({ name, runs }) => [name, ...scatter(runs).map(share)]),
  })
}

interface Row {
  cell: (typeof cells)[number]
  /** In which rounds take this many seconds. */
  seconds?: number
}

/** A title, and what is asked of every row. */
type Column = [title: string, question: Omit<Question, 'cell' | 'trials' | 'roundSeconds'>]

const inMinutes = '30, 60, 120 s'

/** `0.9 1.02 0.8`, for the three times. */
const triple = (rates: number[]) => rates.map(rate => share(rate).replace(' %', '')).join(' ')

class Play {
  readonly workers = new Workers()
  readonly #quick: boolean
  readonly #gates: number[]
  readonly #all: Row[]
  readonly #realistic: Row[]

  constructor({ quick }: Context) {
    this.#quick = quick
    this.#gates = quick ? [1, 12] : [1, 4, 12]
    this.#all = cells.filter(({ name }) => !quick || HARDEST.test(name)).map(cell => ({ cell }))
    this.#realistic = this.#all.filter(({ cell }) => cell.realistic)
  }

  /** One gate comes closest to the promise, so it is played until its scatter cannot decide whether the promise is kept. */
  #trials({ gates, margin }: Column[1]): number {
    const most = gates === 1 && margin === NO_MARGIN
    return this.#quick ? (most ? 20_000 : 6_000) : most ? 40_000 : 10_000
  }

  /** Prints the share of runs that end as asked, by row and column for each of the times, and returns it. */
  async #table(title: string, rows: Row[], columns: Column[]): Promise<(number[] | null)[][]> {
    const ask = ({ cell, seconds }: Row, question: Column[1]) =>
      question.gates > cell.gates
        ? null
        : this.workers.ask({
            ...question,
            cell: cell.name,
            trials: this.#trials(question),
            roundSeconds: seconds,
          })
    const found = await Promise.all(
      rows.map(row => Promise.all(columns.map(([, question]) => ask(row, question)))),
    )
    printTable({
      title: `${title}, % (${inMinutes})`,
      head: ['noise', ...columns.map(([name]) => name)],
      rows: rows.map(({ cell, seconds }, at) => [
        seconds === undefined ? cell.name : `${cell.name}, rounds of ${seconds.toFixed(1)} s`,
        ...found[at]!.map(rates => (rates ? triple(rates) : '–')),
      ]),
    })
    return found
  }

  async falseAlarms(): Promise<Target[]> {
    const columns = this.#gates.map((gates): Column => {
      return [counted(gates, 'gate'), { gates, margin: NO_MARGIN, change: 0, status: 'regressed' }]
    })
    const found = await this.#table('False alarms, every look counted, no margin to help', this.#all, columns)
    return columns.map(([name, question], column) => {
      const trials = this.#trials(question)
      const [low, high] = binomial(PROMISE * trials, trials)
      return atMost(
        PROMISE,
        `false alarms with ${name} (in ${trials} runs, 1 % scatters from ${share(low)} to ${share(high)})`,
        this.#all.map(({ cell }, row) => [cell.name, Math.max(...(found[row]![column] ?? [0]))]),
      )
    })
  }

  async honesty(): Promise<Target> {
    const columns = [0.02, 0].map((change): Column => {
      return [`changed by ${percent(change)}`, { gates: 1, margin: 0.02, change, status: 'fine' }]
    })
    const found = await this.#table('Called fine by one gate with a margin of 2 %', this.#all, columns)
    const rates = this.#all.map(({ cell }, row): Rate => [cell.name, Math.max(...found[row]![0]!)])
    return atMost(HONESTY, 'called fine at the margin', rates)
  }

  async power(): Promise<Target[]> {
    const found = await this.#found(0.02, this.#realistic)
    return POWER.map(({ change, seconds, atLeast }) => {
      const time = SECONDS.indexOf(seconds)
      const rates = this.#realistic.map(({ cell }, row): Rate => {
        return [cell.name, found[row]![CHANGES.indexOf(change)]![time]!]
      })
      return {
        ...extreme(
          rates.toSorted(([, a], [, b]) => a - b),
          rate => rate >= atLeast,
        ),
        name: `+${percent(change)} found in ${seconds} s`,
        bound: `at least ${percent(atLeast)}`,
      }
    })
  }

  /** Tables that take long and have no target. */
  async more(): Promise<void> {
    await this.#found(0.01, this.#realistic)
    const among = [0.03, 0.05].flatMap(change =>
      this.#gates.map((gates): Column => {
        return [`+${percent(change)}, ${gates}`, { gates, margin: 0.02, change, status: 'regressed' }]
      }),
    )
    await this.#table(
      'Regressions found among several gates with a margin of 2 %; one of the metrics has changed',
      this.#realistic,
      among,
    )
    // Where a neighbour wants the processors too, rounds take longer and fewer fit.
    const slow = pools.filter(({ roundSeconds }) => roundSeconds > CROWDED)
    await this.#found(0.02, [
      ...this.#realistic.map(({ cell }) => ({ cell, seconds: CROWDED })),
      ...slow.map(pool => ({
        cell: cells.find(({ name }) => name === nameOf(pool))!,
        seconds: pool.roundSeconds,
      })),
    ])
  }

  #found(margin: number, rows: Row[]) {
    const columns = CHANGES.map((change): Column => {
      return [`+${percent(change)}`, { gates: 1, margin, change, status: 'regressed' }]
    })
    return this.#table(`Regressions found by one gate with a margin of ${percent(margin)}`, rows, columns)
  }

  /** A limit is held against the variant's own values. Here their middle is exactly there, which is the worst case. */
  async limits(): Promise<void> {
    const columns = ['regressed', 'fine'].map((status): Column => {
      return [`called ${status}`, { gates: 1, change: 0, status }]
    })
    await this.#table('One gate with a limit, the value exactly at it', this.#all, columns)
  }
}

type Rate = [cell: string, rate: number]

function atMost(bound: number, name: string, rates: Rate[]): Target {
  const sorted = rates.toSorted(([, a], [, b]) => b - a)
  return { ...extreme(sorted, rate => rate <= bound), name, bound: `at most ${percent(bound)}` }
}

/** The worst of the rates, which are sorted, or all of those that miss. */
function extreme(rates: Rate[], isMet: (rate: number) => boolean): Pick<Target, 'value' | 'met'> {
  const missing = rates.filter(([, rate]) => !isMet(rate))
  const named = missing.length > 0 ? missing : rates.slice(0, 1)
  return {
    value: named.map(([cell, rate]) => `${share(rate)} (${cell})`).join('; '),
    met: missing.length === 0,
  }
}
