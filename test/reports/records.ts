/**
 * Reports of real runs: records in `test/fixtures/records`, concluded again. A variation edits a copy of the record, so
 * every analysis in a test is one that a run can have.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { conclude } from '../../harness/bench.ts'
import { loadCapabilities } from '../../harness/capabilities.ts'
import type { Metric } from '../../harness/model/metric.ts'
import type { RunRecord } from '../../harness/model/record.ts'
import type { Report } from '../../harness/model/report.ts'
import { parseRecord } from '../../harness/store/schema.ts'

const FOLDER = join(import.meta.dirname, '..', 'fixtures', 'records')
const ENDING = '.json.gz'

export const { metrics: METRICS } = await loadCapabilities()

/** Names of all records: `regressed`, `joined`, … */
export const RECORDS = readdirSync(FOLDER)
  .filter(file => file.endsWith(ENDING))
  .map(file => file.slice(0, -ENDING.length))
  .sort()

const records = new Map<string, RunRecord>()
const reports = new Map<string, Report>()

/** A copy of a record, to edit. */
export function recordOf(name: string): RunRecord {
  const known = records.get(name)
  if (known) return structuredClone(known)
  const file = join(FOLDER, `${name}${ENDING}`)
  const parsed = parseRecord(JSON.parse(gunzipSync(readFileSync(file)).toString()))
  if ('problems' in parsed) throw new Error(`${file}: ${parsed.problems.join('\n')}`)
  records.set(name, parsed.record)
  return structuredClone(parsed.record)
}

/** The report of a record as it was written. Every caller gets the same one: copy it before an edit. */
export function reportOf(name: string): Report {
  const report = reports.get(name) ?? concluded(recordOf(name))
  reports.set(name, report)
  return report
}

export const concluded = (run: RunRecord, metrics: Metric[] = METRICS): Report => conclude(run, metrics)

/** The report of an edited record. */
export function edited(name: string, edit: (run: RunRecord) => void): Report {
  const run = recordOf(name)
  edit(run)
  return concluded(run)
}
