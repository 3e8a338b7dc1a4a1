/** Services with one known cause of slowness: what Flamegate says limits them, and how much of their time it explains. */
import { join } from 'node:path'
import type { RequestClass, RequestTimes } from '../harness/model/times.ts'
import { median } from '../harness/stats/describe.ts'
import { share } from '../harness/words/numbers.ts'
import { type Context, type Experiment, type Target, turned } from './experiment.ts'
import { flamegate } from './flamegate.ts'
import { printTable, tableOf } from './print.ts'
import { appendResult, openResults, RESUMABLE } from './results.ts'
import { CAUSES, type Known } from './waits/causes.ts'

const SCENARIO = 'validate/waits/causes.scenario.ts'

/** Share of all answers that must be right, and of the time that may stay unexplained. */
const RIGHT = 64 / 65
const UNEXPLAINED: Record<RequestClass, number> = { typical: 0.05, slow: 0.1 }

interface Settings {
  runs: number
  causes: string[]
}

/** A run. Plain data: a line of the results. */
interface Answer {
  name: string
  run: number
  cause: string
  message: string
  unexplained: Partial<Record<RequestClass, number>>
}

const waits: Experiment = {
  shows: 'what Flamegate says limits a shop with one known fault, in half an hour (quick: each once).',
  flags: {
    runs: { value: 'N', help: 'of every cause (5)' },
    causes: { value: 'NAMES', help: `some of: ${CAUSES.map(({ name }) => name).join(',')}` },
    ...RESUMABLE,
  },
  async *run(context) {
    const results = openResults<Settings, Answer>(context, settingsFrom(context))
    const { folder, lines, settings } = results
    const chosen = CAUSES.filter(({ name }) => settings.causes.includes(name))
    for (let run = 1; run <= settings.runs && !context.signal.aborted; run++) {
      for (const known of turned(chosen, run)) {
        if (context.signal.aborted) break
        if (lines.some(line => line.name === known.name && line.run === run)) continue
        const answer = await answerOf(known, run, folder, context.signal)
        appendResult(folder, answer)
        lines.push(answer)
        console.error(
          `${isRight(known, answer) ? '✔' : '✖'} ${known.name}: ${answer.cause}. ${answer.message}`,
        )
      }
    }
    printTable(tableOf('What was said', chosen, columnsOf(lines)))
    yield* targetsOf(chosen, lines)
  },
}

export default waits

const settingsFrom = ({ flags, quick }: Context): Settings => ({
  runs: flags.whole('runs', quick ? 1 : 5),
  causes: flags.among(
    'causes',
    CAUSES.map(({ name }) => name),
  ),
})

async function answerOf(known: Known, run: number, folder: string, signal: AbortSignal): Promise<Answer> {
  const { name, rate } = known
  const environment = { CAUSE: name, CAUSES_RATE: String(rate) }
  const output = join(folder, `${name.replaceAll(' ', '-')}-run-${run}`)
  try {
    const report = await flamegate([SCENARIO, '--aa', '--rounds', '2', '--output', output], {
      environment,
      signal,
    })
    const [diagnosis] = report.diagnosis ?? []
    return {
      name,
      run,
      cause: diagnosis?.cause ?? 'none',
      message: diagnosis?.message ?? '',
      unexplained: Object.fromEntries(
        (report.times ?? []).map(times => [times.requests, unexplainedIn(times)]),
      ),
    }
  } catch (error) {
    return {
      name,
      run,
      cause: 'failed',
      message: error instanceof Error ? error.message : '',
      unexplained: {},
    }
  }
}

function unexplainedIn({ rows, latency }: RequestTimes): number {
  const row = rows.find(({ what }) => what === '[unexplained]')
  const unknown = rows.filter(({ what }) => what === '[waiting, unknown for what]')
  return [row, ...unknown].reduce((sum, it) => sum + (it?.after ?? 0), 0) / latency.after
}

const isRight = ({ expected, words }: Known, { cause, message }: Answer): boolean =>
  expected.some(one => one === cause) && (words?.test(message) ?? true)

const columnsOf = (lines: Answer[]): Record<string, (known: Known) => string> => {
  const of = ({ name }: Known) => lines.filter(line => line.name === name)
  const middle = (known: Known, requests: RequestClass) => {
    const values = of(known).flatMap(({ unexplained }) => unexplained[requests] ?? [])
    return values.length > 0 ? share(median(values)) : '–'
  }
  return {
    cause: ({ name }) => name,
    right: known => `${of(known).filter(line => isRight(known, line)).length} of ${of(known).length}`,
    said: known => [...new Set(of(known).map(({ cause }) => cause))].join(', '),
    'unexplained at p50': known => middle(known, 'typical'),
    'at p99': known => middle(known, 'slow'),
  }
}

function targetsOf(chosen: Known[], lines: Answer[]): Target[] {
  const right = lines.filter(line => isRight(chosen.find(({ name }) => name === line.name)!, line)).length
  const needed = Math.ceil(RIGHT * lines.length)
  const explained = chosen.flatMap(({ name }) =>
    (['typical', 'slow'] as const).map(requests => {
      const values = lines
        .filter(line => line.name === name)
        .flatMap(({ unexplained }) => unexplained[requests] ?? [])
      const value = values.length > 0 ? median(values) : Number.NaN
      return {
        name: `${name}: unexplained, ${requests} requests`,
        value: share(value),
        bound: `at most ${share(UNEXPLAINED[requests])}`,
        met: value <= UNEXPLAINED[requests],
      }
    }),
  )
  return [
    {
      name: 'the cause is right',
      value: `${right} of ${lines.length}`,
      bound: `at least ${needed}`,
      met: right >= needed,
    },
    ...explained,
  ]
}
