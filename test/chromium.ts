/** A Chromium for tests of pages, where the machine has one. */
import { existsSync } from 'node:fs'
import { type Browser, chromium } from 'playwright-core'
import { afterAll, beforeAll, describe } from 'vitest'

const USUAL_PLACES = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/usr/bin/google-chrome-stable',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
]

/** Path of the browser: `CHROME_PATH`, or one of the usual places. */
export const chromiumPath = (): string | undefined =>
  [process.env.CHROME_PATH, ...USUAL_PLACES].find(path => path !== undefined && existsSync(path))

/** A headless browser that calls nobody by itself. */
export function launchChromium(executablePath: string): Promise<Browser> {
  const quiet = [
    '--no-first-run',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
  ]
  return chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu', ...quiet] })
}

/** A suite with one browser for all of its tests; without Chromium it is skipped, and its title says why. */
export function describeInChromium(title: string, suite: (browser: () => Browser) => void): void {
  const path = chromiumPath()
  if (path === undefined) {
    describe.skip(`${title} (skipped: no Chromium found, set CHROME_PATH)`, () => suite(() => missing()))
    return
  }
  describe(title, () => {
    let browser: Browser | undefined
    beforeAll(async () => {
      browser = await launchChromium(path)
    })
    afterAll(() => browser?.close())
    suite(() => browser ?? missing())
  })
}

function missing(): never {
  throw new Error('The browser has not been started: use it inside of a test.')
}
