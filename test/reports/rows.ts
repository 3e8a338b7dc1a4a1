/**
 * Rows of a before, an after and a change, read from what a reporter printed. A number that was printed stands for every
 * number that would have been printed the same, so two numbers agree where their ranges meet.
 */
import type { Sides } from '../../harness/model/comparison.ts'

export interface Range {
  low: number
  high: number
}

export interface Row extends Sides<Range> {
  /** The line, for messages. */
  text: string
  /** After less before, as a fraction of before or of `whole`; `null` where none is printed. */
  change: Range | null
  /** Ends of the interval of the change, each a range. */
  interval: [Range, Range] | null
}

const UNITS: Record<string, number> = {
  ns: 1e-3,
  µs: 1,
  ms: 1e3,
  s: 1e6,
  B: 1,
  KiB: 2 ** 10,
  MiB: 2 ** 20,
  GiB: 2 ** 30,
  '/s': 1,
  '%': 0.01,
}

const NUMBER = String.raw`[+−]?[\d,]+(?:\.\d+)?`
export const VALUE = String.raw`(?:–|${NUMBER}(?: (?:ns|µs|ms|s|B|KiB|MiB|GiB|\/s|%))?)`

/** `1,234 µs`, in µs, bytes or as a fraction. Half of the last digit is unknown. */
export function rangeOf(text: string, unit = ''): Range {
  const [figure, own] = text.split(/[ \u00a0]/) as [string, string | undefined]
  const plain = figure.replaceAll(',', '').replace('−', '-')
  const factor = UNITS[own ?? unit] ?? 1
  const half = 0.5 * 10 ** -(plain.split('.')[1]?.length ?? 0)
  return around(Number(plain) * factor, half * factor)
}

/** `495`, `1,204 µs`, with four digits at most and no zeros at the end. */
export function preciseRangeOf(text: string): Range {
  const x = Math.abs(Number(text.split(' ')[0]!.replaceAll(',', '').replace('−', '-')))
  const half = x >= 1000 || x === 0 ? 0.5 : 0.5 * 10 ** (Math.floor(Math.log10(x)) - 3)
  return around(x, x === 0 ? 0 : half)
}

/** A little more, for the rounding of the arithmetic. */
const around = (x: number, half: number): Range => {
  const more = half + Math.abs(x) * 1e-12
  return { low: x - more, high: x + more }
}

/** `+3.4 %`, `+3.4`: a fraction. */
const percentRange = (text: string): Range => rangeOf(text.replace(/[ \u00a0]?%/, ''), '%')

export const meet = (a: Range, b: Range): boolean => a.low <= b.high && b.low <= a.high

const difference = (a: Range, b: Range): Range => ({ low: a.low - b.high, high: a.high - b.low })

function product(a: Range, b: Range): Range {
  const all = [a.low * b.low, a.low * b.high, a.high * b.low, a.high * b.high]
  return { low: Math.min(...all), high: Math.max(...all) }
}

/** Whether after / before can be one plus the change. */
export function isRatio({ before, after, change }: Row): boolean {
  if (!change) return true
  // Nothing, twice, is no change.
  if (before.high <= 0) return after.high <= 0 && meet(change, { low: 0, high: 0 })
  const low = Math.max(0, after.low) / before.high
  const high = before.low > 0 ? after.high / before.low : Number.POSITIVE_INFINITY
  return meet({ low, high }, { low: 1 + change.low, high: 1 + change.high })
}

/** Whether after − before can be the change's share of the whole. */
export const isShareOf = ({ before, after, change }: Row, whole: Range): boolean =>
  !change || meet(difference(after, before), product(whole, change))

/** Whether `after − before` can be the difference that stands beside them. */
export const isDifference = ({ before, after }: Sides<Range>, beside: Range): boolean =>
  meet(difference(after, before), beside)

/** Whether the interval can contain the change. */
export const holds = ({ change, interval }: Row): boolean =>
  !change || !interval || (interval[0].low <= change.high && change.low <= interval[1].high)

function intervalOf(text: string, between: RegExp): [Range, Range] | null {
  const ends = text.replace(/[ \u00a0]?%/, '').split(between)
  if (ends.length !== 2) return null
  return ends.map(percentRange) as [Range, Range]
}

function rowOf(text: string, before: string, after: string, change: string, interval = ''): Row | null {
  if (before === '–' || after === '–') return null
  const known = /\d/.test(change)
  return {
    text,
    before: rangeOf(before),
    after: rangeOf(after),
    change: known ? percentRange(change) : change === 'equal' ? { low: 0, high: 0 } : null,
    interval: known ? intervalOf(interval, / ?… ?| (?=[+−\d])/) : null,
  }
}

const found = (rows: (Row | null)[]): Row[] => rows.filter(row => row !== null)

const TERMINAL_METRIC = new RegExp(
  String.raw`^\S.*? +(${VALUE}) +(${VALUE}) +(equal|–|${NUMBER})(?: \(([^)]*)\))? .*[▲△▼●◇⊘] [a-z ]+$`,
)

/** Rows of metrics on a terminal. */
export const terminalMetrics = (text: string): Row[] =>
  found(
    text.split('\n').map(line => {
      const [, before, after, change, interval] = TERMINAL_METRIC.exec(line) ?? []
      return before && after && change ? rowOf(line, before, after, change, interval) : null
    }),
  )

const TERMINAL_FUNCTION = new RegExp(
  String.raw`^[▲▼◇] +(${VALUE}) +(${NUMBER}(?: \S+)?) → (${NUMBER})(?: (\S+))? {2}`,
)

/** Rows of functions on a terminal: both sides and their difference, in µs or bytes. */
export function terminalFunctions(text: string): (Sides<Range> & { text: string; beside: Range })[] {
  return text.split('\n').flatMap(line => {
    const [, beside, before, after, unit = ''] = TERMINAL_FUNCTION.exec(line) ?? []
    if (!beside || !before || !after) return []
    return [
      { text: line, beside: rangeOf(beside), before: rangeOf(before, unit), after: rangeOf(after, unit) },
    ]
  })
}

/** Rows of tables whose head has `before`, `after` and a change, with the cells of each. */
export function markdownRows(text: string, change: 'change' | 'of the whole'): (Row & { table: string })[] {
  const lines = text.split('\n')
  let head: string[] = []
  let table = ''
  return lines.flatMap(line => {
    table = /Functions, (\S+),/.exec(line)?.[1] ?? table
    if (!line.startsWith('|')) head = []
    const cells = line.split(' | ').map(cell => cell.replace(/^\| | \|$/g, ''))
    if (line.startsWith('|') && head.length === 0) head = cells
    const at = (name: string) => cells[head.indexOf(name)] ?? ''
    if (!head.includes('before') || !head.includes(change) || cells === head || /^:?-/.test(cells[0]!))
      return []
    return found([rowOf(line, at('before'), at('after'), at(change), at('interval'))]).map(row => ({
      ...row,
      table,
    }))
  })
}

/** What `figure.hbs` writes, as text. */
const figureText = (html: string): string =>
  html.replace(/^(.*?)<i>(.*?)<\/i>(?:<i>(.*?)<\/i>)?.*$/, (_, whole, part, unit = '') =>
    `${whole}${part} ${unit}`.trim(),
  )

const PAGE_METRIC =
  /<td class="figure">(.*?)<\/td>\n<td class="figure">(.*?)<\/td>\n<td class="figure change"><b>(.*?)<\/b><small>(.*?)<\/small>/g

export const pageMetrics = (html: string): Row[] =>
  found(
    [...html.matchAll(PAGE_METRIC)].map(([text, before, after, change, interval]) =>
      rowOf(text, figureText(before!), figureText(after!), figureText(change!), interval),
    ),
  )

const PAGE_FUNCTIONS =
  /<div class="functions" data-collector="(.*?)">([\s\S]*?)\n<\/div>\n(?=<div class="(?:functions|owners)"|<\/section>)/g
const PAGE_ROW =
  /<\/small><\/th><td>(.*?)<\/td><td>(.*?)<\/td><td>(.*?)<small>(.*?)<\/small><\/td><td>(.*?)<\/td><td>.*?<\/td><td>.*?<\/td>/g

/** A row of functions or owners: the share of the whole is its change. */
export interface Shared extends Row {
  difference: Range
  /** Whether the interval can contain the difference; true where none is printed. */
  holds: boolean
}

const sharedRow = ([text = '', before, after, difference, interval, share]: (
  | string
  | undefined
)[]): Shared | null => {
  const row = rowOf(text, figureText(before!), figureText(after!), figureText(share!))
  if (!row) return null
  const own = rangeOf(figureText(difference!))
  const ends = interval?.split(' … ') ?? []
  const [low, high] = ends.map(end => rangeOf(end, ends.at(-1)?.split(' ')[1]))
  return { ...row, difference: own, holds: !low || !high || (low.low <= own.high && own.low <= high.high) }
}

/** Tables of functions by collector, in the order of the page. */
export const pageFunctions = (html: string): { collector: string; rows: Shared[]; budget: Range[] }[] =>
  [...html.matchAll(PAGE_FUNCTIONS)].map(([, collector, table]) => ({
    collector: collector!,
    rows: [...table!.matchAll(PAGE_ROW)].map(sharedRow).filter(row => row !== null),
    budget: [...table!.matchAll(/<span class="figure">(.*?)<\/span><\/dd>/g)].map(([, text]) =>
      rangeOf(text!),
    ),
  }))

const PAGE_OWNERS = /<div class="owners" data-title="(.*?)"[\s\S]*?\n<\/div>/g
const PAGE_WHOLE = /<th scope="row">whole<\/th><td>(.*?)<\/td><td>(.*?)<\/td><td>(.*?)<\/td><td>/g

/** Rows of the tables of owners by the collector's title, and what stands at their feet. */
export const pageOwners = (html: string): { title: string; rows: Shared[] }[] =>
  [...html.matchAll(PAGE_OWNERS)].map(([table, title]) => ({
    title: title!,
    rows: [
      ...[...table.matchAll(PAGE_ROW)].map(sharedRow),
      ...[...table.matchAll(PAGE_WHOLE)].map(([text, ...cells]) => sharedRow([text, ...cells, '', '–'])),
    ].filter(row => row !== null),
  }))

const ARROW = new RegExp(String.raw`(${VALUE}) → (${VALUE}) \((${NUMBER} %)\)`, 'g')
const EXACT = new RegExp(
  String.raw`(${NUMBER})(?: \S+)? before, (${NUMBER})(?: \S+)? after \((${NUMBER} %)\)`,
  'g',
)

/** Rows in running text: `3.1 ms → 3.4 ms (+9.7 %)`, `120 bytes before, 121 bytes after (+0.8 %)`. */
export const sentences = (text: string): Row[] => [
  ...found(
    [...text.matchAll(ARROW)].map(([all, before, after, change]) => rowOf(all, before!, after!, change!)),
  ),
  ...[...text.matchAll(EXACT)].map(([all, before, after, change]) => ({
    text: all,
    before: preciseRangeOf(before!),
    after: preciseRangeOf(after!),
    change: percentRange(change!),
    interval: null,
  })),
]
