/** Every reporter calls the same report by the same word, and only codes and metrics that exist are used. */
import { describe, expect, it } from 'vitest'
import { loadCapabilities } from '../../harness/capabilities.ts'
import { CATALOGUE } from '../../harness/model/catalogue.ts'
import type { Report, Status } from '../../harness/model/report.ts'
import { gravest, MARKS } from '../../harness/words/verdicts.ts'
import { renderHtml } from '../../reports/html/index.ts'
import { renderOverview } from '../../reports/html/overview.ts'
import { renderJson } from '../../reports/json.ts'
import { renderJunit } from '../../reports/junit.ts'
import { renderMarkdown } from '../../reports/markdown.ts'
import { MAIN_METRIC, pairs } from '../../reports/shared/pairs.ts'
import { plain, sentence } from '../../reports/shared/sentence.ts'
import { renderSummary } from '../../reports/summary.ts'
import { renderTerminal } from '../../reports/terminal.ts'
import { family, JSON_VARIANTS, sampleReport } from './sample.ts'

/** One gate on each of two metrics, with these verdicts, in the table too. */
function gated(cpu: Status, latency: Status): Report {
  const report = sampleReport([JSON_VARIANTS[0]!, JSON_VARIANTS[1]!])
  const { verdict, analysis } = report
  const [gate] = verdict.gates
  const statuses: Record<string, Status> = { 'cpu.perRequest': cpu, 'latency.p99': latency }
  verdict.gates = Object.entries(statuses).map(([metric, status]) => ({
    ...gate!,
    gate: { ...gate!.gate, metric },
    status,
  }))
  verdict.status = gravest([cpu, latency])
  for (const it of analysis.comparisons) it.verdict = statuses[it.metric] ?? 'fine'
  return report
}

const STATUSES = Object.keys(MARKS) as Status[]

describe.each(STATUSES.flatMap(cpu => STATUSES.map(latency => [cpu, latency] as const)))(
  'a gate that is %s and another one that is %s',
  (cpu, latency) => {
    const report = gated(cpu, latency)
    const { status } = report.verdict
    const outcome = { scenario: 's', file: 's.ts', folder: 's', report }
    const marked = `${MARKS[status].shape} ${status}`

    it('have one word on the terminal, in Markdown and in JSON', () => {
      expect(renderTerminal(report, { colour: false, width: 80 }).split('\n')[0]).toContain(marked)
      expect(renderMarkdown(report).split('\n')[0]).toBe(`### ${MARKS[status].shape} serializers: ${status}`)
      expect(JSON.parse(renderJson(report)).verdict.status).toBe(status)
      expect(renderSummary([outcome], '', 1e6)).toMatch(`| \`s\` | ${marked} |`)
      expect(renderSummary([outcome], '', 1e6)).toContain(`## 1 scenario: 1 ${status}\n`)
    })

    it('have the same word on the page, in its title and in the overview', () => {
      const page = renderHtml(report)
      expect(page).toContain(`<title>serializers: ${status} · Flamegate</title>`)
      expect(page).toContain(`<strong>${status}</strong>`)
      expect(renderOverview([outcome], '')).toContain(`</svg>${status}</span>`)
      expect(pairs(report).map(pair => pair.status)).toEqual([status])
    })

    it('keep their own words in JUnit', () => {
      const junit = renderJunit([outcome])
      for (const word of [cpu, latency]) expect(junit).toContain(`${word}: `)
    })
  },
)

it('counts and shows variants by the words of their gates', () => {
  const report = family()
  const words = report.verdict.gates.map(({ status }) => status)
  expect(pairs(report).map(({ status }) => status)).toEqual(words)
  const terminal = renderTerminal(report, { colour: false, width: 100 })
  for (const word of words) {
    const count = words.filter(it => it === word).length
    expect(plain(sentence(report))).toContain(`${count} ${word}`)
    expect(terminal).toContain(`${MARKS[word].shape} ${word}`)
  }
})

it('leaves the verdict of a variant to the gates that can fail it', () => {
  const report = gated('improved', 'regressed')
  report.verdict.gates[1]!.gate.level = 'warn'
  expect(pairs(report)[0]!.status).toBe('improved')
})

it('speaks of the metric that improved if CPU per request did not', () => {
  expect(plain(sentence(gated('fine', 'improved')))).toMatch(/lower latency p99/)
  expect(plain(sentence(gated('improved', 'improved')))).toMatch(/less CPU per request/)
})

it('uses only metrics and codes of findings that exist', async () => {
  const { metrics } = await loadCapabilities()
  const report = family()
  const known = metrics.map(({ id }) => id)
  expect(known).toContain(MAIN_METRIC)
  expect(report.analysis.comparisons.filter(({ metric }) => !known.includes(metric))).toEqual([])
  expect(report.analysis.findings.filter(({ code }) => !Object.hasOwn(CATALOGUE, code))).toEqual([])
})
