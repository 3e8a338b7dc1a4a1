import { expect, it } from 'vitest'
import { diffProfiles } from '../../harness/analyze/index.ts'
import { evidenceOfProfiles } from '../../harness/evidence/index.ts'
import { readFolded } from '../../harness/formats/folded.ts'
import type { DiffRequest, ProfileFile } from '../../harness/model/diff.ts'
import { renderDiffPage } from '../../reports/html/diff.ts'
import { describeInChromium } from '../chromium.ts'
import { read } from '../formats/files.ts'
import { openPage } from './page.ts'

const side = (label: string, format: string, profile: ProfileFile['profile']) => ({
  label,
  files: [{ path: label, format, profile, repaired: 0 }],
})

const diff = (request: DiffRequest) => diffProfiles(evidenceOfProfiles(request), request)

const profiles = () =>
  renderDiffPage(
    diff({
      before: side('old.cpuprofile', 'cpuprofile', read('node26.cpuprofile')),
      after: side('new.cpuprofile', 'cpuprofile', read('node26-edited.cpuprofile')),
    }),
    'npx flamegate diff old.cpuprofile new.cpuprofile',
  )

const evil = '</script><img src=x onerror=alert(1)>{{7*7}}'

const hostile = () =>
  renderDiffPage(
    diff({
      before: side(evil.repeat(9), 'folded', readFolded(`${evil};a 5\n`)),
      after: side('\u202egnp', 'folded', readFolded(`${evil} 3\n(anonymous (${evil}:9)) 4\n`)),
    }),
    `npx ${evil}`,
  )

describeInChromium('the page of a diff', browser => {
  it.each(Object.entries({ profiles, hostile }))(
    '%s: asks for nothing, complains about nothing, fits',
    async (_, make) => {
      await using opened = await openPage(browser(), make(), { viewport: { width: 360, height: 800 } })
      expect(opened.requests).toEqual([])
      expect(opened.troubles).toEqual([])
      expect(
        await opened.page.evaluate('document.documentElement.scrollWidth - innerWidth'),
      ).toBeLessThanOrEqual(0)
    },
  )

  it('draws a flame for each view and says what its numbers are given in', async () => {
    await using opened = await openPage(browser(), profiles())
    const { page } = opened
    const flame = page.locator('.flame:not([hidden])')
    expect(await flame.locator('.note').textContent()).toContain(
      'costs as a share of the total on either side',
    )
    await flame.locator('canvas').first().focus()
    await page.keyboard.press('Home')
    expect(await flame.locator('.details thead').textContent()).toContain('as a share of the total')
    expect(await flame.locator('.details .sure').textContent()).toBe('no interval')
    await page.getByRole('radio', { name: 'Per second' }).check()
    // Opened only now, as it is looked at.
    await expect
      .poll(() => page.locator('.flame:not([hidden]) .note').textContent())
      .toContain('costs per second')
  })

  it('can be read without JavaScript', async () => {
    await using opened = await openPage(browser(), profiles(), { javaScriptEnabled: false })
    expect(await opened.page.getByText('there are no intervals').isVisible()).toBe(true)
    expect(await opened.page.locator('.sortable').count()).toBe(2)
  })
})
