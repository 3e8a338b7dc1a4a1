/**
 * How large the page is, how fast its flame is, and whether everyone can use it: measured in headless Chromium, the
 * flame against d3-flame-graph with the same tree in the same browser.
 *
 *   npm run validate:report             needs Chromium (CHROME_PATH, or one of the usual places)
 *   npm run validate:report -- --quick  without the comparison
 *
 * Prints a table for each; exits with 1 when a target is missed.
 */
import { createRequire } from 'node:module'
import { parseArgs } from 'node:util'
import type { Browser } from 'playwright-core'
import type { Report } from '../harness/model/report.ts'
import { renderHtml } from '../reports/html/index.ts'
import { chromiumPath, launchChromium } from '../test/chromium.ts'
import { openReport } from '../test/reports/page.ts'
import { reportOf } from '../test/reports/records.ts'
import { failed, family, hostile, inconclusive, longNames, regressed } from '../test/reports/variations.ts'
import { bigFlame } from './report/big-flame.ts'
import { type Times, timeOurs, timeTheirs } from './report/in-browser.ts'
import { largeRun } from './report/large-run.ts'
import { printTable } from './statistics/table.ts'

const { quick } = parseArgs({ options: { quick: { type: 'boolean', default: false } } }).values

const MEGABYTE = 1_000_000
const LARGEST = 1.5 * MEGABYTE
const FACTOR = 10
/** Milliseconds between two frames at 60 Hz. */
const FRAME = 16.7
/** Milliseconds after which a reader notices that a million nodes are many. */
const PATIENCE = { zoom: 100, frame: 50 }

interface Row {
  what: string
  figure: string
  target: string
  met: boolean
}

function sizes(): Row[] {
  const row = (what: string, report: Report): Row => {
    const size = Buffer.byteLength(renderHtml(report))
    return { what, figure: `${(size / MEGABYTE).toFixed(2)} MB`, target: '≤ 1.50 MB', met: size <= LARGEST }
  }
  return [
    row('2 variants, 8 rounds, CPU, allocation and stalls', largeRun()),
    row('3 variants, 3 rounds, every collector, small service', reportOf('several')),
  ]
}

async function speed(browser: Browser): Promise<Row[]> {
  const flame = bigFlame(50_000)
  const ours = await timeOurs(browser, flame)
  const million = await timeOurs(browser, bigFlame(1_000_000))
  const theirs = quick ? null : await timeTheirs(browser, flame)
  const against = (step: 'paint' | 'zoom' | 'search'): Row => {
    const ratio = theirs ? theirs[step] / ours[step] : Number.NaN
    const figure = theirs
      ? `${ms(theirs[step])} / ${ms(ours[step])} = ${ratio.toFixed(0)} times`
      : ms(ours[step])
    return {
      what: `50,000 nodes: ${step}`,
      figure,
      target: `≥ ${FACTOR} times`,
      met: !theirs || ratio >= FACTOR,
    }
  }
  const within = (what: string, time: number, limit: number): Row => {
    return { what, figure: ms(time), target: limit === Infinity ? '' : `≤ ${limit} ms`, met: time <= limit }
  }
  return [
    against('paint'),
    against('zoom'),
    against('search'),
    within('50,000 nodes: frame, 95th percentile', ours.frame, FRAME),
    ...millionRows(million, within),
  ]
}

function millionRows(times: Times, within: (what: string, time: number, limit: number) => Row): Row[] {
  return [
    within('1,000,000 nodes: paint', times.paint, Number.POSITIVE_INFINITY),
    within('1,000,000 nodes: zoom', times.zoom, PATIENCE.zoom),
    within('1,000,000 nodes: search', times.search, Number.POSITIVE_INFINITY),
    within('1,000,000 nodes: frame, 95th percentile', times.frame, PATIENCE.frame),
  ]
}

const ms = (time: number): string => `${time < 10 ? time.toFixed(1) : time.toFixed(0)} ms`

const SAMPLES = { regressed, inconclusive, family, failed, hostile, longNames }

async function manners(browser: Browser): Promise<Row[]> {
  const axe = createRequire(import.meta.url).resolve('axe-core/axe.min.js')
  const rows: Row[] = []
  for (const [name, make] of Object.entries(SAMPLES)) {
    for (const colorScheme of ['light', 'dark'] as const) {
      // The page's policy refuses any script but its own, axe's as well.
      await using opened = await openReport(browser, make(), { colorScheme, bypassCSP: true })
      for (const summary of await opened.page.locator('.twin summary:visible').all()) await summary.click()
      await opened.page.addScriptTag({ path: axe })
      const found = (await opened.page.evaluate(
        'axe.run().then(it => it.violations.map(v => v.id))',
      )) as string[]
      const quiet = opened.requests.length === 0 && opened.troubles.length === 0
      const figure = `${opened.requests.length} requests, ${opened.troubles.length} errors, axe: ${found.join(', ') || 'none'}`
      rows.push({ what: `${name}, ${colorScheme}`, figure, target: 'none', met: quiet && found.length === 0 })
    }
  }
  return rows
}

function report(title: string, rows: Row[]): boolean {
  const cells = rows.map(row => [row.what, row.figure, row.target, row.met ? 'met' : 'MISSED'])
  printTable(title, ['', 'measured', 'target', ''], cells)
  return rows.every(row => row.met)
}

const path = chromiumPath()
if (path === undefined) {
  console.error('No Chromium found: install one, or set CHROME_PATH to its program.')
  process.exit(3)
}
const browser = await launchChromium(path)
try {
  const met = [
    report('Size of the page', sizes()),
    report(quick ? 'Flame' : 'Flame, d3-flame-graph / ours', await speed(browser)),
    report('Manners of the page', await manners(browser)),
  ]
  process.exitCode = met.every(Boolean) ? 0 : 1
} finally {
  await browser.close()
}
