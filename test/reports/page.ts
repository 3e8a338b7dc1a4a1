/** Opens a rendered report in a browser, from a file, and keeps account of what it does. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import type { Report } from '../../harness/model/report.ts'
import { renderHtml } from '../../reports/html/index.ts'

export interface OpenedReport extends AsyncDisposable {
  page: Page
  /** Everything that was asked for beyond the page itself. */
  requests: string[]
  /** Messages on the console that are errors or warnings, exceptions, and dialogs. */
  troubles: string[]
}

type Options = BrowserContextOptions & { hash?: string }

export const openReport = (browser: Browser, report: Report, options: Options = {}): Promise<OpenedReport> =>
  openPage(browser, renderHtml(report), options)

export async function openPage(
  browser: Browser,
  content: string,
  options: Options = {},
): Promise<OpenedReport> {
  const folder = await mkdtemp(join(tmpdir(), 'report-page-'))
  const file = join(folder, 'report.html')
  await writeFile(file, content)
  const { hash = '', ...contextOptions } = options
  const context = await browser.newContext({ offline: true, ...contextOptions })
  const page = await context.newPage()
  const requests: string[] = []
  const troubles: string[] = []
  const url = pathToFileURL(file).href
  page.on('request', request => !request.url().startsWith(url) && requests.push(request.url()))
  page.on('console', message => /error|warning/.test(message.type()) && troubles.push(message.text()))
  page.on('pageerror', error => troubles.push(String(error)))
  page.on('dialog', async dialog => {
    troubles.push(`dialog: ${dialog.message()}`)
    await dialog.dismiss()
  })
  await page.goto(url + hash)
  if (options.javaScriptEnabled !== false) await page.waitForSelector('html[data-ready]')
  return {
    page,
    requests,
    troubles,
    async [Symbol.asyncDispose]() {
      await context.close()
      await rm(folder, { recursive: true })
    },
  }
}
