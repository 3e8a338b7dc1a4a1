/** How often the gate is wrong, and what it finds: pseudo-experiments with known truth, judged by the code for real runs. */
import { percent, share } from '../harness/words/numbers.ts'
import type { Experiment, Target } from './experiment.ts'
import { printTable } from './print.ts'
import { pools } from './statistics/cells.ts'
import { type Bound, type Questions, questionsFor } from './statistics/questions.ts'
import { SECONDS } from './statistics/rates.ts'
import { ESTIMATORS, scatter } from './statistics/replays.ts'
import { Workers } from './statistics/workers.ts'

const statistics: Experiment = {
  shows:
    'Prints the tables of docs/statistics.md: 10,000 trials and more in every cell, in half an hour (quick: 6,000 in the hardest cells, in three minutes).',
  async *run({ quick }) {
    if (pools.length > 0) printScatter()
    const workers = new Workers()
    try {
      for (const questions of questionsFor(quick)) {
        const found = await answers(questions, workers)
        print(questions, found)
        yield* targetsOf(questions, found)
      }
    } finally {
      await workers.close()
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

/** By row and column, the share of runs for each of the times; none where a cell has too few gates. */
type Answers = (number[] | undefined)[][]

const answers = ({ rows, columns, trials }: Questions, workers: Workers): Promise<Answers> =>
  Promise.all(
    rows.map(({ cell: { name, gates }, roundSeconds }) =>
      Promise.all(
        columns.map(({ head: _, bound: __, ...question }) =>
          question.gates > gates ? undefined : workers.ask({ ...question, cell: name, trials, roundSeconds }),
        ),
      ),
    ),
  )

function print({ title, rows, columns }: Questions, found: Answers): void {
  printTable({
    title: `${title}, % (${SECONDS.join(', ')} s)`,
    head: ['noise', ...columns.map(({ head }) => head)],
    rows: rows.map(({ cell, roundSeconds }, row) => [
      roundSeconds ? `${cell.name}, rounds of ${roundSeconds.toFixed(1)} s` : cell.name,
      ...found[row]!.map(rates => rates?.map(rate => share(rate).replace(' %', '')).join(' ') ?? '–'),
    ]),
  })
}

function targetsOf({ title, rows, columns }: Questions, found: Answers): Target[] {
  return columns.flatMap(({ head, bound }, column) => {
    if (!bound) return []
    const rates = rows.flatMap(({ cell }, row) =>
      (found[row]![column] ?? [])
        .filter((_, time) => bound.seconds === undefined || SECONDS[time] === bound.seconds)
        .map(rate => ({ cell: cell.name, rate })),
    )
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
