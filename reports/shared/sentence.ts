/** The one sentence that a reader takes away. */
import type { Comparison, Report, Status } from '../../harness/model/report.ts'
import { interval, magnitude, sound } from '../../harness/words/numbers.ts'
import { measured, type Pair, pairs } from './pairs.ts'
import { unmovedSteps } from './steps.ts'

/** Running text; a `name` was chosen by a user and is set apart. */
export interface Part {
  text: string
  name?: true
}

/** What the run says, in the fewest words that are still true. */
export function sentence(report: Report): Part[] {
  const all = pairs(report)
  const ending = endingOf(report)
  const { unusable } = report.verdict
  if (unusable !== undefined) {
    if (all.length > 1) return [...ending, { text: `${unusable} ` }, ...tally(all)]
    // That so much went wrong may be the regression.
    const regressed = report.verdict.status === 'regressed'
    const opening = regressed ? 'What it costs cannot be compared: ' : 'There is nothing to conclude: '
    return [...ending, { text: opening + lower(unusable) }]
  }
  if (report.run.plan.variants.length === 1)
    return [
      ...ending,
      { text: report.run.plan.variants[0]!.label, name: true },
      { text: ' was measured alone: there is nothing to compare it with yet.' },
    ]
  if (!measured(report))
    return [...ending, { text: 'No figure was measured, so there is nothing to compare.' }]
  const [only] = all
  if (only && all.length === 1)
    return [...ending, ...pairSentence(only), { text: unmovedSteps(report, only) }]
  return [...ending, ...tally(all)]
}

function endingOf(report: Report): Part[] {
  const { ending, rounds } = report.run
  const saved = `${rounds.length} round${rounds.length === 1 ? '' : 's'} had been saved. `
  if (ending === 'failed') return [{ text: `The run failed; ${saved}` }]
  if (ending === 'interrupted') return [{ text: `The run was interrupted; ${saved}` }]
  return []
}

/** What has no interval: errors, statuses and bytes of answers. */
const EXACTLY = 'compared exactly'

/** `B needs 11 % less CPU per request than A (95 % interval …).` */
export function pairSentence(pair: Pair): Part[] {
  const who: Part = { text: pair.variant.label, name: true }
  const than: Part = { text: pair.baseline.label, name: true }
  const it = pair.headline
  const change = sound(it?.change)
  if (!it || !change) {
    const both = it !== undefined && it.before !== null && it.after !== null
    const why = both ? 'an interval takes two rounds at least' : 'no round carries the figures of both'
    return [who, { text: ' cannot be compared with ' }, than, { text: `: ${why}.` }]
  }
  const level = Math.round(change.confidence * 100)
  if (change.low > 0 || change.high < 0) {
    const [sure, unsure, more, less, what] = phrase(it)
    const open = it.verdict === 'inconclusive'
    const text = ` ${open ? unsure : sure} ${magnitude(change.estimate)} ${change.estimate > 0 ? more : less} ${what} than `
    const ends = [change.low, change.high].toSorted((a, b) => Math.abs(a) - Math.abs(b)).map(magnitude)
    const range = it.exact ? EXACTLY : `${level} % interval ${ends[0]!.replace(' %', '')} … ${ends[1]}`
    return [who, { text }, than, { text: ` (${range})${reservation(it.verdict, pair)}.` }]
  }
  const [, , , , what] = phrase(it)
  const opening =
    pair.status === 'inconclusive' ? 'It cannot be told yet whether ' : 'No difference seen between '
  const closing = pair.status === 'inconclusive' ? ` differ in ${what}` : ` in ${what}`
  return [
    { text: opening },
    who,
    { text: ' and ' },
    than,
    { text: `${closing} (${it.exact ? EXACTLY : `${level} % interval ${interval(change)}`}).` },
  ]
}

/** What keeps a change that was seen from being a verdict. */
function reservation(status: Status, pair: Pair): string {
  const margin = pair.gates.find(it => it.gate.metric === pair.headline?.metric)?.gate.margin
  if (status === 'inconclusive') return ', which is not enough to decide'
  return status === 'fine' && margin !== undefined ? `, inside the margin of ${magnitude(margin)}` : ''
}

/** Verb when sure and when not, words for more and less, and what it is that there is more or less of. */
function phrase(it: Comparison): [string, string, string, string, string] {
  if (it.metric === 'cpu.perRequest') return ['needs', 'seems to need', 'more', 'less', 'CPU per request']
  return ['has', 'seems to have', 'higher', 'lower', lower(it.title)]
}

/** Titles are sentence case; an abbreviation keeps its capitals. */
const lower = (title: string): string =>
  /^[A-Z][a-z]/.test(title) ? title[0]!.toLowerCase() + title.slice(1) : title

function tally(all: Pair[]): Part[] {
  const baseline: Part = { text: all[0]?.baseline.label ?? '', name: true }
  const groups = Object.entries(Object.groupBy(all, pair => pair.status))
  const counts = groups.map(([status, group]) => `${group?.length} ${status}`).join(', ')
  const opening: Part[] = [
    { text: `Of ${all.length} variants against ` },
    baseline,
    { text: `: ${counts}. ` },
  ]
  const told = worthTelling(all)
  return told ? [...opening, ...pairSentence(told)] : opening
}

/** What a reader has to know first: the worst regression, or else the best improvement. */
function worthTelling(all: Pair[]): Pair | undefined {
  const size = (pair: Pair) => Math.abs(sound(pair.headline?.change)?.estimate ?? 0)
  const largest = all.toSorted((a, b) => size(b) - size(a))
  return (
    largest.find(pair => pair.status === 'regressed') ??
    largest.find(pair => pair.status === 'improved') ??
    (all.every(pair => pair.status === 'not comparable') ? all[0] : undefined)
  )
}

/** The sentence as plain text. */
export const plain = (parts: Part[]): string => parts.map(part => part.text).join('')
