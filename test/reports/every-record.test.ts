/** Every reporter on the record of every run, and what each format asks of its output. */
import { parse } from 'junit2json'
import { describe, expect, it } from 'vitest'
import { loadCapabilities } from '../../harness/capabilities.ts'
import { columns } from '../../harness/words/text.ts'
import { renderAnnotations } from '../../reports/github.ts'
import { renderJson } from '../../reports/json.ts'
import { renderJunit } from '../../reports/junit.ts'
import { renderMarkdown } from '../../reports/markdown.ts'
import { COMMENT_BYTES, COMMENT_MARK, renderComment } from '../../reports/summary.ts'
import { renderTerminal } from '../../reports/terminal.ts'
import { RECORDS, reportOf } from './records.ts'

const BROKEN = /NaN|Infinity|undefined|\[object/
const { reporters } = await loadCapabilities()

describe.each(RECORDS)('the record %s', name => {
  const report = reportOf(name)
  const outcome = { scenario: name, file: `scenarios/${name}.ts`, folder: name, report }

  it('is rendered by every reporter, with every value a number or a word', () => {
    for (const reporter of reporters) {
      for (const { path, content } of reporter.render(report)) {
        if (typeof content === 'string' && !path.endsWith('.html')) expect(content, path).not.toMatch(BROKEN)
      }
    }
  })

  it.each([80, 120])('fits a terminal of %d columns', width => {
    const lines = renderTerminal(report, { colour: false, width }).split('\n')
    expect(lines.filter(line => columns(line) > width)).toEqual([])
    expect(lines.filter(line => /\s$/.test(line))).toEqual([])
  })

  it('has owners that add up to the change of the whole', () => {
    const { owners, budgets } = report.analysis
    for (const { variant, collector, whole } of budgets) {
      const rows = owners.filter(it => it.variant === variant && it.collector === collector)
      expect(rows.at(-1)?.kind).toBe('rest')
      const change = rows.reduce((sum, { before, after }) => sum + after - before, 0)
      expect(change).toBeCloseTo(whole, 6)
    }
  })

  it('is JSON with the verdict', () => {
    const { schema, verdict } = JSON.parse(renderJson(report))
    expect({ schema, verdict }).toMatchObject({
      schema: 'flamegate/report/1',
      verdict: { status: report.verdict.status },
    })
  })

  it('is JUnit with a case for each gate', async () => {
    const parsed = await parse(renderJunit([outcome]))
    if (!parsed || !('testsuite' in parsed)) throw new Error('no suites')
    // Without a gate, one case says so.
    expect(parsed.tests).toBe(Math.max(report.verdict.gates.length, 1))
    expect(parsed.testsuite?.[0]?.name).toBe(name)
  })

  it('is Markdown with rectangular tables, and fits a comment', () => {
    const tables = renderMarkdown(report)
      .split(/\n\n+/)
      .filter(block => block.startsWith('|'))
    for (const table of tables) {
      const cells = table.split('\n').map(row => row.split('|').length)
      expect(new Set(cells).size).toBe(1)
    }
    const comment = renderComment([outcome], '')
    expect(Buffer.byteLength(comment)).toBeLessThanOrEqual(COMMENT_BYTES + COMMENT_MARK.length + 1)
  })

  it('is one line for each annotation', () => {
    const lines = renderAnnotations([outcome]).split('\n').filter(Boolean)
    for (const line of lines) expect(line).toMatch(/^::(error|warning|notice) file=scenarios\//)
  })
})
