/** The report as one page that needs nothing but itself: no network, no server, and scripts only for what moves. */
import type { Artifact, Reporter } from '../../harness/model/capabilities.ts'
import type { Report } from '../../harness/model/report.ts'
import { ownFiles } from './policy.ts'
import { fill } from './template.ts'
import { pageView } from './view.ts'

/** Same report, same page: nothing in it depends on when or where it is rendered. */
export function renderHtml(report: Report): string {
  return fill({ ...pageView(report), ...ownFiles() })
}

const reporter: Reporter = {
  name: 'html',
  render: (report): Artifact[] => [{ path: 'report.html', content: renderHtml(report) }],
}

export default reporter
