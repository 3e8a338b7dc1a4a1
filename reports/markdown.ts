/** The report as Markdown, for a pull request or the summary of a job: what the terminal says, in tables. */
import type { Reporter } from '../harness/model/capabilities.ts'
import type { Change } from '../harness/model/comparison.ts'
import type { Report } from '../harness/model/report.ts'
import { duration, interval, signedPercent, sound, value } from '../harness/words/numbers.ts'
import { clip, visible } from '../harness/words/text.ts'
import { MARKS, marked } from '../harness/words/verdicts.ts'
import { responsible } from './shared/culprits.ts'
import { diagnosisLines } from './shared/diagnosis.ts'
import { functionName, listedCollectors, measureOf, place, topFrames } from './shared/functions.ts'
import { findings, gateWords, type Pair, pairs, roundsMeasured, timeMeasured } from './shared/pairs.ts'
import { sentence } from './shared/sentence.ts'

const NAME = 120

/** GitHub-flavoured Markdown; every string of a target is escaped or in a code span. */
export function renderMarkdown(report: Report): string {
  const { run, verdict } = report
  const all = pairs(report)
  const opening = sentence(report).map(part => (part.name ? code(part.text) : inert(part.text)))
  const blocks = [
    `### ${MARKS[verdict.status].shape} ${inert(clip(visible(run.plan.scenario), NAME))}: ${verdict.status}`,
    opening.join(''),
    responsible(report)
      .map(line => `- ${inert(line)}`)
      .join('\n'),
    ...all.flatMap(pair => [
      ...(all.length > 1 ? [title(pair)] : []),
      metrics(pair),
      diagnosis(report, pair),
      ...functions(report, pair),
    ]),
    gates(all),
    notes(report),
    `<sub>${roundsMeasured(report)}, ${duration(timeMeasured(report))} · ${inert(visible(run.environment.cpuModel))} · Node ${inert(visible(run.environment.node))}</sub>`,
    `Repeat: ${code(run.plan.repeat)}`,
  ]
  return `${blocks.filter(Boolean).join('\n\n')}\n`
}

/** Characters that could begin a tag, a link, a mention, emphasis or a cell become entities. */
export function inert(text: string): string {
  return text.replace(/[&<>|`*_~[\]\\!@#$]/g, c => `&#${c.codePointAt(0)};`)
}

/** A code span that nothing can escape: control characters are visible, bars and backticks become look-alikes. */
export function code(text: string): string {
  const safe = clip(visible(text), NAME).replaceAll('`', 'ˋ').replaceAll('|', '¦')
  return safe.trim() ? `\`${safe.trim()}\`` : ''
}

/** @param align a letter for each column: `l` or `r` */
export function grid(head: string[], align: string, rows: string[][]): string {
  const rule = [...align].map(side => (side === 'r' ? '--:' : ':--'))
  return [head, rule, ...rows].map(cells => `| ${cells.join(' | ')} |`).join('\n')
}

const estimate = (it: Change | null): string => (sound(it) ? signedPercent(it!.estimate) : '–')

const title = (pair: Pair): string => `#### ${code(pair.variant.label)} against ${code(pair.baseline.label)}`

function metrics(pair: Pair): string {
  const shown = pair.comparisons.filter(it => !it.secondary || it.verdict === 'regressed')
  if (shown.length === 0) return ''
  const rows = shown.map(it => [
    inert(visible(it.title)),
    value(it.before, it.unit),
    value(it.after, it.unit),
    estimate(it.change),
    it.exact ? 'exact' : interval(it.change),
    marked(it.verdict),
  ])
  return grid(['metric', 'before', 'after', 'change', 'interval', 'verdict'], 'lrrrrl', rows)
}

/** What limits both sides, and what made the difference. */
const diagnosis = (report: Report, pair: Pair): string =>
  diagnosisLines(report, pair)
    .map(({ who, text, advice }) => `- **${inert(who)}**: ${inert(text)}${advice ? ` ${inert(advice)}` : ''}`)
    .join('\n')

function functions(report: Report, pair: Pair): string[] {
  return listedCollectors(report, pair.variant.id).flatMap(collector => {
    const { unit, per } = measureOf(report, pair.variant.id, collector)
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
    const table = grid(head, 'llrrrr', rows)
    const summary = `Functions, ${inert(visible(collector))}, self ${inert(visible(per))}`
    return [`<details><summary>${summary}</summary>\n\n${table}\n\n</details>`]
  })
}

function gates(all: Pair[]): string {
  const rows = all.flatMap(pair =>
    pair.gates.map(verdict => {
      const { gate, status, change, reason } = verdict
      const { title, limit } = gateWords(verdict, pair.comparisons)
      const name = `${inert(visible(title))}${gate.level === 'warn' ? ' (warns only)' : ''}`
      return [code(pair.variant.label), name, limit, interval(change), marked(status), inert(visible(reason))]
    }),
  )
  if (rows.length === 0) return ''
  return grid(['variant', 'gate', 'limit', 'interval', 'verdict', 'reason'], 'lllrll', rows)
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
