import { expect, it } from 'vitest'
import { describeInChromium } from '../chromium.ts'
import { openReport } from './page.ts'
import { regressed } from './variations.ts'

describeInChromium('the table of functions', browser => {
  it('sorts and filters the functions', async () => {
    await using opened = await openReport(browser(), regressed())
    const { page } = opened
    const table = page.locator('.functions').first()
    await table.getByRole('button', { name: 'Self after' }).click()
    expect(await table.locator('tbody th code').first().textContent()).toBe('priceOf')
    const rows = await table.locator('tbody tr').count()
    await table.locator('.filter').fill('server.js')
    expect(await table.locator('tbody tr:visible code').allTextContents()).toContain('check')
    expect(await table.locator('output').textContent()).toBe(`3 of ${rows}`)
  })

  it('shows ten functions first, and all of them on request', async () => {
    const report = regressed()
    const [first] = report.analysis.frames
    report.analysis.frames = Array.from({ length: 14 }, (_, i) => ({ ...first!, function: `f${i + 10}` }))
    await using opened = await openReport(browser(), report)
    const table = opened.page.locator('.functions').first()
    const visible = table.locator('tbody tr:visible')
    expect(await visible.count()).toBe(10)
    await table.locator('.filter').fill('f23')
    expect(await visible.locator('code').allTextContents()).toEqual(['f23'])
    await table.locator('.filter').fill('')
    await table.getByRole('button', { name: 'Function', exact: true }).click()
    expect(await visible.locator('code').first().textContent()).toBe('f23')
    expect(await visible.count()).toBe(10)
    await table.getByRole('button', { name: 'Show all 14' }).click()
    expect(await visible.count()).toBe(14)
    await table.getByRole('button', { name: 'Show only 10' }).click()
    expect(await visible.count()).toBe(10)
  })
})
