/** Known changes of what a shop waits for: which part of the time is reported to have changed, and by how much. */
import type { RequestTimes, TimeRow } from '../../harness/model/times.ts'
import { share, signedValue } from '../../harness/words/numbers.ts'
import type { Context, Target } from '../experiment.ts'
import { flamegate } from '../flamegate.ts'
import { printTable, tableOf } from '../print.ts'
import { type Line, runAll, type WaitsResults } from './results.ts'

const SCENARIO = 'validate/waiting/shop.scenario.ts'

/** Milliseconds of a quick run. The others take as long as Flamegate usually does. */
const QUICK_TIME = 30_000

/** Share of the runs that must be right, and of the truth by which a change may be wrong. */
const RIGHT = 0.95
const ERROR = 0.15

interface Change {
  name: string
  before: Record<string, string>
  after: Record<string, string>
  /** Requests per second; absent for a closed loop, in which all requests wait for a small pool. */
  rate?: number
  /** What the changed part is called; absent where nothing changes. */
  what?: RegExp
  /** µs by which it must have changed. */
  truth?(times: RequestTimes, row: TimeRow): number
}

const CHANGES: Change[] = [
  {
    name: '+1 ms in the database',
    before: { SHOP_WAIT: '3' },
    after: { SHOP_WAIT: '4' },
    rate: 200,
    what: /PostgreSQL/,
    truth: () => 1_000,
  },
  {
    name: 'a pool of 4 instead of 10',
    before: { SHOP_WAIT: '30', SHOP_CONNECTIONS: '10' },
    after: { SHOP_WAIT: '30', SHOP_CONNECTIONS: '4' },
    what: /pooled connection/,
    // All that a smaller pool changes is how long requests wait for it.
    truth: ({ latency }) => latency.after - latency.before,
  },
  {
    name: 'Redis asked twice',
    before: { SHOP_CACHE: 'far', SHOP_ASKS: '1' },
    after: { SHOP_CACHE: 'far', SHOP_ASKS: '2' },
    rate: 200,
    what: /Redis/,
    // The second answer takes as long as the first.
    truth: (_, { before }) => before,
  },
  {
    name: 'upstream from 2 to 6 ms',
    before: { SHOP_RATES_WAIT: '2' },
    after: { SHOP_RATES_WAIT: '6' },
    rate: 200,
    what: /upstream/,
    truth: () => 4_000,
  },
  { name: 'no change', before: { SHOP_WAIT: '3' }, after: { SHOP_WAIT: '3' }, rate: 200 },
]

const QUICK = ['+1 ms in the database', 'no change']

interface Seen {
  /** The part that changed most in typical requests, sure ones before others; its change and the true one in µs. */
  first: string
  change: number
  truth: number
  significant: boolean
  /** Waits that were called changed. */
  changed: string[]
}

export async function* changes(
  { flags, quick, signal }: Context,
  results: WaitsResults,
): AsyncGenerator<Target> {
  const items = CHANGES.filter(({ name }) => !quick || QUICK.includes(name))
  const runs = flags.whole('runs', quick ? 1 : 20)
  const time = quick ? ['--max-time', `${QUICK_TIME}ms`] : []
  const lines = await runAll(
    {
      part: 'changes',
      items,
      runs,
      measure: (change, output) => seenOf(change, [...time, '--output', output], signal),
      said: (change, seen) => `${isRight(change, seen) ? '✔' : '✖'} ${change.name}: ${wordsOf(seen)}`,
    },
    results,
    signal,
  )
  printTable(tableOf('What was called changed', items, columnsOf(lines)))
  yield* items.map(item => targetOf(item, lines))
}

async function seenOf(change: Change, options: string[], signal: AbortSignal): Promise<Seen> {
  const { before, after, rate, truth } = change
  const environment = {
    SHOP_RATE: rate === undefined ? '' : String(rate),
    SHOP_BEFORE: JSON.stringify(before),
    SHOP_AFTER: JSON.stringify(after),
  }
  const { times = [] } = await flamegate([SCENARIO, ...options], { environment, signal })
  const typical = times.find(({ requests }) => requests === 'typical')
  if (!typical) return { first: 'nothing', change: 0, truth: Number.NaN, significant: false, changed: [] }
  const [first] = typical.rows.toSorted(
    (a, b) => Number(b.significant) - Number(a.significant) || Math.abs(changeOf(b)) - Math.abs(changeOf(a)),
  )
  const changed = times.flatMap(({ rows }) => rows.filter(row => row.significant).map(({ what }) => what))
  return {
    first: first!.what,
    change: changeOf(first!),
    truth: truth?.(typical, first!) ?? 0,
    significant: first!.significant,
    changed: [...new Set(changed)].filter(what => what.includes('waiting')),
  }
}

const changeOf = ({ before, after }: TimeRow): number => after - before

function isRight({ what }: Change, { first, change, truth, significant, changed }: Seen): boolean {
  if (!what) return changed.length === 0
  return what.test(first) && significant && Math.abs(change - truth) <= ERROR * Math.abs(truth)
}

const wordsOf = ({ first, change, truth, significant }: Seen): string =>
  `${first} ${signedValue(change, 'µs')}${significant ? '' : ', not sure'} (truth ${signedValue(truth, 'µs')})`

const columnsOf = (lines: (Line & Seen)[]): Record<string, (change: Change) => string> => {
  const of = ({ name }: Change) => lines.filter(line => line.name === name)
  return {
    change: ({ name }) => name,
    right: change => `${of(change).filter(line => isRight(change, line)).length} of ${of(change).length}`,
    sure: change => `${of(change).filter(({ significant }) => significant).length}`,
    'largest error': change =>
      change.what ? share(Math.max(...of(change).map(it => Math.abs(it.change / it.truth - 1)))) : '–',
  }
}

function targetOf(change: Change, lines: (Line & Seen)[]): Target {
  const own = lines.filter(({ name }) => name === change.name)
  const right = own.filter(line => isRight(change, line)).length
  const needed = Math.ceil(RIGHT * own.length)
  const wanted = change.what ? 'the first row, sure, within 15 %' : 'no wait is called changed'
  return {
    name: `${change.name}: ${wanted}`,
    value: `${right} of ${own.length}`,
    bound: `at least ${needed}`,
    met: own.length > 0 && right >= needed,
  }
}
