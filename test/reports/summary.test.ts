import { expect, test } from 'vitest'
import { renderOverview } from '../../reports/html/overview.ts'
import { COMMENT_BYTES, COMMENT_MARK, renderComment, renderSummary } from '../../reports/summary.ts'
import { improvedWith, outcomes } from './variations.ts'

test('the table has every scenario; the reports follow, those that need attention first', () => {
  const text = renderSummary(outcomes(), 'Compared with abc, where this branched off from origin/main.', 1e6)
  expect(text).toMatch(/^## 4 scenarios: 1 regressed, 1 inconclusive, 1 improved, 1 not measured\n/)
  expect(text).toContain('Compared with abc')
  expect(text).toMatch(/\| `slow` \| ▲ regressed \| .*of \+289 µs per request.*slowed most/)
  expect(text).toMatch(/\| `broken` \| ✖ not measured \|/)
  expect(text).not.toContain('<b>')
  expect(text.indexOf('<details><summary>fine')).toBeGreaterThan(text.indexOf('### ◇ shop: inconclusive'))
  expect(text.indexOf('### ◇')).toBeGreaterThan(text.indexOf('### ▲ shop-regressed: regressed'))
})

test('an improvement is told as good news: with the word, the functions and the step', () => {
  const report = improvedWith('GET /stock')
  const text = renderComment([{ scenario: 'fast', file: 'fast.ts', folder: 'fast', report }], '')
  expect(text).toContain('## 1 scenario: 1 improved\n')
  expect(text).toMatch(
    /\| `fast` \| ▼ improved \| plain needs 36.9 % less CPU per request than extra .*<br>check \(.*server\.js:16\) costs next to nothing now \(−\d+ µs of −289 µs per request\)<br>GET \/orders sped up most: /,
  )
  expect(text).not.toContain('slowed')
})

test('what has no room is left out and counted; a comment fits', () => {
  const slow = outcomes()[1]!
  const many = Array.from({ length: 80 }, (_, at) => ({ ...slow, scenario: `slow-${at}` }))
  const text = renderComment(many, '')
  expect(Buffer.byteLength(text)).toBeLessThanOrEqual(COMMENT_BYTES + COMMENT_MARK.length + 1)
  expect(text.startsWith(`${COMMENT_MARK}\n`)).toBe(true)
  expect(text).toMatch(/There was no room for \d+ of the reports/)
})

test('the page links to the reports and escapes what it shows', () => {
  const page = renderOverview(outcomes(), '')
  expect(page).toContain('<a href="slow/report.html">slow</a>')
  expect(page).not.toContain('broken/report.html')
  expect(page).not.toContain('<b>\\u{7}')
  expect(page).toContain('4 scenarios')
})
