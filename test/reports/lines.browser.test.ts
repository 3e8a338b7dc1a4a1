/** The panel of a function: its lines in both versions, with their self cost. */
import type { Page } from 'playwright-core'
import { expect, it } from 'vitest'
import { formatValue } from '../../reports/html/page/format.js'
import { describeInChromium } from '../chromium.ts'
import { openReport } from './page.ts'
import { edited } from './records.ts'
import { regressed } from './variations.ts'

const canvas = (page: Page) => page.locator('.pair:not([hidden]) .flame:not([hidden]) canvas').first()
const sourceIn = (page: Page) => page.locator('.flame:visible .source')

async function pointAtListOrders(page: Page) {
  await canvas(page).focus()
  for (const key of ['Home', 'ArrowDown', 'ArrowDown', 'ArrowDown', 'ArrowDown', 'ArrowDown'])
    await page.keyboard.press(key)
  expect(await page.locator('.flame:visible .details .who').textContent()).toBe('listOrders')
}

describeInChromium('the panel of a function', browser => {
  it('shows the lines of a function with their self cost, which add up', async () => {
    const report = regressed()
    await using opened = await openReport(browser(), report)
    const { page } = opened
    await pointAtListOrders(page)
    const listOrders = report.run.sources!.find(({ from }) => from === 22)!
    const source = sourceIn(page)
    const cells = (column: number) => source.locator(`tbody td:nth-child(${column})`).allTextContents()
    expect((await cells(1)).slice(0, 8)).toEqual(listOrders.lines.map((_, i) => `${22 + i}`))
    expect((await cells(4)).slice(0, 8)).toEqual(listOrders.lines.map(line => line.replaceAll('\t', '  ')))
    expect((await cells(3)).some(cost => /\d µs/.test(cost))).toBe(true)
    const [known, flame] = [report.analysis.frames, report.analysis.flames[0]!]
    const row = known.find(it => it.function === 'listOrders' && it.collector === flame.collector)!
    const total = await source.locator('tfoot tr').last().locator('.figure').allTextContents()
    expect(total).toEqual([row.before, row.after].map(self => formatValue(self, 'µs')))
  })

  it.each(['light', 'dark'] as const)('fits a narrow window where versions differ, %s', async colorScheme => {
    const report = edited('regressed', () => {})
    const frame = report.analysis.flames[0]!.frames.find(it => it.function === 'listOrders')!
    frame.source = {
      rows: [
        { text: 'function listOrders() {', before: { line: 22, self: 0 }, after: { line: 30, self: 1 } },
        { text: `  return ${'x'.repeat(200)}`, before: { line: 23, self: 2 } },
        { text: '  <b>no markup</b>', after: { line: 31, self: 3 } },
        { text: '}', before: { line: 25, self: 0 }, after: { line: 40, self: 0 } },
      ],
      rest: { before: 0, after: 4 },
    }
    const options = { viewport: { width: 400, height: 900 }, colorScheme }
    await using opened = await openReport(browser(), report, options)
    const { page, troubles } = opened
    await pointAtListOrders(page)
    expect(await page.evaluate('document.documentElement.scrollWidth - innerWidth')).toBeLessThanOrEqual(0)
    const rows = await Promise.all(
      (await sourceIn(page).locator('tr').all()).map(async row => {
        const cells = await row.locator('th, td').allTextContents()
        return [await row.getAttribute('class'), ...cells].join('|')
      }),
    )
    expect(rows).toEqual([
      '|−|+|before|after|',
      '|22|30||1.00 µs|function listOrders() {',
      `removed|23||2.00 µs||  return ${'x'.repeat(200)}`,
      'added||31||3.00 µs|  <b>no markup</b>',
      'gap|⋯',
      '|25|40|||}',
      '||0|4.00 µs|rest, without a line',
      '||2.00 µs|8.00 µs|the whole function',
    ])
    expect(troubles).toEqual([])
  })

  it('marks no line as new or gone where only one version was read', async () => {
    const report = edited('regressed', () => {})
    const frame = report.analysis.flames[0]!.frames.find(it => it.function === 'listOrders')!
    const rows = [{ text: 'function listOrders() {', after: { line: 30, self: 1 } }]
    frame.source = { rows, rest: { before: 2, after: 0 } }
    await using opened = await openReport(browser(), report)
    await pointAtListOrders(opened.page)
    expect(await sourceIn(opened.page).locator('.added, .removed').count()).toBe(0)
    expect(await sourceIn(opened.page).locator('tfoot').textContent()).toContain('rest, without a line')
  })
})
