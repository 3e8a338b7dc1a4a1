/** Writes the files of a report, and prints its table. */
import { renderJson } from '../../reports/json.ts'
import { renderTerminal } from '../../reports/terminal.ts'
import type { Artifact, Reporter } from '../model/capabilities.ts'
import { MeasureError } from '../model/errors.ts'
import type { Report } from '../model/report.ts'
import { saveArtifacts } from '../store/index.ts'
import { type Host, printOptions } from './host.ts'

const JSON_FILE = 'report.json'

export interface Delivered {
  /** The report as JSON, with a list of the files. */
  json: string
  /** Absolute path of the page, if a reporter wrote one. */
  page?: string
}

/** Writes the files of every reporter into the folder of the run, or into another one with its record. */
export async function writeReports(
  report: Report,
  reporters: Reporter[],
  folder = report.run.plan.output,
): Promise<Delivered> {
  const rendered = reporters.flatMap(reporter => render(reporter, report))
  const files = rendered.filter(({ path }) => path !== '' && path !== JSON_FILE)
  const json = renderJson(report, ['record.json', JSON_FILE, ...files.map(({ path }) => path)])
  const paths = await saveArtifacts(folder, [...files, { path: JSON_FILE, content: json }])
  return { json, page: paths.find(path => path.endsWith('.html')) }
}

/** A plugin's reporter that throws must not look like a bug of ours. */
function render(reporter: Reporter, report: Report): Artifact[] {
  try {
    return reporter.render(report)
  } catch (cause) {
    throw new MeasureError(`The reporter \`${reporter.name}\` failed.`, {
      place: report.run.plan.output,
      details: cause instanceof Error ? cause.stack : String(cause),
      advice: 'The record is saved: render it with `flamegate report` when the reporter works.',
      cause,
    })
  }
}

/** Prints the table and the path of the page. */
export function printReport(report: Report, page: string | undefined, host: Host): void {
  host.stdout.write(renderTerminal(report, printOptions(host)))
  if (page) host.stdout.write(`\nReport: ${page}\n`)
}
