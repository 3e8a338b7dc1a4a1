/** The report on a terminal: tables to read at a glance, in 80 columns. */
import type { Reporter } from '../harness/model/capabilities.ts'
import type { Change, Comparison, Sides, Status } from '../harness/model/comparison.ts'
import type { Finding } from '../harness/model/finding.ts'
import type { FrameChange, OwnerChange } from '../harness/model/flame.ts'
import type { Report } from '../harness/model/report.ts'
import { digits, duration, points, quantity, signedValue, sound, value } from '../harness/words/numbers.ts'
import { ownerName } from '../harness/words/owners.ts'
import { cell, clip, columns, visible, wrap } from '../harness/words/text.ts'
import { MARKS, marked } from '../harness/words/verdicts.ts'
import { responsible } from './shared/culprits.ts'
import { diagnosisLines } from './shared/diagnosis.ts'
import {
  collectorsOf,
  functionName,
  listedCollectors,
  measureOf,
  place,
  topFrames,
} from './shared/functions.ts'
import { findings, gateWords, type Pair, pairs, roundsMeasured, timeMeasured } from './shared/pairs.ts'
import { sentence } from './shared/sentence.ts'

export interface TerminalOptions {
  colour: boolean
  /** Columns; the table needs 80. */
  width: number
}

export type Paint = (style: keyof typeof STYLES, text: string) => string

const STYLES = {
  bold: 1,
  dim: 2,
  regressed: 31,
  'not reached': 31,
  improved: 36,
  fine: 32,
  inconclusive: 33,
  'not comparable': 35,
  error: 31,
  warning: 33,
  info: 36,
} as const

/** Rows of owners. */
const OWNERS = 4

/** Columns of a verdict with its shape. */
const VERDICT = 16

export const painter =
  (colour: boolean): Paint =>
  (style, text) =>
    colour ? `\u001b[${STYLES[style]}m${text}\u001b[0m` : text

/** Lines for a terminal, each ending in a line feed, none wider than `width`. */
export function renderTerminal(report: Report, { colour, width }: TerminalOptions): string {
  const paint = painter(colour)
  const room = Math.max(80, width)
  const all = pairs(report)
  return joined([
    heading(report, room, paint),
    ...(all.length > 1 ? [matrix(all, room, paint)] : []),
    ...all.map(pair => [
      ...table(pair, all.length > 1, room, paint),
      ...diagnosis(report, pair, room, paint),
      ...owners(report, pair, room, paint),
      ...functions(report, pair, room, paint),
    ]),
    gates(all, room, paint),
    notes(findings(report), room, paint),
  ])
}

/** Blocks of lines, an empty line between them. */
export const joined = (blocks: string[][]): string =>
  `${blocks
    .filter(block => block.length > 0)
    .map(block => block.join('\n'))
    .join('\n\n')}\n`

const mark = (status: Status, paint: Paint): string => paint(status, marked(status))

function heading(report: Report, width: number, paint: Paint): string[] {
  const { run, verdict } = report
  const word = marked(verdict.status)
  const extent = `${roundsMeasured(report)}, ${duration(timeMeasured(report))}`
  const name = clip(visible(run.plan.scenario), width - columns(`${word}  ${extent}`) - 4)
  const fill = ' '.repeat(width - columns(`${name}  ${word}${extent}`))
  const said = sentence(report)
    .map(({ text, name }) => (name ? clip(visible(text), 60) : text))
    .join('')
  const lines = wrap(visible(said), width)
  const causes = responsible(report).flatMap(line =>
    wrap(line, width - 2).map((text, at) => `${at === 0 ? '→' : ' '} ${text}`),
  )
  const title = `${paint('bold', name)}  ${mark(verdict.status, paint)}${fill}${paint('dim', extent)}`
  return [title, ...lines, ...causes]
}

/** Several variants: the change of each in what is gated, or in CPU per request. */
function matrix(all: Pair[], width: number, paint: Paint): string[] {
  const barWidth = 9
  const named = width - 9 - 20 - barWidth - VERDICT - 5
  const axis = reach(all.map(pair => pair.headline?.change ?? null))
  const title = clip(visible(all[0]?.headline?.title ?? ''), width - 20)
  const rows = all.map(pair => {
    const change = sound(pair.headline?.change)
    const figures = [
      cell(visible(pair.variant.label), named),
      cell(value(pair.headline?.after, pair.headline?.unit ?? ''), 9, 'right'),
      cell(changeOf(pair.headline), 20, 'right'),
      bar(change, axis, barWidth),
    ]
    return `${figures.join(' ')}  ${mark(pair.status, paint)}`
  })
  return [
    paint('dim', `${title}, against ${clip(visible(all[0]!.baseline.label), width - columns(title) - 10)}`),
    ...rows,
  ]
}

/** `−11.2 (−12.3 −10.1)`, in percent. */
function changeOf(it: Comparison | undefined): string {
  const change = sound(it?.change)
  if (!change) return '–'
  if (it?.exact) return change.estimate === 0 ? 'equal' : points(change.estimate)
  return `${points(change.estimate)} (${points(change.low)} ${points(change.high)})`
}

function table(pair: Pair, titled: boolean, width: number, paint: Paint): string[] {
  const shown = pair.comparisons.filter(it => !it.secondary || it.verdict === 'regressed')
  if (shown.length === 0) return []
  const axis = reach([pair.headline?.change ?? null])
  const barWidth = width >= 100 ? 15 : 7
  const head = ['before', 'after', 'change, %']
  const rows = shown.map(it => [value(it.before, it.unit), value(it.after, it.unit), changeOf(it)])
  const widths = head.map((text, i) => Math.max(columns(text), ...rows.map(row => columns(row[i]!))))
  const figures = (row: string[]) => row.map((text, i) => cell(text, widths[i]!, 'right')).join(' ')
  const verdicts = Math.max(...shown.map(it => columns(marked(it.verdict))))
  const named = Math.min(30, width - widths.reduce((a, b) => a + b, 0) - barWidth - verdicts - 5)
  const lines = shown.map((it, i) => {
    const drawn = it.exact || !sound(it.change) ? ' '.repeat(barWidth) : bar(it.change, axis, barWidth)
    return `${cell(visible(it.title), named, 'left', 'end')} ${figures(rows[i]!)} ${drawn} ${mark(it.verdict, paint)}`
  })
  const opening = titled ? [paint('bold', against(pair, width))] : []
  return [...opening, paint('dim', `${cell('', named)} ${figures(head)}`), ...lines]
}

function against(pair: Pair, width: number): string {
  const half = Math.floor((width - 10) / 2)
  return `${clip(visible(pair.variant.label), half)} against ${clip(visible(pair.baseline.label), half)}`
}

/** Functions that changed beyond doubt; if none did, the largest changes, marked as not sure. */
function functions(report: Report, pair: Pair, width: number, paint: Paint): string[] {
  return listedCollectors(report, pair.variant.id).flatMap(collector => {
    const { unit, per } = measureOf(report, pair.variant.id, collector)
    const top = topFrames(report, pair.variant.id, collector, 5)
    const sure = top.filter(frame => frame.significant)
    const largest = top.filter(frame => frame.after !== frame.before).slice(0, 3)
    const head = `Functions, ${visible(collector)}, self ${per}`
    const doubt = sure.length > 0 ? '' : `: no sure change${largest.length > 0 ? ', the largest are' : ''}`
    const rows = (sure.length > 0 ? sure : largest).map(it => functionRow(it, unit, width, paint))
    return ['', paint('dim', head + doubt), ...rows]
  })
}

function functionRow(it: FrameChange, unit: string, width: number, paint: Paint): string {
  const where = clip(place(it.file, it.line), 30)
  const name = clip(functionName(it.function), width - 34 - columns(where))
  const row = `${changeCells(it, unit, paint)}  ${name}`
  return where ? `${row} ${paint('dim', where)}` : row
}

function changeCells(it: FrameChange | OwnerChange, unit: string, paint: Paint): string {
  const status = !it.significant ? 'inconclusive' : it.change.estimate > 0 ? 'regressed' : 'improved'
  const start = `${MARKS[status].shape} ${cell(signedValue(it.after - it.before, unit), 12, 'right')}`
  return `${paint(status, start)}  ${cell(sidesOf(it, unit), 15, 'right')}`
}

/** What limits both sides, and what made the difference. */
function diagnosis(report: Report, pair: Pair, width: number, paint: Paint): string[] {
  const lines = diagnosisLines(report, pair)
  if (lines.length === 0) return []
  const names = lines.map(({ who }) => clip(who, 20))
  const indent = Math.max(...names.map(columns)) + 2
  const texts = lines.flatMap(({ text, advice }, at) =>
    labelled(paint, 'bold', names[at]!, [text, ...(advice ? [`→ ${advice}`] : [])], { width, indent }),
  )
  return ['', paint('dim', 'Where the time of a request goes'), ...texts]
}

/** Whose code changed beyond doubt, in the first collector; the page has all owners. */
function owners(report: Report, pair: Pair, width: number, paint: Paint): string[] {
  const { id } = pair.variant
  const [collector] = collectorsOf(report, id)
  const sure = report.analysis.owners
    .filter(it => it.variant === id && it.collector === collector && it.significant)
    .slice(0, OWNERS)
  if (sure.length === 0) return []
  const { unit, per } = measureOf(report, id, collector!)
  const rows = sure.map(it => `${changeCells(it, unit, paint)}  ${clip(ownerName(it), width - 33)}`)
  return ['', paint('dim', `By owner, ${visible(collector!)}, self ${per}`), ...rows]
}

/** Short numbers go without a unit, as the change next to them has it. */
function sidesOf({ before, after }: Sides, unit: string): string {
  const short = `${digits(before)} → ${digits(after)}`
  if (columns(short) <= 15) return short
  const [from, to] = [quantity(before, unit), quantity(after, unit)]
  return `${from.unit === to.unit ? from.figure : value(before, unit)} → ${value(after, unit)}`
}

function gates(all: Pair[], width: number, paint: Paint): string[] {
  const lines = all.flatMap(pair =>
    pair.gates.flatMap(verdict => {
      const { gate, status, reason } = verdict
      const { title, limit } = gateWords(verdict, pair.comparisons)
      const level = gate.level === 'warn' ? ' (warns only)' : ''
      const who = all.length > 1 ? `${clip(visible(pair.variant.label), 30)}, ` : ''
      const text = `${who}${visible(title)} ${limit}${level}. ${visible(reason)}`
      return labelled(paint, status, marked(status), [text], { width, indent: VERDICT + 2 })
    }),
  )
  return lines.length > 0 ? [paint('dim', 'Gates'), ...lines] : []
}

/** Findings, in the order in which they are given. */
export function notes(all: Finding[], width: number, paint: Paint): string[] {
  const signs = { error: '✖ error', warning: '! warning', info: 'i info' }
  const lines = all.flatMap(({ severity, message, advice }) => {
    const texts = [visible(message), ...(advice ? [visible(`→ ${advice}`)] : [])]
    return labelled(paint, severity, signs[severity], texts, { width, indent: 11 })
  })
  return lines.length > 0 ? [paint('dim', 'Findings'), ...lines] : []
}

/** Texts next to a label, all their lines beginning at the indent. */
function labelled(
  paint: Paint,
  style: keyof typeof STYLES,
  label: string,
  texts: string[],
  { width, indent }: { width: number; indent: number },
): string[] {
  const [first = '', ...rest] = texts.flatMap(text => wrap(text, width - indent))
  const gap = ' '.repeat(indent - columns(label))
  return [paint(style, label) + gap + first, ...rest.map(line => ' '.repeat(indent) + line)]
}

/** Half-width of an axis, as a fraction, on which the given changes can be told apart. */
function reach(changes: (Change | null)[]): number {
  const ends = changes.flatMap(change => {
    const it = sound(change)
    return it ? [Math.max(Math.abs(it.low), Math.abs(it.high))] : []
  })
  return Math.max(0.02, ...ends)
}

/** `  ├●┤ ┊    `: zero in the middle, `‹` and `›` where the interval leaves the axis. */
function bar(change: Change | null, reach: number, width: number): string {
  const cells = Array.from({ length: width }, () => ' ')
  const place = (x: number) => Math.round(((x / reach + 1) / 2) * (width - 1))
  const inside = (i: number) => Math.min(width - 1, Math.max(0, i))
  cells[place(0)] = '┊'
  const it = sound(change)
  if (!it) return cells.join('')
  const [from, to] = [place(it.low), place(it.high)]
  for (let i = inside(from); i <= inside(to); i++) cells[i] = '─'
  cells[inside(from)] = from < 0 ? '‹' : '├'
  cells[inside(to)] = to >= width ? '›' : '┤'
  cells[inside(place(it.estimate))] = '●'
  return cells.join('')
}

/** For standard output, without colour, in 80 columns. */
const reporter: Reporter = {
  name: 'terminal',
  render: report => [{ path: '', content: renderTerminal(report, { colour: false, width: 80 }) }],
}

export default reporter
