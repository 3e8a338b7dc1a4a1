/** Services with one known cause of slowness: what Flamegate says limits them, and how much of their time it explains. */
import type { RequestClass, RequestTimes } from '../../harness/model/times.ts'
import { median } from '../../harness/stats/describe.ts'
import { share } from '../../harness/words/numbers.ts'
import { atMost, type Context, type Target } from '../experiment.ts'
import { flamegate } from '../flamegate.ts'
import { printTable, tableOf } from '../print.ts'
import { CAUSES, type Known } from './known-causes.ts'
import { type Line, runAll, type WaitsResults } from './results.ts'

const SCENARIO = 'validate/waits/causes.scenario.ts'

/** Those of a quick run. */
const QUICK = ['healthy', 'computation', 'query', 'pool', 'crypto']

/** Share of all answers that must be right, and of the time that may stay unexplained. */
const RIGHT = 64 / 65
const UNEXPLAINED: Record<RequestClass, number> = { typical: 0.05, slow: 0.1 }

interface Answer {
  cause: string
  message: string
  /** Shares of the time. */
  unexplained: Partial<Record<RequestClass, number>>
}

export async function* causes(
  { flags, quick, signal }: Context,
  results: WaitsResults,
): AsyncGenerator<Target> {
  const all = CAUSES.map(({ name }) => name)
  const names = flags.text('names') === undefined && quick ? QUICK : flags.among('names', all)
  const items = CAUSES.filter(({ name }) => names.includes(name))
  const { runs } = results.settings
  const lines = await runAll(
    {
      part: 'causes',
      items,
      runs,
      measure: (known, output) => answerOf(known, output, signal),
      said: (known, found) =>
        `${isRight(known, found) ? '✔' : '✖'} ${known.name}: ${found.cause}. ${found.message}`,
    },
    results,
    signal,
  )
  printTable(tableOf('What was said', items, columnsOf(lines)))
  yield* targetsOf(items, lines)
}

async function answerOf({ name, rate }: Known, output: string, signal: AbortSignal): Promise<Answer> {
  const environment = { CAUSE: name, CAUSES_RATE: String(rate) }
  try {
    const args = [SCENARIO, '--aa', '--rounds', '2', '--output', output]
    const { diagnosis = [], times = [] } = await flamegate(args, { environment, signal })
    const [first] = diagnosis
    return {
      cause: first?.cause ?? 'none',
      message: first?.message ?? '',
      unexplained: Object.fromEntries(times.map(it => [it.requests, unexplainedIn(it)])),
    }
  } catch (error) {
    return { cause: 'failed', message: error instanceof Error ? error.message : '', unexplained: {} }
  }
}

const UNKNOWN = ['[unexplained]', '[waiting, unknown for what]']

const unexplainedIn = ({ rows, latency }: RequestTimes): number =>
  rows.filter(({ what }) => UNKNOWN.includes(what)).reduce((sum, { after }) => sum + after, 0) / latency.after

const isRight = ({ expected, words }: Known, { cause, message }: Answer): boolean =>
  expected.some(one => one === cause) && (words?.test(message) ?? true)

type Answers = (Line & Answer)[]

const columnsOf = (lines: Answers): Record<string, (known: Known) => string> => {
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

function targetsOf(chosen: Known[], lines: Answers): Target[] {
  const right = lines.filter(line => isRight(chosen.find(({ name }) => name === line.name)!, line)).length
  const needed = Math.ceil(RIGHT * lines.length)
  const explained = chosen.flatMap(({ name }) =>
    (['typical', 'slow'] as const).map(requests => {
      const values = lines
        .filter(line => line.name === name)
        .flatMap(({ unexplained }) => unexplained[requests] ?? [])
      const found = values.length > 0 ? median(values) : Number.NaN
      return atMost(`${name}: unexplained, ${requests} requests`, found, UNEXPLAINED[requests], share)
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
