/** All that a reader must know before believing a figure, gravest first. */
import type { Finding } from '../../harness/model/finding.ts'
import type { Report } from '../../harness/model/report.ts'

const RANK = { error: 0, warning: 1, info: 2 }

/** Of the measuring and of the analysis; what both noticed is told once. */
export function findings(report: Report): Finding[] {
  const all = [...report.run.findings, ...report.analysis.findings]
  const first = new Map(all.toReversed().map(finding => [`${finding.code} ${finding.message}`, finding]))
  return [...first.values()].toReversed().toSorted((a, b) => RANK[a.severity] - RANK[b.severity])
}
