/** Flames and functions of a pair: the flames' names, tables of functions, and whether their changes add up. */
import type { Budget, Flame, FrameChange } from '../../../harness/model/flame.ts'
import { digits, signedValue, sound } from '../../../harness/words/numbers.ts'
import { clip, visible } from '../../../harness/words/text.ts'
import {
  collectorTitle,
  functionName,
  listedCollectors,
  measureOf,
  type Profiled,
  place,
  topFrames,
} from '../../shared/functions.ts'
import { linear } from '../chart.ts'
import { changeColumns, figureView } from './figure.ts'
import { ownersView } from './owners.ts'

/** Rows of one table; the flame has the other functions. */
const ROWS = 120
/** Rows for a pair without the baseline: many variants make many such pairs. */
const ROWS_BETWEEN = 40

/** @param place where the page keeps the tree of each flame */
export function flamesSection({ analysis }: Profiled, variant: string, place: ReadonlyMap<Flame, number>) {
  const flames = analysis.flames
    .filter(flame => flame.variant === variant && flame.parent.length > 0)
    .map(flame => ({
      index: place.get(flame) ?? 0,
      title: collectorTitle(flame.collector),
      nodes: flame.parent.length.toLocaleString('en-US'),
    }))
  return { flames, empty: flames.length === 0 }
}

/** @param between whether neither of the two is the baseline */
export function functionsSection(report: Profiled, variant: string, between = false) {
  const rows = between ? ROWS_BETWEEN : ROWS
  return listedCollectors(report, variant).map(collector => tableView(report, variant, collector, rows))
}

function tableView(report: Profiled, variant: string, collector: string, rows: number) {
  const { unit, per } = measureOf(report, variant, collector)
  const of = (it: FrameChange | Budget | Flame) => it.variant === variant && it.collector === collector
  const all = report.analysis.frames.filter(of)
  const shown = topFrames(report, variant, collector, rows)
  const certain = all.filter(it => it.significant).length
  const budget = report.analysis.budgets.find(of)
  const base = report.analysis.flames.find(of)?.base
  return {
    collector: visible(collector),
    title: collectorTitle(collector),
    heading: `${certain === 0 ? 'no function' : `${certain} of ${all.length} functions`} changed beyond doubt`,
    per,
    rows: shown.map(it => rowView(it, unit, base)),
    empty: shown.length === 0,
    left: all.length - shown.length,
    budget: budget ? budgetView(budget) : null,
    owners: ownersView(report, variant, collector),
  }
}

/** @param base what the change is a fraction of */
function rowView(it: FrameChange, unit: string, base: number | undefined) {
  const change = sound(it.change)
  const interval = change && base ? { low: change.low * base, high: change.high * base } : null
  return {
    ...changeColumns(it, interval, unit),
    ...clipped('name', functionName(it.function), 90),
    ...clipped('place', place(it.file, it.line), 70),
    category: it.category,
    match: visible(it.match),
    significant: it.significant,
    direction: it.change.estimate > 0 ? 'more' : 'less',
    before: figureView(it.before, unit),
    after: figureView(it.after, unit),
    totalBefore: figureView(it.totalBefore, unit),
    totalAfter: figureView(it.totalAfter, unit),
  }
}

/** What is shown, and in full what was too long to show. */
const clipped = <K extends string>(key: K, text: string, width: number) => {
  const short = clip(text, width)
  return { [key]: short, [`${key}InFull`]: short === text ? '' : text } as Record<K | `${K}InFull`, string>
}

/** Three bars on one axis: what the functions add up to, what the whole changed by, and the rest. */
function budgetView({ functions, whole, rest, unit }: Budget) {
  const figures = [functions, whole, rest]
  if (!figures.every(Number.isFinite)) return null
  const reach = Math.max(...figures.map(Math.abs)) || 1
  const x = linear(-reach, reach, 4, 316)
  const zero = x(0)
  const bar = (label: string, figure: number) => ({
    label,
    text: signedValue(figure, unit),
    x: Math.min(zero, x(figure)),
    width: Math.max(1, Math.abs(x(figure) - zero)),
    direction: figure > 0 ? 'more' : 'less',
  })
  const share = digits((functions / whole) * 100)
  return {
    zero,
    title:
      whole === 0
        ? "The whole did not change; the functions' changes cancel out"
        : `The functions' changes add up to ${share} % of the whole change`,
    bars: [
      bar('Sum over functions', functions),
      bar('Change of the whole', whole),
      bar('Small functions, other threads', rest),
    ],
  }
}
