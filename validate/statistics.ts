/** How often the gate is wrong, and what it finds: simulated runs with a known truth, judged by the code for real runs. */
import { percent, share } from '../harness/words/numbers.ts'
import type { Experiment, Target } from './experiment.ts'
import { printTable } from './print.ts'
import { pools } from './statistics/cells.ts'
import { type Bound, type Column, type Questions, questionsFor, type Row } from './statistics/questions.ts'
import { ask, SECONDS } from './statistics/rates.ts'
import { ESTIMATORS, scatter } from './statistics/replays.ts'

const statistics: Experiment = {
  shows:
    'Prints the tables of docs/statistics.md: 10,000 trials and more in every cell, in half an hour (quick: 4,000 in the hardest cells, in three minutes).',
  async *run({ quick }) {
    if (pools.length > 0) printScatter()
    for (const questions of questionsFor(quick)) {
      const answers = await answersTo(questions)
      print(questions, answers)
      yield* targetsOf(answers, questions)
    }
  },
}

export default statistics

function printScatter(): void {
  printTable({
    title: 'Scatter of rounds of the same code (standard deviation of the log-ratio of CPU per request)',
    head: ['replay', ...Object.keys(ESTIMATORS)],
    rows: pools.map(({ name, runs }) => [name, ...scatter(runs).map(share)]),
  })
}

/** The share of runs for each of the times. */
interface Answer {
  row: Row
  column: Column
  rates: number[]
}

/** Rows with too few gates for a column have no answer there. */
async function answersTo({ rows, columns, trials }: Questions): Promise<Answer[]> {
  const pairs = rows.flatMap(row =>
    columns.filter(({ gates }) => gates <= row.cell.gates).map(column => ({ row, column })),
  )
  const rates = await ask(
    pairs.map(({ row: { cell, roundSeconds }, column: { head: _, bound: __, ...question } }) => {
      return { ...question, cell: cell.name, trials, roundSeconds }
    }),
  )
  return pairs.map((pair, at) => ({ ...pair, rates: rates[at]! }))
}

function print({ title, rows, columns }: Questions, answers: Answer[]): void {
  const text = (row: Row, column: Column) =>
    answers
      .find(answer => answer.row === row && answer.column === column)
      ?.rates.map(rate => share(rate).replace(' %', ''))
      .join(' ') ?? '–'
  printTable({
    title: `${title}, % (${SECONDS.join(', ')} s)`,
    head: ['noise', ...columns.map(({ head }) => head)],
    rows: rows.map(row => {
      const { cell, roundSeconds } = row
      const name = roundSeconds ? `${cell.name}, rounds of ${roundSeconds.toFixed(1)} s` : cell.name
      return [name, ...columns.map(column => text(row, column))]
    }),
  })
}

function targetsOf(answers: Answer[], { title, columns }: Questions): Target[] {
  return columns.flatMap(column => {
    const { head, bound } = column
    if (!bound) return []
    const rates = answers
      .filter(answer => answer.column === column)
      .flatMap(({ row, rates }) => rates.map((rate, time) => ({ cell: row.cell.name, rate, time })))
      .filter(({ time }) => bound.seconds === undefined || SECONDS[time] === bound.seconds)
    return targetOf(`${title}: ${head}`, rates, bound)
  })
}

/** Shows the worst rate, or all that miss. */
function targetOf(name: string, rates: { cell: string; rate: number }[], bound: Bound): Target {
  const { seconds, atLeast, atMost } = bound
  const worstFirst = rates.toSorted((a, b) => (atLeast === undefined ? b.rate - a.rate : a.rate - b.rate))
  const missing = worstFirst.filter(({ rate }) => rate > (atMost ?? 1) || rate < (atLeast ?? 0))
  const shown = missing.length > 0 ? missing : worstFirst.slice(0, 1)
  return {
    name: seconds === undefined ? name : `${name} in ${seconds} s`,
    value: shown.map(({ cell, rate }) => `${share(rate)} (${cell})`).join('; '),
    bound: atLeast === undefined ? `at most ${percent(atMost!)}` : `at least ${percent(atLeast)}`,
    met: missing.length === 0,
  }
}
