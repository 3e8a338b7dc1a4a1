/**
 * How often the gate is wrong, and what it sees: pseudo-experiments with known truth through the code that judges real runs.
 *
 *   npm run validate:statistics             10,000 and more in every cell, about half an hour
 *   npm run validate:statistics -- --quick  6,000 and more in the hardest cells only, under three minutes
 *
 * Prints the tables of `docs/statistics.md`; exits with 1 when a promise or a target is missed.
 */
import { parseArgs } from 'node:util'
import { cells as allCells, type Cell, nameOf, pools } from './statistics/cells.ts'
import { type Question, SECONDS } from './statistics/rates.ts'
import { binomial, percentage, printTable } from './statistics/table.ts'
import { ESTIMATORS, scatter } from './statistics/within.ts'
import { Workers } from './statistics/workers.ts'

const { quick } = parseArgs({ options: { quick: { type: 'boolean', default: false } } }).values

/** A change that does nothing fails the run in at most this share of cases. */
const PROMISE = 0.01
/** A change at the margin is called fine in at most this share of cases. */
const HONESTY = 0.05
const TRIALS = quick ? 6_000 : 10_000
/** Of one gate, which comes closest to the promise: so many that their scatter does not decide whether it is kept. */
const TRIALS_OF_ONE = quick ? 20_000 : 40_000
const GATES = quick ? [1, 12] : [1, 4, 12]
/** So small that no estimate falls short of it: the interval alone has to keep the promise. */
const NO_MARGIN = 1e-6
const CHANGES = [0.01, 0.02, 0.03, 0.05, 0.1]
const TARGETS = [
  { change: 0.05, seconds: 60, atLeast: 0.95 },
  { change: 0.03, seconds: 120, atLeast: 0.9 },
]
/** Seconds of a round in minutes in which a neighbour is busy: 8 rounds in a minute. */
const CROWDED_SECONDS = 60 / 8
/** The cells that come closest to the limits. */
const HARDEST = /two states, 50 : 50, 5 % apart, sharp|light tails|1.8 %, 1 launch in 12|replay/

const missed: string[] = []
const cells = allCells.filter(({ name }) => !quick || HARDEST.test(name))
const realistic = cells.filter(cell => cell.realistic)
const workers = new Workers()

await within()
await falseAlarms()
await honesty()
await power(0.02)
if (!quick) await power(0.01)
if (!quick) await severalGates()
if (!quick) await crowded()
await limits()
await workers.close()
for (const line of missed) console.log(`MISSED: ${line}`)
console.log(missed.length === 0 ? '\nEvery promise is kept and every target reached.' : '')
process.exitCode = missed.length === 0 ? 0 : 1

/** Share of runs with that status, for each of the times. */
function rates(
  { name }: Cell,
  question: Omit<Question, 'cell' | 'trials'>,
  trials = TRIALS,
): Promise<number[]> {
  return workers.ask({ cell: name, trials, ...question })
}

/** One row for each of the cells: its name, and what is found for it. */
function rowsOf(cells: Cell[], columns: (cell: Cell) => Promise<string[]>): Promise<string[][]> {
  return Promise.all(cells.map(async cell => [cell.name, ...(await columns(cell))]))
}

function within(): void {
  if (pools.length === 0) return
  printTable(
    'Scatter of rounds of the same code, % (standard deviation of the log-ratio of CPU per request)',
    ['replay', ...Object.keys(ESTIMATORS)],
    pools.map(({ name, runs }) => [name, ...scatter(runs)]),
  )
}

async function falseAlarms(): Promise<void> {
  const trialsOf = (gates: number) => (gates === 1 ? TRIALS_OF_ONE : TRIALS)
  const rows = await rowsOf(cells, cell =>
    Promise.all(
      GATES.map(async gates => {
        if (gates > cell.gates) return '–'
        const question = { gates, margin: NO_MARGIN, change: 0, status: 'regressed' }
        const found = await rates(cell, question, trialsOf(gates))
        const most = Math.max(...found)
        if (most > PROMISE) missed.push(`${cell.name}, ${gates} gates: false alarms in ${percentage(most)} %`)
        return found.map(rate => percentage(rate)).join(' ')
      }),
    ),
  )
  const scatters = GATES.map(gates => {
    const trials = trialsOf(gates)
    const [low, high] = binomial(PROMISE * trials, trials)
    return `${trials} runs each with ${counted(gates)}, so 1 % is ${percentage(low)}–${percentage(high)}`
  })
  printTable(
    `False alarms of a run, % (30, 60, 120 s; every look counted, no margin to help; ${scatters.join('; ')})`,
    ['noise', ...GATES.map(counted)],
    rows,
  )
}

function counted(gates: number): string {
  return `${gates} ${gates === 1 ? 'gate' : 'gates'}`
}

async function honesty(): Promise<void> {
  const rows = await rowsOf(cells, async cell => {
    const [atMargin, none] = await Promise.all(
      [0.02, 0].map(change => rates(cell, { gates: 1, margin: 0.02, change, status: 'fine' })),
    )
    const most = Math.max(...atMargin!)
    if (most > HONESTY) missed.push(`${cell.name}: ${percentage(most)} % fine at the margin`)
    return [...atMargin!.map(rate => percentage(rate)), ...none!.map(rate => percentage(rate, 1))]
  })
  const times = SECONDS.map(seconds => `${seconds} s`)
  printTable(
    'Called fine, % (one gate, margin 2 %): three columns for a change of 2 %, three for none',
    ['noise', ...times, ...times],
    rows,
  )
}

async function power(margin: number): Promise<void> {
  const rows = await rowsOf(realistic, async cell => {
    const found = await powerOf(cell, margin)
    if (margin === 0.02) checkTargets(cell.name, found)
    return found.map(inWhole)
  })
  printTable(
    `Regressions found, % (30, 60, 120 s; one gate, margin ${margin * 100} %)`,
    ['noise', ...CHANGES.map(change => `+${change * 100} %`)],
    rows,
  )
}

function powerOf(cell: Cell, margin: number, roundSeconds?: number): Promise<number[][]> {
  const status = 'regressed'
  const slower = roundSeconds === undefined ? {} : { roundSeconds }
  return Promise.all(CHANGES.map(change => rates(cell, { gates: 1, margin, change, status, ...slower })))
}

function inWhole(perTime: number[]): string {
  return perTime.map(rate => percentage(rate, 0)).join(' ')
}

/** What is left of the time where rounds take longer, because a neighbour or others on this machine want its processors too. */
async function crowded(): Promise<void> {
  const row = async (cell: Cell, seconds: number) => {
    const found = await powerOf(cell, 0.02, seconds)
    return [cell.name, seconds.toFixed(1), ...found.map(inWhole)]
  }
  const beside = pools.filter(({ roundSeconds }) => roundSeconds > CROWDED_SECONDS)
  const rows = await Promise.all([
    ...realistic.map(cell => row(cell, CROWDED_SECONDS)),
    ...beside.map(pool => row(realistic.find(({ name }) => name === nameOf(pool))!, pool.roundSeconds)),
  ])
  printTable(
    'Regressions found in as many rounds as fit where they take longer, % (30, 60, 120 s; one gate, margin 2 %)',
    ['noise', 's a round', ...CHANGES.map(change => `+${change * 100} %`)],
    rows,
  )
}

/** What the other gates of a run cost the one that has something to find. */
async function severalGates(): Promise<void> {
  const columns = [0.03, 0.05].flatMap(change => GATES.map(gates => ({ change, gates })))
  const rows = await rowsOf(realistic, cell =>
    Promise.all(
      columns.map(async ({ change, gates }) =>
        gates > cell.gates
          ? '–'
          : inWhole(await rates(cell, { gates, margin: 0.02, change, status: 'regressed' })),
      ),
    ),
  )
  printTable(
    'Regressions found among several gates, % (30, 60, 120 s; margin 2 %; one of the metrics has changed)',
    ['noise', ...columns.map(({ change, gates }) => `+${change * 100} %, ${gates}`)],
    rows,
  )
}

/** A limit is held against the variant's own values: here their middle is exactly there, which is the worst case. */
async function limits(): Promise<void> {
  const rows = await rowsOf(cells, cell =>
    Promise.all(
      ['regressed', 'fine'].map(async status => {
        const wrong = await rates(cell, { gates: 1, change: 0, status })
        return wrong.map(rate => percentage(rate)).join(' ')
      }),
    ),
  )
  printTable(
    'One gate with a limit, the value exactly at it, % (30, 60, 120 s)',
    ['noise', 'called regressed', 'called fine'],
    rows,
  )
}

function checkTargets(name: string, found: number[][]): void {
  for (const { change, seconds, atLeast } of TARGETS) {
    const rate = found[CHANGES.indexOf(change)]![SECONDS.indexOf(seconds)]!
    if (rate < atLeast)
      missed.push(`${name}: +${change * 100} % found in ${percentage(rate, 1)} % of ${seconds} s runs`)
  }
}
