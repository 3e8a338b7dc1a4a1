/** The pages of `serve`, as a person uses them. */
import { expect, it } from 'vitest'
import { describeInChromium } from '../chromium.ts'
import { windowWith } from '../exchange/doubles.ts'
import { push, started } from './server.ts'

describeInChromium('the pages of serve', browser => {
  it('lead from the list of services to a difference, and to the flame of a window', async () => {
    const { address } = await started()
    for (let at = 0; at < 6; at++) {
      const from = 1_764_500_000 + at * 60
      const more = `&from=${from}&until=${from + 60}`
      await push(address, windowWith(20 + at / 10), { name: 'shop{version=1.4}', more })
      await push(address, windowWith(30 + at / 10), { name: 'shop{version=1.5}', more })
    }
    const context = await browser().newContext({ viewport: { width: 420, height: 800 } })
    const page = await context.newPage()
    const troubles: string[] = []
    page.on('console', message => /error|warning/.test(message.type()) && troubles.push(message.text()))
    page.on('pageerror', error => troubles.push(String(error)))
    const fits = async () =>
      expect(await page.evaluate('document.documentElement.scrollWidth - innerWidth')).toBeLessThanOrEqual(0)
    try {
      await page.goto(address)
      await fits()
      expect(await page.locator('input[name="before.version"]:checked').inputValue()).toBe('1.4')
      expect(await page.locator('input[name="after.version"]:checked').inputValue()).toBe('1.5')
      await page.getByRole('button', { name: 'Compare' }).click()
      await page.waitForSelector('html[data-ready]')
      expect(await page.locator('h1').innerText()).toBe('shop@1.5 against shop@1.4')
      await fits()
      expect(await page.locator('.functions').first().innerText()).toContain('parse')
      await page.goto(address)
      await page.getByRole('link', { name: '1.5' }).click()
      expect(await page.locator('h1').innerText()).toBe('shop: 6 windows')
      await fits()
      await page.locator('tbody a').first().click()
      await page.waitForSelector('html[data-ready]')
      expect(await page.locator('h1').innerText()).toBe('shop@1.5')
      expect(troubles).toEqual([])
    } finally {
      await context.close()
    }
  })
})
