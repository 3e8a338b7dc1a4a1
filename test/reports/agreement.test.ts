/** Every reporter calls the same report by the same word. */
import { describe, expect, it } from 'vitest'
import type { Status } from '../../harness/model/comparison.ts'
import type { Report } from '../../harness/model/report.ts'
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
import { edited, METRICS } from './records.ts'
import { family, launchesOf, withoutProfiles } from './variations.ts'

/** A margin between the estimate and the end of its interval decides nothing; one beyond the interval is kept. */
const MARGINS: Partial<Record<Status, [cpu: number, latency: number]>> = {
  fine: [9, 9],
  inconclusive: [0.587, 0.53],
}

/** What a gate asks for, to get a verdict. */
const asked = (status: Status, metric: 0 | 1) =>
  status === 'not reached' ? { expect: 0.1 } : { margin: MARGINS[status]?.[metric] ?? 0.02 }

/** The regression, with a gate on each of two metrics that get these verdicts. */
const gated = (cpu: Status, latency: Status, level: 'error' | 'warn' = 'error'): Report =>
  edited('regressed', run => {
    withoutProfiles(run)
    run.plan.gates = [
      { metric: 'cpu.perRequest', ...asked(cpu, 0), level: 'error' },
      { metric: 'latency.p99', ...asked(latency, 1), level },
    ]
    for (const { launches } of run.rounds) {
      const [one, other] = launches
      if (cpu === 'improved') [one!.timed.cpu, other!.timed.cpu] = [other!.timed.cpu!, one!.timed.cpu!]
      if (latency === 'improved') [one!.histograms, other!.histograms] = [other!.histograms, one!.histograms]
    }
    for (const launch of launchesOf(run)) {
      if (cpu === 'not comparable') delete launch.timed.cpu
      if (latency === 'not comparable') launch.histograms = { latency: [] }
    }
  })

const STATUSES = Object.keys(MARKS) as Status[]

describe.each(STATUSES.flatMap(cpu => STATUSES.map(latency => [cpu, latency] as const)))(
  'a gate that is %s and another one that is %s',
  (cpu, latency) => {
    const report = gated(cpu, latency)
    const { status } = report.verdict

    it('gets these verdicts from the record', () => {
      expect(report.verdict.gates.map(gate => gate.status)).toEqual([cpu, latency])
      expect(status).toBe(gravest([cpu, latency]))
    })

    const outcome = { scenario: 's', file: 's.ts', folder: 's', report }
    const marked = `${MARKS[status].shape} ${status}`

    it('have one word on the terminal, in Markdown and in JSON', () => {
      expect(renderTerminal(report, { colour: false, width: 80 }).split('\n')[0]).toContain(marked)
      expect(renderMarkdown(report).split('\n')[0]).toBe(
        `### ${MARKS[status].shape} shop-regressed: ${status}`,
      )
      expect(JSON.parse(renderJson(report)).verdict.status).toBe(status)
      expect(renderSummary([outcome], '', 1e6)).toMatch(`| \`s\` | ${marked} |`)
      expect(renderSummary([outcome], '', 1e6)).toContain(`## 1 scenario: 1 ${status}\n`)
    })

    it('have the same word on the page, in its title and in the overview', () => {
      const page = renderHtml(report)
      expect(page).toContain(`<title>shop-regressed: ${status} · Flamegate</title>`)
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
  const gates = report.verdict.gates.filter(({ gate }) => gate.metric === MAIN_METRIC)
  const words = gates.map(({ status }) => status)
  expect(pairs(report).map(({ status }) => status)).toEqual(words)
  const terminal = renderTerminal(report, { colour: false, width: 100 })
  for (const word of words) {
    const count = words.filter(it => it === word).length
    expect(plain(sentence(report))).toContain(`${count} ${word}`)
    expect(terminal).toContain(`${MARKS[word].shape} ${word}`)
  }
})

it('leaves the verdict of a variant to the gates that can fail it', () => {
  const report = gated('improved', 'regressed', 'warn')
  expect(pairs(report)[0]!.status).toBe('improved')
})

it('speaks of the metric that improved if CPU per request did not', () => {
  expect(plain(sentence(gated('fine', 'improved')))).toMatch(/lower latency p99/)
  expect(plain(sentence(gated('improved', 'improved')))).toMatch(/less CPU per request/)
})

it('finds its main metric among those that exist', () => {
  expect(METRICS.map(({ id }) => id)).toContain(MAIN_METRIC)
})
