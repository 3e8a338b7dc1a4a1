import { readFile } from 'node:fs/promises'
import type { Page } from 'playwright-core'
import { expect, it } from 'vitest'
import { readProfile } from '../../harness/formats/index.ts'
import { describeInChromium } from '../chromium.ts'
import { openReport } from './page.ts'
import { RECORDS, reportOf } from './records.ts'
import { failed, family, hostile, longNames, regressed } from './variations.ts'

const variations = { family, failed, hostile, longNames }
const shownFrame = (page: Page) =>
  page.locator('.pair:not([hidden]) .flame:not([hidden]) .details .who').textContent()
const canvas = (page: Page) => page.locator('.pair:not([hidden]) .flame:not([hidden]) canvas').first()

const excessOf = (page: Page) => page.evaluate('document.documentElement.scrollWidth - innerWidth')

describeInChromium('report.html', browser => {
  it.each([...RECORDS.map(name => [name, () => reportOf(name)] as const), ...Object.entries(variations)])(
    '%s: asks for nothing, complains about nothing, fits a narrow window',
    async (_, make) => {
      await using opened = await openReport(browser(), make(), { viewport: { width: 360, height: 900 } })
      expect(opened.requests).toEqual([])
      expect(opened.troubles).toEqual([])
      expect(await excessOf(opened.page)).toBeLessThanOrEqual(0)
    },
  )

  it.each(Object.entries({ family, longNames, hostile }))('%s fits wide windows', async (_, make) => {
    await using opened = await openReport(browser(), make())
    for (const width of [1024, 1920]) {
      await opened.page.setViewportSize({ width, height: 900 })
      expect(await excessOf(opened.page)).toBeLessThanOrEqual(0)
    }
  })

  it('shows verdict, numbers and functions without JavaScript', async () => {
    await using opened = await openReport(browser(), family(), { javaScriptEnabled: false })
    const { page } = opened
    expect(await page.locator('.stamp strong').textContent()).toBe('regressed')
    // Four variants against the baseline, and every two of the four.
    expect(await page.locator('.pair:visible').count()).toBe(4 + 6)
    expect(await page.locator('svg.forest:visible').count()).toBeGreaterThan(20)
    expect(await page.getByText('The flame is drawn by a script').first().isVisible()).toBe(true)
  })

  it('walks the flame by keyboard: in, across, zoom and back', async () => {
    await using opened = await openReport(browser(), regressed())
    const { page } = opened
    await canvas(page).focus()
    await page.keyboard.press('Home')
    expect(await shownFrame(page)).toBe('(all)')
    for (let step = 0; step < 3; step++) await page.keyboard.press('ArrowDown')
    expect(await shownFrame(page)).toBe('emit')
    await page.keyboard.press('ArrowRight')
    expect(await shownFrame(page)).toBe('afterWrite')
    const before = await canvas(page).screenshot()
    await page.keyboard.press('Enter')
    const zoomed = await canvas(page).screenshot()
    expect(zoomed.equals(before)).toBe(false)
    await page.keyboard.press('Escape')
    expect((await canvas(page).screenshot()).equals(before)).toBe(true)
  })

  it('finds functions and says what they cost together', async () => {
    await using opened = await openReport(browser(), regressed())
    const { page } = opened
    await canvas(page).focus()
    await page.keyboard.press('/')
    await page.keyboard.type('Server.js')
    const total = page.locator('.total:visible')
    // Found by the name of their file, each with what it calls.
    await expect.poll(() => total.textContent()).toBe('5 functions: 464 µs → 747 µs (96.2 % → 96.9 %)')
    await expect.poll(() => new URL(page.url()).hash).toContain('query=Server.js')
  })

  it('keeps zoom and focus in the address', async () => {
    await using opened = await openReport(browser(), regressed())
    const { page } = opened
    await canvas(page).focus()
    for (const key of ['Home', 'ArrowDown', 'ArrowDown', 'ArrowDown', 'Enter']) await page.keyboard.press(key)
    await expect.poll(() => new URL(page.url()).hash).toMatch(/range=.*frame=|frame=.*range=/)
    const zoomed = await canvas(page).screenshot()
    const { hash } = new URL(page.url())
    await using again = await openReport(browser(), regressed(), { hash })
    expect(await shownFrame(again.page)).toBe('emit')
    await canvas(again.page).focus()
    expect((await canvas(again.page).screenshot()).equals(zoomed)).toBe(true)
  })

  it('is walked by the tabulator key from its first control to its last, and out again', async () => {
    await using opened = await openReport(browser(), family())
    const { page } = opened
    const met: string[] = []
    const name = `(({ activeElement: it }) => it === document.body ? '' : [it.tagName, it.id, it.className, it.type, it.textContent.slice(0, 20)].join(' '))(document)`
    for (let presses = 0; presses < 400; presses++) {
      await page.keyboard.press('Tab')
      const here = String(await page.evaluate(name))
      if (here === '') break
      met.push(here)
    }
    const wanted = [
      /^A {2}skip/,
      /pair-select/,
      /BUTTON theme/,
      /^CANVAS/,
      /INPUT flame-0-search/,
      /^SUMMARY/,
      /INPUT {2}filter/,
    ]
    wanted.push(/^BUTTON .*Self before/, /copy/, /download-record/, /profile-select/, /download-profile/)
    for (const control of wanted) expect(met.filter(it => control.test(it))).not.toEqual([])
    expect(met.at(-1)).toMatch(/download-profile/)
    expect(met.length).toBeLessThan(400)
  })

  it('opens a link with the same pair, search and shape', async () => {
    const hash = '#pair=1&shape=inverted&query=emit&theme=dark'
    await using opened = await openReport(browser(), family(), { hash })
    const { page } = opened
    expect(await page.locator('.pair:visible').getAttribute('data-index')).toBe('1')
    expect(await page.locator('.flame:visible input[value="inverted"]').isChecked()).toBe(true)
    expect(await page.locator('.flame:visible input[type="search"]').inputValue()).toBe('emit')
    expect(await page.locator('html').getAttribute('data-theme')).toBe('dark')
  })

  it('offers the flame as a tree that arrow keys walk', async () => {
    await using opened = await openReport(browser(), regressed())
    const { page } = opened
    await page.locator('.flame:visible .twin summary').click()
    await page.locator('.flame:visible [role="treeitem"]').first().focus()
    for (const key of ['ArrowDown', 'ArrowRight', 'ArrowDown']) await page.keyboard.press(key)
    expect(await page.locator(':focus .label').first().textContent()).toMatch(
      /^parserOnIncoming: 465 µs before, 749 µs after/,
    )
    expect(await page.locator(':focus').getAttribute('aria-level')).toBe('3')
    await page.keyboard.press('Enter')
    expect(await shownFrame(page)).toBe('parserOnIncoming')
  })

  it('switches sides, shapes and categories without complaint', async () => {
    await using opened = await openReport(browser(), regressed())
    const { page, troubles } = opened
    const choices = page.locator('.flame:visible .controls .choice input')
    for (const input of await choices.all())
      await input.setChecked(!(await input.isChecked()) || (await input.getAttribute('type')) === 'radio')
    expect(troubles).toEqual([])
  })

  it.each([1, 5_000])('draws a stack of %d frames', async depth => {
    const report = regressed()
    const column = <T>(figure: (i: number) => T) => Array.from({ length: depth }, (_, i) => figure(i))
    const change = { low: column(() => 0.5), high: column(() => 1.5) }
    const costs = { before: column(() => 1), after: column(() => 2) }
    const tree = { parent: column(i => i - 1), frame: column(i => i % 12), ...costs, ...change }
    report.analysis.flames = report.analysis.flames.map(flame => ({ ...flame, ...tree }))
    await using opened = await openReport(browser(), report)
    const { page, troubles } = opened
    await canvas(page).focus()
    await page.keyboard.press('Home')
    for (let step = 0; step < 40; step++) await page.keyboard.press('ArrowDown')
    for (const shape of ['inverted', 'sandwich'])
      await page.locator(`.flame:visible input[value="${shape}"]`).check()
    expect(troubles).toEqual([])
    expect(await page.locator('.flame:visible .details').textContent()).toContain('before')
  })

  it('shows in the flame what was sampled in a range that is dragged over the timeline', async () => {
    await using opened = await openReport(browser(), regressed(), { viewport: { width: 1200, height: 900 } })
    const { page, troubles } = opened
    await page.locator('.flame:visible input[type="search"]').fill('priceOf')
    const total = page.locator('.total:visible')
    await expect.poll(() => total.textContent()).toMatch(/^1 function: 446 µs → 458 µs/)
    const whole = await total.textContent()
    const drawing = page.locator('[data-part="timeline"] svg[data-panel]').first()
    await drawing.scrollIntoViewIfNeeded()
    const box = (await drawing.boundingBox())!
    const [x = 0, width = 0] = (await drawing.getAttribute('data-panel'))!.split(' ').map(Number)
    const place = (share: number) => box.x + ((x + share * width) / 920) * box.width
    await page.mouse.move(place(0.02), box.y + 40)
    await page.mouse.down()
    await page.mouse.move(place(0.24), box.y + 40, { steps: 4 })
    await page.mouse.up()
    const note = page.locator('.flame:visible .note')
    await expect.poll(() => note.textContent()).toContain('from 0 to 100 ms of the profile')
    await expect.poll(() => new URL(page.url()).hash).toContain('time=0%7E100')
    const part = await total.textContent()
    expect(part).toMatch(/^1 function: /)
    expect(part).not.toBe(whole)
    await page.getByRole('button', { name: 'Whole profile' }).click()
    await expect.poll(() => total.textContent()).toBe(whole)
    expect(troubles).toEqual([])
  })

  it('is used by keyboard alone: pair, collector, shape, table, timeline, tree', async () => {
    await using opened = await openReport(browser(), family(), { viewport: { width: 1200, height: 900 } })
    const { page, troubles } = opened
    /** Presses the tabulator key until the element has the focus: what cannot be reached is never found. */
    const tabTo = async (selector: string) => {
      for (let presses = 0; presses < 300; presses++) {
        await page.keyboard.press('Tab')
        if (await page.evaluate(`document.activeElement?.matches(${JSON.stringify(selector)})`)) return
      }
      throw new Error(`The tabulator key never reaches ${selector}`)
    }
    await tabTo('#pair-select')
    for (let i = 0; i < 4; i++) await page.keyboard.press('ArrowDown')
    const shown = page.locator('.pair:visible')
    await expect.poll(() => shown.getAttribute('aria-label')).toBe('extra against quick')
    await tabTo('.tabs input:checked')
    await page.keyboard.press('ArrowRight')
    await expect.poll(() => page.locator('.flame:visible').getAttribute('data-title')).toBe('Stalls')
    await tabTo('.controls input[value="calls"]')
    await page.keyboard.press('ArrowRight')
    expect(await page.locator('.flame:visible input[value="inverted"]').isChecked()).toBe(true)
    await tabTo('canvas')
    for (const key of ['Home', 'ArrowDown', 'Enter']) await page.keyboard.press(key)
    expect(await shownFrame(page)).not.toBe('(all)')
    await tabTo('.twin summary')
    await page.keyboard.press('Enter')
    await tabTo('.twin [role="treeitem"]')
    await page.keyboard.press('ArrowDown')
    expect(await page.locator(':focus').getAttribute('aria-level')).toBe('2')
    await tabTo('.sortable th:nth-child(3) button')
    await page.keyboard.press('Enter')
    expect(await page.locator('th:has(:focus)').getAttribute('aria-sort')).toBe('descending')
    await tabTo('.brushes input')
    for (let i = 0; i < 5; i++) await page.keyboard.press('ArrowRight')
    await expect
      .poll(() => page.locator('.flame:visible .note').textContent())
      .toContain('from 100 to 360 ms')
    await tabTo('#download-record')
    const [download] = await Promise.all([page.waitForEvent('download'), page.keyboard.press('Enter')])
    expect(download.suggestedFilename()).toBe('shop-regressed.record.json')
    expect(troubles).toEqual([])
  })

  it('hands out the record and a profile', async () => {
    const report = regressed()
    await using opened = await openReport(browser(), report, { acceptDownloads: true })
    const { page } = opened
    const [record] = await Promise.all([
      page.waitForEvent('download'),
      page.locator('#download-record').click(),
    ])
    expect(JSON.parse(await readFile(await record.path(), 'utf8'))).toEqual(report.run)
    const [profile] = await Promise.all([
      page.waitForEvent('download'),
      page.locator('#download-profile').click(),
    ])
    expect(profile.suggestedFilename()).toBe('shop-regressed.0.cpu.round-1.pb.gz')
    const { cpu } = report.run.rounds[0]!.launches[0]!.collected
    expect((await readFile(await profile.path())).toString('base64')).toBe(cpu!.profile)
  })

  it('saves a flame that speedscope reads, both sides', async () => {
    const report = regressed()
    await using opened = await openReport(browser(), report, { acceptDownloads: true })
    const { page } = opened
    const button = page.getByRole('button', { name: 'Save for speedscope' }).first()
    const [download] = await Promise.all([page.waitForEvent('download'), button.click()])
    expect(download.suggestedFilename()).toBe('cpu.speedscope.json')
    const read = readProfile(await readFile(await download.path()))
    expect(read.format).toBe('speedscope')
    // The reader puts the profiles of a file together: what it cost before, and after.
    const { before, after } = report.analysis.flames[0]!
    const sum = (costs: Iterable<number>) => [...costs].reduce((a, b) => a + b, 0)
    const [costs] = read.profile.samples.values.slice(-1)
    // It reads times as nanoseconds.
    expect(sum(costs!) / 1_000).toBeCloseTo(sum([...before, ...after]), 0)
  })
})
