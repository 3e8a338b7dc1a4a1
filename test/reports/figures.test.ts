/** In every row, what is printed before and after a change is that change apart, whatever was measured. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { LaunchRecord } from '../../harness/model/launch.ts'
import type { RunRecord } from '../../harness/model/record.ts'
import type { Outcome, Report } from '../../harness/model/report.ts'
import { normal, type Random, seededRandom } from '../../harness/stats/random.ts'
import { renderAnnotations } from '../../reports/github.ts'
import { renderHtml } from '../../reports/html/index.ts'
import { renderJson } from '../../reports/json.ts'
import { renderJunit } from '../../reports/junit.ts'
import { renderMarkdown } from '../../reports/markdown.ts'
import { collectorTitle, measureOf } from '../../reports/shared/functions.ts'
import { pairs } from '../../reports/shared/pairs.ts'
import { renderComment } from '../../reports/summary.ts'
import { renderTerminal } from '../../reports/terminal.ts'
import { data, exactly, WHOLES, wholeOf } from './data.ts'
import { concluded, RECORDS, recordOf, reportOf } from './records.ts'
import {
  holds,
  isDifference,
  isRatio,
  isShareOf,
  markdownRows,
  meet,
  pageFunctions,
  pageMetrics,
  pageOwners,
  type Row,
  type Shared,
  sentences,
  terminalFunctions,
  terminalMetrics,
} from './rows.ts'

/** What is done to a record. Factors are powers of ten. */
interface Edit {
  name: string
  seed: number
  /** Factor of the values of the last variant. */
  scale: number
  /** Of all values of the run. */
  size: number
  /** How far rounds differ, both sides alike, and how far launches do. */
  drift: number
  noise: number
  /** Share of launches in which a column is zero, or was not measured. */
  zeros: number
  gaps: number
}

const edits: fc.Arbitrary<Edit> = fc.record({
  name: fc.constantFrom(...RECORDS),
  seed: fc.integer(),
  scale: fc.oneof(
    fc.double({ min: -0.1, max: 0.1, noNaN: true }),
    fc.double({ min: -8, max: 8, noNaN: true }),
  ),
  size: fc.oneof(fc.constant(0), fc.double({ min: -6, max: 6, noNaN: true })),
  drift: fc.double({ min: 0, max: 2, noNaN: true }),
  noise: fc.oneof(fc.double({ min: 0, max: 0.05, noNaN: true }), fc.double({ min: 0, max: 2, noNaN: true })),
  zeros: fc.oneof(fc.constant(0), fc.double({ min: 0, max: 0.9, noNaN: true })),
  gaps: fc.oneof(fc.constant(0), fc.double({ min: 0, max: 0.9, noNaN: true })),
})

const COLUMNS = ['cpu', 'mainCpu', 'allocated', 'gcCount', 'gcPause', 'wall', 'bytes', 'loopActive'] as const

function edit(run: RunRecord, { seed, scale, size, drift, noise, zeros, gaps }: Edit): RunRecord {
  const random = seededRandom(seed)
  const last = run.recorded ? undefined : run.plan.variants.at(-1)!.id
  for (const part of run.recorded ? [run.recorded, run] : [run])
    for (const { launches } of part.rounds) {
      const shared = size + drift * normal(random)
      for (const launch of launches) {
        const isAfter = run.recorded ? part === run : launch.variant === last
        const factor = () => 10 ** (shared + (isAfter ? scale : 0) + noise * normal(random))
        resize(launch, factor, () => (random() < zeros ? 0 : random() < gaps ? null : 1))
      }
      shuffleLatency(launches, random)
    }
  run.plan.gates.push({ metric: 'response.bytes', margin: 0.01, level: 'error' })
  return run
}

function resize(launch: LaunchRecord, factor: () => number, kept: () => number | null): void {
  for (const name of COLUMNS) {
    const [by, keep] = [factor(), kept()]
    const column = launch.timed[name]
    if (column) launch.timed[name] = column.map(it => (it === null || keep === null ? null : it * by * keep))
  }
  for (const { figures } of Object.values(launch.collected))
    for (const name of ['live', 'p99', 'waited']) if (figures[name]) figures[name] *= factor() * (kept() ?? 1)
  if (launch.memory.resident) launch.memory.resident *= factor()
  if (launch.capacity?.rate) launch.capacity.rate *= factor()
}

/** A histogram cannot be scaled, but those of any two launches can change places. */
function shuffleLatency(launches: LaunchRecord[], random: Random): void {
  const [one, other] = [launches[0], launches.at(-1)]
  if (!one || !other || random() < 0.5) return
  ;[one.histograms, other.histograms] = [other.histograms, one.histograms]
}

const outcomeOf = (report: Report): Outcome => ({ scenario: 's', file: 's.ts', folder: 's', report })

const wrong = (rows: Row[]) => rows.filter(row => !isRatio(row) || !holds(row)).map(({ text }) => text)

/** Everything that a reporter prints as a row, and that does not add up. */
function disagreements(report: Report): string[] {
  const terminal = renderTerminal(report, { colour: false, width: 120 })
  const page = renderHtml(report)
  const outcome = outcomeOf(report)
  const text = [renderJunit([outcome]), renderAnnotations([outcome]), renderComment([outcome], '')].join('\n')
  const unescaped = text.replaceAll('%25', '%').replaceAll('&#10;', '\n').replaceAll('&#43;', '+')
  return [
    ...wrong(terminalMetrics(terminal)),
    ...terminalFunctions(terminal).flatMap(row => (isDifference(row, row.beside) ? [] : row.text)),
    ...[renderMarkdown(report), renderComment([outcome], '')].flatMap(markdown => [
      ...wrong(markdownRows(markdown, 'change')),
      ...markdownFunctions(report, markdown),
    ]),
    ...wrong(pageMetrics(page)),
    ...functionsOnPage(report, page),
    ...ownersOnPage(report, page),
    ...wrong(sentences(`${terminal}\n${unescaped}`)),
    ...memory(report),
    ...flames(report),
    ...data(JSON.parse(renderJson(report))),
  ]
}

/** Only where there is one pair: the tables of several do not say whose they are. */
function markdownFunctions(report: Report, markdown: string): string[] {
  const [pair, ...others] = pairs(report)
  if (!pair || others.length > 0) return []
  return markdownRows(markdown, 'of the whole').flatMap(row => {
    const whole = wholeOf(report.analysis.comparisons, pair.variant.id, row.table)
    return whole === undefined || isShareOf(row, exactly(whole)) ? [] : row.text
  })
}

/** @param whole what its share is of */
const agrees = (row: Shared, whole: number | undefined): boolean =>
  row.holds && isDifference(row, row.difference) && (whole === undefined || isShareOf(row, exactly(whole)))

function ownersOnPage(report: Report, page: string): string[] {
  const [pair, ...others] = pairs(report)
  const collectors = new Map(Object.keys(WHOLES).map(name => [collectorTitle(name), name]))
  return pageOwners(page).flatMap(({ title, rows }) => {
    const name = collectors.get(title)
    const whole =
      pair && name && others.length === 0
        ? wholeOf(report.analysis.comparisons, pair.variant.id, name)
        : undefined
    return rows.flatMap(row => (agrees(row, whole) ? [] : row.text))
  })
}

function functionsOnPage(report: Report, page: string): string[] {
  const [pair, ...others] = pairs(report)
  return pageFunctions(page).flatMap(({ collector, rows, budget: [functions, whole, rest] }) => {
    const all =
      pair && others.length === 0
        ? wholeOf(report.analysis.comparisons, pair.variant.id, collector)
        : undefined
    const apart = functions && whole && rest && { before: functions, after: whole }
    return [
      ...(apart && !isDifference(apart, rest!) ? [`${collector}: the sum, the whole and the rest`] : []),
      ...rows.flatMap(row => (agrees(row, all) ? [] : row.text)),
    ]
  })
}

/** Bytes allocated by each variant, and how much more that is than by the baseline. */
function memory({ analysis, evidence }: Report): string[] {
  const leaks = analysis.leaks ?? []
  const base = leaks.find(({ variant }) => variant === evidence.baseline)
  return leaks.flatMap(({ variant, allocated, allocatedChange: change }) => {
    if (!change || !base?.allocated || allocated === null) return []
    return meet(exactly(allocated / base.allocated), exactly(1 + change.estimate))
      ? []
      : `memory of ${variant}`
  })
}

/** The page's script multiplies the changes of functions by the flame's base. */
const flames = ({ analysis }: Report): string[] =>
  analysis.flames.flatMap(({ variant, collector, base }) => {
    const whole = wholeOf(analysis.comparisons, variant, collector)
    const isKnown = base !== undefined && whole !== undefined
    return isKnown && !meet(exactly(base), exactly(whole)) ? [`flame of ${collector}`] : []
  })

describe.each(RECORDS)('the record %s', name => {
  const report = reportOf(name)

  it('has figures that agree in every row', () => {
    expect(disagreements(report)).toEqual([])
  })

  it('has every row read', () => {
    const shown = pairs(report).flatMap(({ comparisons }) =>
      comparisons.filter(
        it => (!it.secondary || it.verdict === 'regressed') && it.before !== null && it.after !== null,
      ),
    )
    const terminal = renderTerminal(report, { colour: false, width: 120 })
    expect(terminalMetrics(terminal)).toHaveLength(shown.length)
    expect(terminalFunctions(terminal)).toHaveLength(
      terminal.split('\n').filter(it => / → .* {2}/.test(it)).length,
    )
    expect(markdownRows(renderMarkdown(report), 'change')).toHaveLength(shown.length)
    const tables = pageFunctions(renderHtml(report))
    const frames = [report.analysis, ...(report.analysis.between ?? [])].flatMap(it => it.frames)
    expect(tables.reduce((count, { rows }) => count + rows.length, 0)).toBe(
      frames.filter(it => Number.isFinite(it.change.estimate)).length,
    )
    for (const { collector } of tables) expect(measureOf(report, '', collector).per).toMatch(/^per request/)
  })
})

describe('a record of other values', () => {
  it('has figures that agree in every row', () => {
    fc.assert(
      fc.property(edits, it => {
        expect(disagreements(concluded(edit(recordOf(it.name), it)))).toEqual([])
      }),
      { numRuns: 60 },
    )
  }, 120_000)
})
