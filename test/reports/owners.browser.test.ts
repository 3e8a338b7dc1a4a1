import { expect, it } from 'vitest'
import { describeInChromium } from '../chromium.ts'
import { openReport } from './page.ts'
import { regressed } from './variations.ts'

describeInChromium('the owners of a change', browser => {
  it('shows the flame by owner, and finds an owner of the table in it', async () => {
    await using opened = await openReport(browser(), regressed())
    const { page } = opened
    const row = page.locator('.owners').first().locator('tbody tr').first()
    const figures = await row.locator('td').allTextContents()
    await page.getByRole('radio', { name: 'By owner' }).first().check()
    await page.locator('.flame:not([hidden]) canvas').first().focus()
    for (const key of ['Home', 'ArrowDown']) await page.keyboard.press(key)
    expect(await page.locator('.flame:not([hidden]) .details .who').textContent()).toBe('application')
    await expect.poll(() => new URL(page.url()).hash).toContain('shape=owners')
    await page.getByRole('radio', { name: 'Callers on top' }).first().check()
    await row.getByRole('button', { name: 'application' }).click()
    const [before, after] = figures.map(text => text.trim().replace(/(?<=\d)(?=[a-zµ])/, ' '))
    const total = page.locator('.total:visible')
    await expect.poll(() => total.textContent()).toContain(`${before} → ${after}`)
    expect(await page.getByRole('searchbox').first().inputValue()).toBe('owner:application')
    expect(opened.troubles).toEqual([])
  })

  it('can be read without JavaScript', async () => {
    await using opened = await openReport(browser(), regressed(), { javaScriptEnabled: false })
    const table = opened.page.locator('.owners').first()
    expect(await table.locator('tbody th span').allTextContents()).toContain('application')
    expect(await table.locator('tfoot').isVisible()).toBe(true)
    expect(await table.locator('button').count()).toBe(0)
  })
})
