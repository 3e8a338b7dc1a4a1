/** Both kinds of error in telling which function of one version is which of the other: for real versions of packages. */
import { share } from '../harness/words/numbers.ts'
import { align, KINDS, type Kind, type Result, SOURCES, type Sources } from './alignment/align.ts'
import { PAIRS, type Pair } from './alignment/pairs.ts'
import { type Program, programOf } from './alignment/program.ts'
import { added, type Tally, truthOf } from './alignment/score.ts'
import { atMost, type Experiment, type Target } from './experiment.ts'
import { printTable, tableOf } from './print.ts'

/** Pairs of a quick run. */
const QUICK = 5

/** The largest shares of known functions: matched to another one, matched to none; and of those alone, matched at all. */
interface Bounds {
  wrong: number
  missed: { named: number; anonymous?: number }
  false: number
}

const BOUNDS: Record<Sources, Bounds> = {
  all: { wrong: 0.005, missed: { named: 0.05, anonymous: 0.05 }, false: 0.01 },
  hot: { wrong: 0.01, missed: { named: 0.15 }, false: 0.02 },
  none: { wrong: 0.01, missed: { named: 0.15 }, false: 0.02 },
}

interface Row extends Result {
  pair: Pair
  kind: Kind
  sources: Sources
}

const alignment: Experiment = {
  shows:
    'Whether functions of two versions of twenty packages are known again: wrong and missed matches (quick: five packages).',
  flags: {
    pairs: { value: 'NAMES', help: 'these packages only' },
    errors: { help: 'prints every error' },
  },
  async *run({ quick, flags, signal }) {
    const names = PAIRS.map(it => it.package)
    const chosen = flags.among('pairs', quick ? names.slice(0, QUICK) : names)
    const rows: Row[] = []
    for (const pair of PAIRS.filter(it => chosen.includes(it.package))) {
      const before = await programOf(pair.package, pair.before, pair.entry, signal)
      const after = await programOf(pair.package, pair.after, pair.entry, signal)
      const own = rowsOf(pair, before, after)
      rows.push(...own)
      if (flags.on('errors')) for (const row of own) printErrors(row)
    }
    for (const kind of kinds) printTable(tableOf(`${kind} profiles`, pairsIn(rows, kind), COLUMNS))
    yield* kinds.flatMap(kind => SOURCES.flatMap(sources => targetsOf(rows, kind, sources)))
  },
}

export default alignment

const kinds = Object.keys(KINDS) as Kind[]

function rowsOf(pair: Pair, before: Program, after: Program): Row[] {
  const truth = truthOf(before.functions, after.functions)
  return kinds.flatMap(kind =>
    SOURCES.map(sources => ({ pair, kind, sources, ...align(before, after, truth, kind, sources) })),
  )
}

function printErrors({ pair, kind, sources, errors }: Row): void {
  for (const error of errors) console.log(`${pair.package}, ${kind}, text of ${sources}: ${error}`)
}

/** The rows of one kind of profile, by pair, and a last group with all of them. */
function pairsIn(rows: Row[], kind: Kind): { name: string; rows: Row[] }[] {
  const own = rows.filter(row => row.kind === kind)
  const groups = [...Map.groupBy(own, ({ pair }) => pair)].map(([{ package: name, before, after }, rows]) => {
    return { name: `${name} ${before} → ${after}`, rows }
  })
  return [...groups, { name: 'all', rows: own }]
}

const tallyOf = (rows: Row[], sources: Sources, which: 'named' | 'anonymous'): Tally =>
  added(rows.filter(row => row.sources === sources).map(row => row[which]))

const COLUMNS: Record<string, (group: { name: string; rows: Row[] }) => string> = {
  pair: ({ name }) => name,
  'known (named + not)': ({ rows }) =>
    ['named' as const, 'anonymous' as const].map(which => tallyOf(rows, 'all', which).known).join(' + '),
  alone: ({ rows }) => String(both(rows, 'all').alone),
  ...Object.fromEntries(
    SOURCES.map(sources => [
      `text of ${sources}: wrong missed false`,
      ({ rows }: { rows: Row[] }) => {
        const [named, anonymous] = [tallyOf(rows, sources, 'named'), tallyOf(rows, sources, 'anonymous')]
        const text = (key: 'wrong' | 'missed' | 'false') => `${named[key]}+${anonymous[key]}`
        return `${text('wrong')} ${text('missed')} ${text('false')}`
      },
    ]),
  ),
}

const both = (rows: Row[], sources: Sources): Tally =>
  added([tallyOf(rows, sources, 'named'), tallyOf(rows, sources, 'anonymous')])

function targetsOf(rows: Row[], kind: Kind, sources: Sources): Target[] {
  const own = rows.filter(row => row.kind === kind)
  const [named, anonymous] = [tallyOf(own, sources, 'named'), tallyOf(own, sources, 'anonymous')]
  const all = added([named, anonymous])
  const { wrong, missed, false: found } = BOUNDS[sources]
  const name = `${kind}, text of ${sources}`
  // Without the text, nothing tells where an anonymous function was moved to.
  const bounded = kind !== 'moved' || sources === 'all'
  const target = (what: string, part: number, whole: number, bound: number | undefined): Target =>
    bounded && bound !== undefined
      ? atMost(`${name}: ${what}`, part / (whole || 1), bound, share)
      : { name: `${name}: ${what}`, value: share(part / (whole || 1)), met: true }
  return [
    target('wrong', all.wrong, all.known - all.missed, wrong),
    target('wrong, named', named.wrong, named.known - named.missed, undefined),
    target('wrong, anonymous', anonymous.wrong, anonymous.known - anonymous.missed, undefined),
    target('missed, named', named.missed, named.known, missed.named),
    target('missed, anonymous', anonymous.missed, anonymous.known, missed.anonymous),
    target('alone and matched', all.false, all.alone, found),
  ]
}
