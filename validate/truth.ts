/** Real versions of npm packages: what Flamegate says of a pair, against a measurement without it in the same session. */
import { join } from 'node:path'
import { signedPercent, sound } from '../harness/words/numbers.ts'
import { type Context, type Experiment, ROOT, type Target } from './experiment.ts'
import { flamegate, type ReportDocument } from './flamegate.ts'
import { printTable, tableOf } from './print.ts'
import { type Independent, measureIndependently } from './truth/independent.ts'
import { PAIRS, type Pair } from './truth/pairs.ts'

/** The pairs of a quick run: a regression with a reason, an improvement, and a small one. */
const QUICK = ['jsonwebtoken', 'uuid', 'dayjs']
const FULL = { seconds: 60, limits: { seconds: 30, warmup: 4, counted: 2 } }
const LITTLE = { seconds: 30, limits: { seconds: 20, warmup: 3, counted: 1 } }
const SCENARIO = 'validate/truth/services.scenario.ts'

/** How far Flamegate may be from the truth: a share of it, or µs per request. */
const SHARE = 0.25
const MICROSECONDS = 1
/** A change of less than this share is none, and must not be called one. */
const NONE = 0.01
/** Share of the changed pairs whose package must be named first. */
const NAMED = 0.9

interface Seen {
  pair: Pair
  truth: Independent
  report: ReportDocument
}

const truth: Experiment = {
  shows:
    'Pairs of package versions with a known change in speed: direction, size and culprit (nine minutes; quick: three pairs).',
  flags: { pairs: { value: 'NAMES', help: 'these packages only, by the names of their services' } },
  async *run(context) {
    const services = context.quick ? QUICK : PAIRS.map(({ service }) => service)
    const chosen = context.flags.among(
      'pairs',
      PAIRS.map(({ service }) => service),
    )
    const all: Seen[] = []
    for (const pair of PAIRS) {
      if (!(context.flags.text('pairs') === undefined ? services : chosen).includes(pair.service)) continue
      const seen = await look(pair, context)
      all.push(seen)
      yield* targetsOf(seen)
    }
    printTable(tableOf('CPU per request', all, COLUMNS))
    const changed = all.filter(it => !isNone(it.truth))
    const named = changed.filter(isNamed).length
    if (changed.length > 0)
      yield {
        name: 'the changed package is named first',
        value: `${named} of ${changed.length}`,
        bound: `at least ${Math.ceil(NAMED * changed.length)}`,
        met: named >= Math.ceil(NAMED * changed.length),
      }
  },
}

export default truth

async function look(pair: Pair, { quick, folder, signal }: Context): Promise<Seen> {
  const { seconds, limits } = quick ? LITTLE : FULL
  const [before, after] = [pair.before, pair.after].map(version => `${pair.package}@${version}`) as [
    string,
    string,
  ]
  const output = join(folder, pair.service)
  const report = await flamegate(
    ['compare-packages', before, after, SCENARIO, '--max-time', `${seconds}s`, '--output', output],
    { environment: { TRUTH_SERVICE: pair.service }, signal },
  )
  const sideOf = (spec: string) => ({
    service: pair.service,
    modules: join(ROOT, '.bench', 'cache', 'packages', spec.replaceAll('/', '+'), 'package.json'),
  })
  const truth = await measureIndependently(sideOf(before), sideOf(after), limits, signal)
  return { pair, truth, report }
}

const isNone = ({ ratio }: Independent): boolean => Math.abs(ratio - 1) < NONE

const comparisonOf = ({ report }: Seen) =>
  report.comparisons.find(({ metric }) => metric === 'cpu.perRequest')

const estimateOf = (seen: Seen): number => sound(comparisonOf(seen)?.change)?.estimate ?? Number.NaN

const statusOf = ({ report }: Seen) =>
  report.gates.find(({ metric }) => metric === 'cpu.perRequest')?.status ?? '–'

/** The owner of the function that is named first, or of most of the change where no few functions hold it. */
const firstOf = ({ report }: Seen): string =>
  ownerOf(report.culprits.find(({ collector }) => collector === 'cpu')) ??
  report.owners.find(({ collector }) => collector === 'cpu')?.owner ??
  '–'

/** A sentence about the application's call of a package names the package. */
const ownerOf = (culprit: ReportDocument['culprits'][number] | undefined): string | undefined =>
  culprit?.owner === 'application' ? (culprit.cause.owner ?? culprit.owner) : culprit?.owner

const isNamed = (seen: Seen): boolean => firstOf(seen) === seen.pair.package

const COLUMNS: Record<string, (seen: Seen) => string> = {
  pair: ({ pair }) => `${pair.package} ${pair.before} → ${pair.after}`,
  truth: ({ truth }) =>
    `${signedPercent(truth.ratio - 1)} (${signedPercent(truth.low - 1)} to ${signedPercent(truth.high - 1)})`,
  Flamegate: seen => signedPercent(estimateOf(seen)),
  verdict: statusOf,
  'named first': firstOf,
}

function targetsOf(seen: Seen): Target[] {
  const { pair, truth } = seen
  const name = `${pair.package} ${pair.before} → ${pair.after}`
  const status = statusOf(seen)
  if (isNone(truth)) {
    const value = `${status}, truth ${signedPercent(truth.ratio - 1)}`
    return [
      {
        name: `${name}: verdict`,
        value,
        bound: 'fine or inconclusive',
        met: status === 'fine' || status === 'inconclusive',
      },
    ]
  }
  const estimate = estimateOf(seen)
  const off = Math.abs(estimate - (truth.ratio - 1))
  const near =
    off <= SHARE * Math.abs(truth.ratio - 1) ||
    off * (comparisonOf(seen)?.before ?? Number.NaN) <= MICROSECONDS
  // The truth is known to an interval only.
  const within = estimate >= truth.low - 1 && estimate <= truth.high - 1
  return [
    {
      name: `${name}: direction`,
      value: `${signedPercent(estimate)}, ${status}`,
      bound: truth.ratio > 1 ? 'more' : 'less',
      met:
        Math.sign(estimate) === Math.sign(truth.ratio - 1) &&
        status !== (truth.ratio > 1 ? 'improved' : 'regressed'),
    },
    {
      name: `${name}: size`,
      value: signedPercent(estimate),
      bound: `${signedPercent(truth.ratio - 1)} (${signedPercent(truth.low - 1)} to ${signedPercent(truth.high - 1)}) to a quarter or ${MICROSECONDS} µs`,
      met: near || within,
    },
  ]
}
