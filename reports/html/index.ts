/** The report as one page that needs no network and no server, and a script only for what moves. */
import type { Artifact, Reporter } from '../../harness/model/capabilities.ts'
import type { Report } from '../../harness/model/report.ts'
import { fill } from './template.ts'
import { pageView } from './view.ts'

/** The same report gives the same page, whenever and wherever it is rendered. */
export const renderHtml = (report: Report): string => fill('page', pageView(report))

const reporter: Reporter = {
  name: 'html',
  render: (report): Artifact[] => [{ path: 'report.html', content: renderHtml(report) }],
}

export default reporter
