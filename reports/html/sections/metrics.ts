/** The metrics table: before and after, and a forest plot of each change with every round in it. */
import type { Change, Comparison } from '../../../harness/model/comparison.ts'
import { interval, signedPercent, sound } from '../../../harness/words/numbers.ts'
import { clip, visible } from '../../../harness/words/text.ts'
import type { Pair } from '../../shared/pairs.ts'
import { linear, type Scale, ticks } from '../chart.ts'
import { changeView, figureView } from './figure.ts'
import { verdictView } from './verdict.ts'

const WIDTH = 360
const EDGE = 28
/** A narrower band cannot be seen next to its line. */
const VISIBLE = 4

export function metricsView(pair: Pair) {
  const reach = axisReach(pair)
  const place = linear(-reach, reach, EDGE, WIDTH - EDGE)
  const rows = pair.comparisons.map(it => rowView(it, pair, place))
  return {
    title: title(pair),
    width: WIDTH,
    zero: place(0),
    ticks: ticks(-reach, reach, 4).map(x => ({ x: place(x), text: x === 0 ? '0' : mark(x) })),
    rows: rows.filter(row => !row.secondary),
    more: rows.filter(row => row.secondary),
    margin: rows.some(({ plot }) => plot?.margin),
    tinted: rows.some(({ plot }) => plot?.margin && plot.margin.width >= VISIBLE),
    before: parts(pair.baseline.label),
    after: parts(pair.variant.label),
    empty: rows.length === 0,
  }
}

/** A label breaks before its version, not in the middle of it. */
const parts = (label: string): string[] => clip(visible(label), 60).split(/(?<=.)(?=@)/)

const mark = (x: number): string => signedPercent(x).replace('.0 ', ' ')

function title(pair: Pair): string {
  const judged = pair.comparisons.filter(it => sound(it.change))
  const moved = judged.filter(it => it.verdict === 'regressed' || it.verdict === 'improved')
  if (judged.every(it => it.exact)) return 'Nothing could be compared'
  return `${moved.length} of ${judged.length} metrics moved beyond doubt`
}

/**
 * The axis belongs to the metric that the verdict is about: another one that changed tenfold must not squeeze it into
 * a line. An interval that does not fit leaves the plot as an arrow.
 */
function axisReach(pair: Pair): number {
  const ends = (it: Comparison | undefined) => {
    const change = it?.exact ? null : sound(it?.change)
    return change ? Math.max(Math.abs(change.low), Math.abs(change.high)) : 0
  }
  const margins = pair.gates.map(gate => gate.gate.margin ?? 0)
  const headline = Math.max(ends(pair.headline), ...margins, 0.02)
  const most = Math.max(...pair.comparisons.filter(it => !it.secondary).map(ends), headline)
  return Math.min(most, headline * 2.5) * 1.1
}

function rowView(it: Comparison, pair: Pair, place: Scale) {
  const change = sound(it.change)
  const gate = pair.gates.find(({ gate }) => gate.metric === it.metric)?.gate
  return {
    title: visible(it.title),
    gated: gate !== undefined,
    secondary: it.secondary,
    exact: it.exact,
    before: figureView(it.before, it.unit),
    after: figureView(it.after, it.unit),
    change: changeView(it),
    interval: it.exact ? 'compared exactly' : change && interval(change),
    better: it.better === 'lower' ? 'lower is better' : 'higher is better',
    verdict: verdictView(it.verdict),
    plot: change && !it.exact ? plotView(it, change, gate?.margin, place) : null,
  }
}

function plotView(it: Comparison, change: Change, margin: number | undefined, place: Scale) {
  const inside = (x: number) => Math.min(WIDTH - 2, Math.max(2, place(x)))
  const within = (x: number) => place(x) >= 2 && place(x) <= WIDTH - 2
  const worse = it.better === 'lower' ? 1 : -1
  return {
    label: `${visible(it.title)}: ${signedPercent(change.estimate)}, interval ${interval(change)}`,
    low: inside(change.low),
    high: inside(change.high),
    estimate: within(change.estimate) ? place(change.estimate) : null,
    leavesLeft: place(change.low) < 2,
    leavesRight: place(change.high) > WIDTH - 2,
    margin: margin === undefined ? null : band(place(0), inside(worse * margin)),
    dots: it.ratios.flatMap((ratio, round) => {
      const change = ratio === null ? Number.NaN : Math.expm1(ratio)
      // Rounds go down in their order, so that a drift shows as a slope.
      const y = 19 + Math.round((round * 12) / Math.max(1, it.ratios.length - 1))
      return within(change)
        ? [{ x: place(change), y, label: `round ${round + 1}: ${signedPercent(change)}` }]
        : []
    }),
  }
}

const band = (a: number, b: number) => ({ x: Math.min(a, b), width: Math.abs(b - a), edge: b })
