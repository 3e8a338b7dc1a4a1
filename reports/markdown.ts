/** The report as Markdown, for a pull request or a job's summary: what the terminal says, in tables. */
import type { Reporter } from '../harness/model/capabilities.ts'
import type { Report } from '../harness/model/report.ts'
import {
  counted,
  duration,
  interval,
  magnitude,
  signedPercent,
  sound,
  value,
} from '../harness/words/numbers.ts'
import { clip, visible } from '../harness/words/text.ts'
import { MARKS } from '../harness/words/verdicts.ts'
import { findings } from './shared/findings.ts'
import { collectorsOf, type Pair, pairs, perOf, topFrames, unitOf } from './shared/pairs.ts'
import { functionName, place } from './shared/places.ts'
import { sentence } from './shared/sentence.ts'

const NAME = 120

/** GitHub-flavoured Markdown; every string of a target is escaped or in a code span. */
export function renderMarkdown(report: Report): string {
  const { run, verdict } = report
  const mark = MARKS[verdict.status]
  const all = pairs(report)
  const opening = sentence(report).map(part => (part.name ? code(part.text) : inert(part.text)))
  const blocks = [
    `### ${mark.shape} ${inert(clip(visible(run.plan.scenario), NAME))}: ${mark.word}`,
    opening.join(''),
    ...all.flatMap(pair => [
      ...(all.length > 1 ? [title(pair)] : []),
      metrics(pair),
      ...functions(report, pair),
    ]),
    gates(all),
    notes(report),
    `<sub>${counted(run.rounds.length, 'round')}, ${duration(run.duration)} · ${inert(visible(run.environment.cpuModel))} · Node ${inert(visible(run.environment.node))}</sub>`,
    `Repeat: ${code(run.plan.repeat)}`,
  ]
  return `${blocks.filter(Boolean).join('\n\n')}\n`
}

/** What could begin a tag, a link, a mention, emphasis or a cell is written as an entity. */
export function inert(text: string): string {
  return text.replace(/[&<>|`*_~[\]\\!@#$]/g, c => `&#${c.codePointAt(0)};`)
}

/** A code span that cannot be left: control characters are visible, bars and backticks are replaced by look-alikes. */
export function code(text: string): string {
  const safe = clip(visible(text), NAME).replaceAll('`', 'ˋ').replaceAll('|', '¦')
  return safe.trim() ? `\`${safe.trim()}\`` : ''
}

export function grid(head: string[], align: ('l' | 'r')[], rows: string[][]): string {
  const rule = align.map(side => (side === 'r' ? '--:' : ':--'))
  return [head, rule, ...rows].map(cells => `| ${cells.join(' | ')} |`).join('\n')
}

const title = (pair: Pair): string => `#### ${code(pair.variant.label)} against ${code(pair.baseline.label)}`

function metrics(pair: Pair): string {
  const shown = pair.comparisons.filter(it => !it.secondary || it.verdict === 'regressed')
  if (shown.length === 0) return ''
  const rows = shown.map(it => {
    const change = sound(it.change)
    return [
      inert(visible(it.title)),
      value(it.before, it.unit),
      value(it.after, it.unit),
      change ? signedPercent(change.estimate) : '–',
      it.exact ? 'exact' : interval(change),
      `${MARKS[it.verdict].shape} ${it.verdict}`,
    ]
  })
  return grid(
    ['metric', 'before', 'after', 'change', 'interval', 'verdict'],
    ['l', 'r', 'r', 'r', 'r', 'l'],
    rows,
  )
}

function functions(report: Report, pair: Pair): string[] {
  return collectorsOf(report, pair.variant.id).flatMap(collector => {
    const unit = unitOf(report, pair.variant.id, collector)
    const rows = topFrames(report, pair.variant.id, collector, 10)
      .filter(it => it.significant)
      .map(it => [
        code(functionName(it.function)),
        code(place(it.file, it.line)),
        value(it.before, unit),
        value(it.after, unit),
        signedPercent(it.change.estimate),
        interval(it.change),
      ])
    if (rows.length === 0) return []
    const head = ['function', 'where', 'before', 'after', 'of the whole', 'interval']
    const table = grid(head, ['l', 'l', 'r', 'r', 'r', 'r'], rows)
    const summary = `Functions, ${inert(visible(collector))}, self ${inert(visible(perOf(report, pair.variant.id, collector)))}`
    return [`<details><summary>${summary}</summary>\n\n${table}\n\n</details>`]
  })
}

function gates(all: Pair[]): string {
  const rows = all.flatMap(pair =>
    pair.gates.map(({ gate, status, change, reason }) => {
      const it = pair.comparisons.find(comparison => comparison.metric === gate.metric)
      const limits = [
        ...(gate.margin === undefined ? [] : [`within ${magnitude(gate.margin)}`]),
        ...(gate.max === undefined ? [] : [`at most ${value(gate.max, it?.unit ?? '')}`]),
      ]
      const name = `${inert(visible(it?.title ?? gate.metric))}${gate.level === 'warn' ? ' (warns only)' : ''}`
      const mark = `${MARKS[status].shape} ${status}`
      return [
        code(pair.variant.label),
        name,
        limits.join(', '),
        interval(change),
        mark,
        inert(visible(reason)),
      ]
    }),
  )
  if (rows.length === 0) return ''
  return grid(
    ['variant', 'gate', 'limit', 'interval', 'verdict', 'reason'],
    ['l', 'l', 'l', 'r', 'l', 'l'],
    rows,
  )
}

function notes(report: Report): string {
  return findings(report)
    .map(({ severity, message, advice }) => {
      const tip = advice ? ` ${inert(visible(advice))}` : ''
      return `- **${severity}** ${inert(visible(message))}${tip}`
    })
    .join('\n')
}

const reporter: Reporter = {
  name: 'markdown',
  render: report => [{ path: 'report.md', content: renderMarkdown(report) }],
}

export default reporter
