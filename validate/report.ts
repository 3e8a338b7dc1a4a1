/** The size of the page, the speed of its flame next to d3-flame-graph, and its accessibility; in Chromium. */
import { createRequire } from 'node:module'
import type { Browser } from 'playwright-core'
import { MeasureError } from '../harness/model/errors.ts'
import type { Report } from '../harness/model/report.ts'
import { value } from '../harness/words/numbers.ts'
import { renderHtml } from '../reports/html/index.ts'
import { chromiumPath, launchChromium } from '../test/chromium.ts'
import { openReport } from '../test/reports/page.ts'
import { failed, family, hostile, inconclusive, longNames, regressed } from '../test/reports/variations.ts'
import { atMost, type Context, type Experiment, inParts, only, type Target } from './experiment.ts'
import { bigFlame } from './report/big-flame.ts'
import { type Times, timeOurs, timeTheirs } from './report/in-browser.ts'
import { largeRun } from './report/large-run.ts'

/** Bytes of a page. */
const LARGEST = 1_500_000
const FACTOR = 10
/** Milliseconds between two frames at 60 Hz. */
const FRAME = 16.7
/** Milliseconds that a reader of a million nodes puts up with. */
const PATIENCE = { zoom: 100, frame: 50 }

const report: Experiment = {
  shows:
    'The size of the page, the speed of its flame and its accessibility; needs Chromium, at CHROME_PATH or in a usual place (quick: without d3-flame-graph).',
  flags: only({ size, flame, manners }),
  run: context => inParts({ size, flame, manners }, context),
}

export default report

async function inBrowser(work: (browser: Browser) => Promise<Target[]>): Promise<Target[]> {
  const path = chromiumPath()
  if (path === undefined) throw new MeasureError('Chromium was not found: install it, or set CHROME_PATH.')
  const browser = await launchChromium(path)
  try {
    return await work(browser)
  } finally {
    await browser.close()
  }
}

function size(): Target[] {
  const bytes = (report: Report) => Buffer.byteLength(renderHtml(report))
  return [
    atMost('2 variants, 8 rounds, CPU, allocation and stalls', bytes(largeRun()), LARGEST, megabytes),
    atMost(
      '5 variants, 9 rounds, CPU, allocation and stalls, small service',
      bytes(family()),
      LARGEST,
      megabytes,
    ),
  ]
}

function flame({ quick }: Context): Promise<Target[]> {
  return inBrowser(async browser => {
    const small = bigFlame(50_000)
    const ours = await timeOurs(browser, small)
    const large = await timeOurs(browser, bigFlame(1_000_000))
    const theirs = quick ? undefined : await timeTheirs(browser, small)
    const steps = ['paint', 'zoom', 'search'] as const
    return [
      ...steps.map(step => {
        const name = `50,000 nodes: ${step}`
        return theirs ? faster(name, ours[step], theirs[step]) : within(name, ours[step])
      }),
      within('50,000 nodes: frame, 95th percentile', ours.frame, FRAME),
      ...ofMillion(large),
    ]
  })
}

const ofMillion = ({ paint, zoom, search, frame }: Times): Target[] => [
  within('1,000,000 nodes: paint', paint),
  within('1,000,000 nodes: zoom', zoom, PATIENCE.zoom),
  within('1,000,000 nodes: search', search),
  within('1,000,000 nodes: frame, 95th percentile', frame, PATIENCE.frame),
]

const megabytes = (bytes: number) => `${(bytes / 1e6).toFixed(2)} MB`
const ms = (time: number) => value(time, 'ms')

const faster = (name: string, ours: number, theirs: number): Target => ({
  name,
  value: `${ms(theirs)} with d3-flame-graph, ${ms(ours)} here: ${(theirs / ours).toFixed(0)} times as fast`,
  bound: `at least ${FACTOR} times`,
  met: theirs / ours >= FACTOR,
})

const within = (name: string, time: number, limit?: number): Target =>
  limit === undefined ? { name, value: ms(time), met: true } : atMost(name, time, limit, ms)

const SAMPLES = { regressed, inconclusive, family, failed, hostile, longNames }

function manners(): Promise<Target[]> {
  const axe = createRequire(import.meta.url).resolve('axe-core/axe.min.js')
  return inBrowser(async browser => {
    const targets: Target[] = []
    for (const [name, make] of Object.entries(SAMPLES)) {
      for (const colorScheme of ['light', 'dark'] as const) {
        // The page's policy refuses any script but its own, even axe's.
        await using opened = await openReport(browser, make(), { colorScheme, bypassCSP: true })
        const { page, requests, troubles } = opened
        for (const summary of await page.locator('.twin summary:visible').all()) await summary.click()
        await page.addScriptTag({ path: axe })
        const violations = (await page.evaluate(
          'axe.run().then(it => it.violations.map(v => v.id))',
        )) as string[]
        targets.push({
          name: `${name}, ${colorScheme}`,
          value: `${requests.length} requests, ${troubles.length} errors, axe: ${violations.join(', ') || 'none'}`,
          bound: 'none',
          met: requests.length + troubles.length + violations.length === 0,
        })
      }
    }
    return targets
  })
}
