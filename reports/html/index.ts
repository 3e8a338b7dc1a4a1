/** The report as one page that needs nothing but itself: no network, no server, and scripts only for what moves. */
import { createHash } from 'node:crypto'
import type { Artifact, Reporter } from '../../harness/model/capabilities.ts'
import type { Report } from '../../harness/model/report.ts'
import { script, styles } from './assets.ts'
import { fill } from './template.ts'
import { pageView } from './view.ts'

/** Same report, same page: nothing in it depends on when or where it is rendered. */
export function renderHtml(report: Report): string {
  const style = styles()
  const code = script()
  // Only this style sheet and this script may run, and nothing may be fetched from anywhere.
  const policy = [
    "default-src 'none'",
    `style-src '${digest(style)}'`,
    `script-src '${digest(code)}'`,
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ')
  return fill({ ...pageView(report), policy, style, script: code })
}

const digest = (text: string): string => `sha256-${createHash('sha256').update(text).digest('base64')}`

const reporter: Reporter = {
  name: 'html',
  render: (report): Artifact[] => [{ path: 'report.html', content: renderHtml(report) }],
}

export default reporter
