/**
 * How often the gate is wrong, and what it sees: pseudo-experiments with known truth through the code that judges real runs.
 *
 *   npm run validate:statistics             10,000 and more in every cell, about half an hour
 *   npm run validate:statistics -- --quick  6,000 in the hardest cells only, under three minutes
 *
 * Prints the tables of `docs/statistics.md`; exits with 1 when a promise or a target is missed.
 */
import { parseArgs } from 'node:util'
import { loadCapabilities } from '../harness/capabilities.ts'
import { type Random, seededRandom } from '../harness/stats/random.ts'
import { HOSTILE, REALISTIC } from './statistics/noise.ts'
import { type Pool, readPools, replay } from './statistics/replays.ts'
import { MACHINES, roundOn } from './statistics/slices.ts'
import { binomial, percentage, printTable } from './statistics/table.ts'
import { type Course, play, type Round, roundsIn } from './statistics/trial.ts'
import { ESTIMATORS, scatter } from './statistics/within.ts'

const { quick } = parseArgs({ options: { quick: { type: 'boolean', default: false } } }).values

/** A change that does nothing fails the run in at most this share of cases. */
const PROMISE = 0.01
/** A change at the margin is called fine in at most this share of cases. */
const HONESTY = 0.05
const TRIALS = quick ? 6_000 : 10_000
const GATES = quick ? [1, 12] : [1, 4, 12]
const SECONDS = [30, 60, 120]
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
const HARDEST = /two states, 50 : 50, 5 % apart, sharp|light tails|1.8 %, 1 launch in 12/

interface Cell {
  name: string
  /** Whether the targets for power hold here. */
  realistic: boolean
  /** Most gates that a round has figures for. */
  gates: number
  /** Seconds of a round, where it is not that of the targets. */
  roundSeconds?: number
  draw(random: Random, gates: number): Round
}

const missed: string[] = []

const pools = readPools((await loadCapabilities()).metrics)
const cells = allCells()
within()
falseAlarms(cells)
honesty(cells)
power(cells, 0.02)
if (!quick) power(cells, 0.01)
if (!quick) severalGates(cells)
if (!quick) crowded(cells)
limits(cells)
for (const line of missed) console.log(`MISSED: ${line}`)
console.log(missed.length === 0 ? '\nEvery promise is kept and every target reached.' : '')
process.exitCode = missed.length === 0 ? 0 : 1

function allCells(): Cell[] {
  const noises = Object.entries({ ...REALISTIC, ...HOSTILE }).map(
    ([name, noise]): Cell => ({
      name,
      realistic: name in REALISTIC,
      gates: 12,
      draw: (random, gates) => Array.from({ length: gates }, () => noise(random)),
    }),
  )
  const machines = Object.entries(MACHINES).map(
    ([name, machine]): Cell => ({
      name,
      realistic: false,
      gates: 1,
      draw: random => [roundOn(machine, random)],
    }),
  )
  const replays = pools.map(
    (pool): Cell => ({
      name: nameOf(pool),
      realistic: true,
      gates: Math.min(12, pool.rounds[0]?.length ?? 0),
      draw: (random, gates) => replay(pool, random).slice(0, gates),
    }),
  )
  const synthetic = [...noises, ...machines].filter(({ name }) => !quick || HARDEST.test(name))
  return [...synthetic, ...replays]
}

/** Share of runs with that status, for each of the times. */
function rates(cell: Cell, course: Omit<Course, 'horizons'>, change: number, status: string): number[] {
  const random = seededRandom(1)
  const shift = Math.log1p(change)
  const horizons = SECONDS.map(seconds => roundsIn(seconds, cell.roundSeconds))
  const hits = SECONDS.map(() => 0)
  for (let trial = 0; trial < TRIALS; trial++) {
    // The change is in the first gate's metric; the others stay as they are.
    const draw = () =>
      cell.draw(random, course.gates).map((ratio, gate) => moved(ratio, gate === 0 ? shift : 0))
    play(draw, { ...course, horizons }).forEach(({ verdict }, time) => {
      if (verdict.status === status) hits[time]!++
    })
  }
  return hits.map(count => count / TRIALS)
}

function moved(ratio: number | null, shift: number): number | null {
  return ratio === null ? null : ratio + shift
}

function within(): void {
  if (pools.length === 0) return
  printTable(
    'Scatter of rounds of the same code, % (standard deviation of the log-ratio of CPU per request)',
    ['replay', ...Object.keys(ESTIMATORS)],
    pools.map(({ name, runs }) => [name, ...scatter(runs)]),
  )
}

function falseAlarms(cells: Cell[]): void {
  const rows = cells.map(cell => {
    const worst = GATES.map(gates => {
      if (gates > cell.gates) return '–'
      const found = rates(cell, { gates, margin: NO_MARGIN }, 0, 'regressed')
      const most = Math.max(...found)
      if (most > PROMISE) missed.push(`${cell.name}, ${gates} gates: false alarms in ${percentage(most)} %`)
      return found.map(rate => percentage(rate)).join(' ')
    })
    return [cell.name, ...worst]
  })
  const [low, high] = binomial(PROMISE * TRIALS, TRIALS)
  printTable(
    `False alarms of a run, % (30, 60, 120 s; every look counted, no margin to help; ${TRIALS} runs each, so 1 % is ${percentage(low)}–${percentage(high)})`,
    ['noise', ...GATES.map(gates => `${gates} ${gates === 1 ? 'gate' : 'gates'}`)],
    rows,
  )
}

function honesty(cells: Cell[]): void {
  const rows = cells.map(cell => {
    const atMargin = rates(cell, { gates: 1, margin: 0.02 }, 0.02, 'fine')
    const most = Math.max(...atMargin)
    if (most > HONESTY) missed.push(`${cell.name}: ${percentage(most)} % fine at the margin`)
    const none = rates(cell, { gates: 1, margin: 0.02 }, 0, 'fine')
    return [cell.name, ...atMargin.map(rate => percentage(rate)), ...none.map(rate => percentage(rate, 1))]
  })
  const times = SECONDS.map(seconds => `${seconds} s`)
  printTable(
    'Called fine, % (one gate, margin 2 %): three columns for a change of 2 %, three for none',
    ['noise', ...times, ...times],
    rows,
  )
}

function power(cells: Cell[], margin: number): void {
  const rows = cells
    .filter(({ realistic }) => realistic)
    .map(cell => {
      const found = CHANGES.map(change => rates(cell, { gates: 1, margin }, change, 'regressed'))
      if (margin === 0.02) checkTargets(cell.name, found)
      return [cell.name, ...found.map(perTime => perTime.map(rate => percentage(rate, 0)).join(' '))]
    })
  printTable(
    `Regressions found, % (30, 60, 120 s; one gate, margin ${margin * 100} %)`,
    ['noise', ...CHANGES.map(change => `+${change * 100} %`)],
    rows,
  )
}

/** What is left of the time where rounds take longer, because a neighbour or others on this machine want its processors too. */
function crowded(cells: Cell[]): void {
  const beside = pools.flatMap(pool => {
    const cell = cells.find(({ name }) => name === nameOf(pool))!
    return pool.roundSeconds > CROWDED_SECONDS ? [{ ...cell, roundSeconds: pool.roundSeconds }] : []
  })
  const slowed = cells
    .filter(({ realistic }) => realistic)
    .map(cell => ({ ...cell, roundSeconds: CROWDED_SECONDS }))
  const rows = [...slowed, ...beside].map(cell => {
    const found = CHANGES.map(change => rates(cell, { gates: 1, margin: 0.02 }, change, 'regressed'))
    return [
      cell.name,
      cell.roundSeconds.toFixed(1),
      ...found.map(perTime => perTime.map(rate => percentage(rate, 0)).join(' ')),
    ]
  })
  printTable(
    'Regressions found in as many rounds as fit where they take longer, % (30, 60, 120 s; one gate, margin 2 %)',
    ['noise', 's a round', ...CHANGES.map(change => `+${change * 100} %`)],
    rows,
  )
}

function nameOf({ name, rounds }: Pool): string {
  return `replay: ${name} (${rounds.length} rounds)`
}

/** What the other gates of a run cost the one that has something to find. */
function severalGates(cells: Cell[]): void {
  const changes = [0.03, 0.05]
  const rows = cells
    .filter(({ realistic }) => realistic)
    .map(({ name, ...cell }) => [
      name,
      ...changes.flatMap(change =>
        GATES.map(gates => {
          if (gates > cell.gates) return '–'
          const found = rates({ name, ...cell }, { gates, margin: 0.02 }, change, 'regressed')
          return found.map(rate => percentage(rate, 0)).join(' ')
        }),
      ),
    ])
  printTable(
    'Regressions found among several gates, % (30, 60, 120 s; margin 2 %; one of the metrics has changed)',
    ['noise', ...changes.flatMap(change => GATES.map(gates => `+${change * 100} %, ${gates}`))],
    rows,
  )
}

/** A limit is held against the variant's own values: here their middle is exactly there, which is the worst case. */
function limits(cells: Cell[]): void {
  const rows = cells.map(cell => {
    const wrong = ['regressed', 'fine'].map(status => rates(cell, { gates: 1 }, 0, status))
    return [cell.name, ...wrong.map(found => found.map(rate => percentage(rate)).join(' '))]
  })
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
