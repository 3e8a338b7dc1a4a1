/** Writes a report's files and prints what the reader asked for. */
import { renderJson } from '../../reports/json.ts'
import { renderTerminal } from '../../reports/terminal.ts'
import type { Reporter } from '../model/capabilities.ts'
import type { Report } from '../model/report.ts'
import { saveArtifacts } from '../store/index.ts'
import { type Host, printOptions } from './host.ts'

const JSON_FILE = 'report.json'

export interface Delivered {
  /** The JSON report; it lists the files. */
  json: string
  /** Absolute path of the page, if a reporter made one. */
  page?: string
}

/** Writes the files of every reporter into the run's folder, or into another one that has its record. */
export async function writeReports(
  report: Report,
  reporters: Reporter[],
  folder = report.run.plan.output,
): Promise<Delivered> {
  const rendered = reporters.flatMap(reporter => reporter.render(report))
  const files = rendered.filter(({ path }) => path !== '' && path !== JSON_FILE)
  const json = renderJson(report, ['record.json', JSON_FILE, ...files.map(({ path }) => path)])
  const paths = await saveArtifacts(folder, [...files, { path: JSON_FILE, content: json }])
  return { json, page: paths.find(path => path.endsWith('.html')) }
}

/** The table, and where the page is. */
export function printReport(report: Report, page: string | undefined, host: Host): void {
  host.stdout.write(renderTerminal(report, printOptions(host)))
  if (page) host.stdout.write(`\nReport: ${page}\n`)
}
