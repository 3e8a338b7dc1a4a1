/** The one sentence that a reader takes away. */
import type { Comparison, Status } from '../../harness/model/comparison.ts'
import type { LatencyCurve, Report } from '../../harness/model/report.ts'
import { counted, interval, magnitude, percent, sound, value } from '../../harness/words/numbers.ts'
import { tallied } from '../../harness/words/verdicts.ts'
import { baselineOf, MAIN_METRIC, measured, type Pair, pairs, variantsOf } from './pairs.ts'

/** Running text; a `name` was chosen by a user and is set apart. */
export interface Part {
  text: string
  name?: true
}

/** The sentence as plain text. */
export const plain = (parts: Part[]): string => parts.map(part => part.text).join('')

/** What the run says, in the fewest words that are still true. */
export function sentence(report: Report): Part[] {
  const all = pairs(report)
  const ending = endingOf(report)
  const { unusable, status } = report.verdict
  if (unusable !== undefined) {
    if (all.length > 1) return [...ending, { text: `${unusable} ` }, ...tally(all)]
    // That so much went wrong may be the regression.
    const opening =
      status === 'regressed' ? 'Its cost cannot be compared: ' : 'There is nothing to conclude: '
    return [...ending, { text: opening + lower(unusable) }]
  }
  if (variantsOf(report).length === 1)
    return [
      ...ending,
      { text: baselineOf(report).label, name: true },
      { text: ' was measured alone, so there is nothing to compare it with yet.' },
    ]
  if (!measured(report)) return [...ending, { text: 'Nothing was measured, so there is nothing to compare.' }]
  const [only] = all
  if (only && all.length === 1)
    return [...ending, ...pairSentence(only), { text: unmovedSteps(report, only) + shifted(report, only) }]
  return [...ending, ...tally(all)]
}

function endingOf({ run }: Report): Part[] {
  const saved = `with ${counted(run.rounds.length, 'round')} saved. `
  if (run.ending === 'failed') return [{ text: `The run failed ${saved}` }]
  if (run.ending === 'interrupted') return [{ text: `The run was interrupted ${saved}` }]
  return []
}

/** Errors, statuses and sizes of answers have no interval. */
const EXACTLY = 'compared exactly'

/** `B needs 11 % less CPU per request than A (95 % interval …).` */
export function pairSentence(pair: Pair): Part[] {
  const who: Part = { text: pair.variant.label, name: true }
  const than: Part = { text: pair.baseline.label, name: true }
  const it = pair.headline
  const change = sound(it?.change)
  if (!it || !change) {
    const both = it !== undefined && it.before !== null && it.after !== null
    const why = both ? 'an interval takes at least two rounds' : 'no round measured both'
    return [who, { text: ' cannot be compared with ' }, than, { text: `: ${why}.` }]
  }
  const level = `${percent(change.confidence)} interval`
  const words = phrase(it)
  if (change.low > 0 || change.high < 0) {
    const verb = it.verdict === 'inconclusive' ? words.unsure : words.sure
    const text = ` ${verb} ${magnitude(change.estimate)} ${change.estimate > 0 ? words.more : words.less} ${words.what} than `
    const [near, far] = [change.low, change.high].toSorted((a, b) => Math.abs(a) - Math.abs(b)).map(magnitude)
    const range = it.exact ? EXACTLY : `${level} ${near!.replace(' %', '')} … ${far}`
    return [who, { text }, than, { text: ` (${range})${reservation(it.verdict, pair)}.` }]
  }
  const open = pair.status === 'inconclusive'
  return [
    { text: open ? 'This run cannot tell whether ' : 'No difference seen between ' },
    who,
    { text: ' and ' },
    than,
    {
      text: ` ${open ? 'differ ' : ''}in ${words.what} (${it.exact ? EXACTLY : `${level} ${interval(change)}`}).`,
    },
  ]
}

/** What keeps a change that was seen from being a verdict. */
function reservation(status: Status, pair: Pair): string {
  if (status === 'inconclusive') return ', which is not enough to decide'
  const margin = pair.gates.find(it => it.gate.metric === pair.headline?.metric)?.gate.margin
  const size = Math.abs(pair.headline?.change?.estimate ?? 0)
  return status === 'fine' && margin !== undefined && size < margin
    ? `, within the margin of ${percent(margin)}`
    : ''
}

function phrase(it: Comparison) {
  if (it.metric === MAIN_METRIC)
    return { sure: 'needs', unsure: 'seems to need', more: 'more', less: 'less', what: 'CPU per request' }
  return { sure: 'has', unsure: 'seems to have', more: 'higher', less: 'lower', what: lower(it.title) }
}

/** Titles are in sentence case; an abbreviation keeps its capitals. */
const lower = (title: string): string =>
  /^[A-Z][a-z]/.test(title) ? title[0]!.toLowerCase() + title.slice(1) : title

function tally(all: Pair[]): Part[] {
  const first = firstToKnow(all)
  return [
    { text: `${all.length} variants against ` },
    { text: all[0]?.baseline.label ?? '', name: true },
    { text: `: ${tallied(all.map(pair => pair.status))}.` },
    ...(first ? [{ text: ' ' }, ...pairSentence(first)] : []),
  ]
}

/** What a reader has to know first: the worst regression, or else the best improvement. */
function firstToKnow(all: Pair[]): Pair | undefined {
  const size = (pair: Pair) => Math.abs(sound(pair.headline?.change)?.estimate ?? 0)
  const largest = all.toSorted((a, b) => size(b) - size(a))
  return (
    largest.find(pair => pair.status === 'regressed') ??
    largest.find(pair => pair.status === 'improved') ??
    (all.every(pair => pair.status === 'not comparable') ? all[0] : undefined)
  )
}

/** ` 2 of 4 steps answer no faster.`, by their medians; empty if all do or if that is unknown. */
function unmovedSteps({ analysis }: Report, pair: Pair): string {
  const change = sound(pair.headline?.change)
  if (!change || analysis.loaderLimited || (change.low <= 0 && change.high >= 0)) return ''
  const worse = pair.headline?.better === 'lower' ? change.estimate > 0 : change.estimate < 0
  const medians = (variant: string) =>
    new Map(
      analysis.latency.filter(it => it.variant === variant && isStep(it)).map(it => [it.step, median(it)]),
    )
  const [before, after] = [medians(pair.baseline.id), medians(pair.variant.id)]
  const unmoved = [...before].filter(([step, from]) => {
    const to = after.get(step)
    return !from || !to || (worse ? to.low <= from.high : to.high >= from.low)
  })
  if (before.size < 2 || unmoved.length === 0) return ''
  return ` ${unmoved.length} of ${before.size} steps answer no ${worse ? 'slower' : 'faster'}.`
}

/** ` Every request takes 1.00 ms more (0.95 to 1.05), …`; empty unless that describes the change of latency best. */
function shifted({ analysis }: Report, { variant, baseline }: Pair): string {
  const found = analysis.shifts?.find(it => it.variant === variant.id && it.baseline === baseline.id)
  if (found?.kind !== 'shift') return ''
  const { estimate, low, high } = found.shift
  const [nearest, farthest] = [low, high].map(Math.abs).toSorted((a, b) => a - b)
  const [size, least, most] = [value(Math.abs(estimate), 'µs'), value(nearest!, 'µs'), value(farthest!, 'µs')]
  return ` Fast and slow requests alike take ${size} ${estimate > 0 ? 'more' : 'less'} (${least} to ${most}).`
}

const isStep = ({ step, kind, phase }: LatencyCurve): boolean =>
  step !== 'all' && kind !== 'uncorrected' && phase === undefined

/** Its value, and its extremes over rounds. */
const median = ({ points }: LatencyCurve) => points.find(({ percentile }) => percentile === 50)
