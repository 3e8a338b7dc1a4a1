import { describe, expect, it } from 'vitest'
import { renderMarkdown } from '../../reports/markdown.ts'
import { failed, family, hostile, inconclusive, longNames, regressed } from './variations.ts'

describe.each(Object.entries({ regressed, inconclusive, family, failed, hostile, longNames }))(
  '%s',
  (name, make) => {
    it('matches its golden file', async () => {
      await expect(renderMarkdown(make())).toMatchFileSnapshot(`../golden/markdown-${name}.md`)
    })
  },
)

it('leaves no tag, link or mention of a target alive outside of code', () => {
  const report = hostile()
  report.analysis.findings[0]!.message = '<img src=x> [x](javascript:alert(1)) @everyone ![y](z) | a | b'
  const outside = renderMarkdown(report).replace(/`[^`\n]*`/g, '')
  const tags = [...outside.matchAll(/<\/?(\w+)/g)].map(match => match[1])
  expect(new Set(tags)).toEqual(new Set(['details', 'summary', 'sub']))
  expect(outside).not.toMatch(/@everyone|\]\(|!\[/)
})

it('keeps every table rectangular', () => {
  const rows = renderMarkdown(hostile())
    .split('\n')
    .filter(line => line.startsWith('|'))
  const cells = rows.map(row => row.split('|').length)
  expect(new Set(cells)).toEqual(new Set([8]))
})
