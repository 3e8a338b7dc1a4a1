/** Known changes of a service that waits: what Flamegate finds and how fast, and how often it sees a change where there is none. */
import { join } from 'node:path'
import { MeasureError } from '../harness/model/errors.ts'
import { median } from '../harness/stats/describe.ts'
import { duration, signedPercent } from '../harness/words/numbers.ts'
import { type Context, type Experiment, type Target, turned } from './experiment.ts'
import { flamegate } from './flamegate.ts'
import { printTable, tableOf } from './print.ts'
import { appendResult, openResults, RESUMABLE } from './results.ts'
import { compileBeside } from './waiting/beside.ts'
import { CELLS, type Cell, MIDDLE, nameOf, QUESTIONS, type Question, unchanged } from './waiting/questions.ts'

/** Rounds that a minute must have room for, in runs of a minute at most. A tail needs longer ones. */
const ROUNDS_PER_MINUTE = 8
const MINUTE = 60_000

const SCENARIO = 'validate/waiting/shop.scenario.ts'

interface Settings {
  /** Runs of every question in every cell. */
  runs: number
  questions: string[]
  cells: string[]
}

/** A run. Plain data: a line of the results. */
interface Answer {
  cell: string
  question: string
  run: number
  status: string
  /** Change of the gated metric, as a fraction. */
  estimate: number | null
  rounds: number
  /** Milliseconds of a round. */
  roundTime: number
  seconds: number
  /** Milliseconds that the run could have taken. */
  maxTime: number
}

const waiting: Experiment = {
  shows:
    'Flamegate on a shop with PostgreSQL, Redis and another service, in a day (quick: three questions once, in three minutes).',
  flags: {
    runs: { value: 'N', help: 'of every question in every cell (20)' },
    questions: { value: 'NAMES', help: `some of: ${QUESTIONS.map(({ name }) => name).join(',')}` },
    cells: { value: 'NUMBERS', help: `some of 1 to ${CELLS.length}: ${CELLS.map(nameOf).join('; ')}` },
    ...RESUMABLE,
  },
  async *run(context) {
    const results = openResults<Settings, Answer>(context, settingsFrom(context))
    const { folder, lines, settings } = results
    const open = tasksOf(settings).filter(
      ({ cell, question, run }) =>
        !lines.some(
          line => line.cell === nameOf(cell) && line.question === question.name && line.run === run,
        ),
    )
    console.error(`${open.length} runs; results in ${folder}`)
    for (const task of open) {
      if (context.signal.aborted) break
      const answer = await answerOf(task, folder, context.signal)
      if (!answer) break
      if (lines.length === 0 && answer.status === 'failed')
        throw new MeasureError('The first run has failed, and the others would too.', {
          advice:
            'The message above says why. PostgreSQL and Redis must be installed, and the packages of the project.',
        })
      appendResult(folder, answer)
      lines.push(answer)
      console.error(lineOf(answer))
    }
    printTable(tableOf('What was found', groupsOf(lines), COLUMNS))
    yield* groupsOf(lines).flatMap(targetsOf)
  },
}

export default waiting

function settingsFrom({ flags, quick }: Context): Settings {
  const names = quick ? ['no change', 'p50 +10 %', 'no index'] : QUESTIONS.map(({ name }) => name)
  const numbers = CELLS.map((_, at) => String(at + 1))
  const asked = flags.text('cells') === undefined && quick ? ['2'] : flags.among('cells', numbers)
  return {
    runs: flags.whole('runs', quick ? 1 : 20),
    questions: flags.text('questions') === undefined ? names : flags.among('questions', names),
    cells: asked.map(number => nameOf(CELLS[Number(number) - 1]!)),
  }
}

interface Task {
  cell: Cell
  question: Question
  run: number
}

/** Every question in every cell once, then again, so that all meet the same hours. */
function tasksOf({ runs, questions, cells }: Settings): Task[] {
  const asked = QUESTIONS.filter(({ name }) => questions.includes(name))
  return Array.from({ length: runs }, (_, at) => at + 1).flatMap(run =>
    CELLS.filter(cell => cells.includes(nameOf(cell))).flatMap(cell =>
      turned(asked, run)
        .filter(({ everywhere }) => everywhere || cell === MIDDLE)
        .map(question => ({ cell, question, run })),
    ),
  )
}

/** `undefined` when it was interrupted. */
async function answerOf(
  { cell, question, run }: Task,
  folder: string,
  signal: AbortSignal,
): Promise<Answer | undefined> {
  const before = unchanged(question, cell.wait)
  const [metric, margin] = question.gate
  const environment = {
    SHOP_RATE: String(cell.rate),
    SHOP_GATE: metric,
    SHOP_MARGIN: margin,
    SHOP_BEFORE: JSON.stringify(before),
    SHOP_AFTER: JSON.stringify({ ...before, ...question.change(cell.wait) }),
  }
  const number = `${CELLS.indexOf(cell) + 1}-${QUESTIONS.indexOf(question) + 1}`
  const output = ['--output', join(folder, `cell-${number}-run-${run}`)]
  const args = [SCENARIO, '--max-time', `${question.maxTime}ms`, ...output]
  const known = { cell: nameOf(cell), question: question.name, run, maxTime: question.maxTime }
  const stop = cell.busy ? compileBeside() : undefined
  const began = performance.now()
  const seconds = () => (performance.now() - began) / 1_000
  try {
    const report = await flamegate(args, { environment, signal })
    const gate = report.gates.find(one => one.metric === metric)
    const change = report.comparisons.find(one => one.metric === metric)?.change
    const [status, estimate] = [gate?.status ?? 'failed', change?.estimate ?? null]
    return {
      ...known,
      status,
      estimate,
      rounds: report.rounds,
      roundTime: report.duration / report.rounds,
      seconds: seconds(),
    }
  } catch (error) {
    if (signal.aborted) return undefined
    console.error(error instanceof Error ? error.message : error)
    return {
      ...known,
      status: 'failed',
      estimate: null,
      rounds: 0,
      roundTime: Number.NaN,
      seconds: seconds(),
    }
  } finally {
    await stop?.()
  }
}

interface Group {
  cell: string
  question: Question
  answers: Answer[]
}

const groupsOf = (lines: Answer[]): Group[] =>
  CELLS.map(nameOf).flatMap(cell =>
    QUESTIONS.map(question => ({
      cell,
      question,
      answers: lines.filter(line => line.cell === cell && line.question === question.name),
    })).filter(({ answers }) => answers.length > 0),
  )

const isAsWanted = ({ wanted }: Question, { status }: Answer): boolean =>
  wanted === 'regressed' ? status === 'regressed' : !['regressed', 'failed'].includes(status)

const roundsPerMinute = ({ roundTime }: Answer): number => MINUTE / roundTime

const count = (answers: Answer[], status: string) =>
  String(answers.filter(answer => answer.status === status).length)

const COLUMNS: Record<string, (group: Group) => string> = {
  load: ({ cell }) => cell,
  change: ({ question }) => question.name,
  runs: ({ answers }) => String(answers.length),
  regressed: ({ answers }) => count(answers, 'regressed'),
  fine: ({ answers }) => count(answers, 'fine'),
  inconclusive: ({ answers }) => count(answers, 'inconclusive'),
  'not comparable': ({ answers }) => count(answers, 'not comparable'),
  failed: ({ answers }) => count(answers, 'failed'),
  'median change': ({ answers }) => {
    const known = answers.flatMap(({ estimate }) => estimate ?? [])
    return known.length > 0 ? signedPercent(median(known)) : '–'
  },
  'rounds per minute': ({ answers }) => median(answers.map(roundsPerMinute)).toFixed(1),
}

function targetsOf({ cell, question, answers }: Group): Target[] {
  const wanted = answers.filter(answer => isAsWanted(question, answer)).length
  const needed = Math.ceil(question.least * answers.length)
  const rounds = median(answers.map(roundsPerMinute))
  const lost = answers.filter(({ status }) => status === 'not comparable').length
  const isBusy = CELLS.find(one => nameOf(one) === cell)!.busy
  return [
    {
      name: `${cell}, ${question.name}: ${question.wanted}`,
      value: `${wanted} of ${answers.length}`,
      bound: `at least ${needed}`,
      met: wanted >= needed,
    },
    ...(question.maxTime > MINUTE
      ? []
      : [
          {
            name: `${cell}, ${question.name}: rounds per minute`,
            value: rounds.toFixed(1),
            bound: `at least ${ROUNDS_PER_MINUTE}`,
            met: rounds >= ROUNDS_PER_MINUTE,
          },
        ]),
    ...(isBusy
      ? []
      : [
          {
            name: `${cell}, ${question.name}: not comparable`,
            value: `${lost} of ${answers.length}`,
            bound: 'none',
            met: lost === 0,
          },
        ]),
  ]
}

const lineOf = ({ cell, question, run, status, estimate, rounds, seconds }: Answer): string =>
  `run ${run}, ${cell}, ${question}: ${status} ${estimate === null ? '' : signedPercent(estimate)} (${rounds} rounds, ${duration(seconds * 1_000)})`
