/** Saved records, as the commands that do not measure take them. */
import { resolve } from 'node:path'
import { conclude } from '../bench.ts'
import type { Metric } from '../model/capabilities.ts'
import { UsageError } from '../model/errors.ts'
import type { RunRecord } from '../model/record.ts'
import type { Report } from '../model/report.ts'
import { readRecord } from '../store/index.ts'
import type { Host } from './host.ts'

/** @throws UsageError when it is no record that can be read */
export const openRecord = (path: string, host: Host): Promise<RunRecord> =>
  readRecord(resolve(host.cwd(), path))

/** @throws UsageError when a histogram or a profile inside of the record is damaged: its shape alone does not show that */
export function concludeSaved(run: RunRecord, metrics: Metric[], place: string): Report {
  try {
    return conclude(run, metrics)
  } catch (cause) {
    throw new UsageError('A histogram or a profile in the record is damaged.', {
      place,
      details: cause instanceof Error ? cause.message : String(cause),
      advice: 'Take another record, or measure again.',
      cause,
    })
  }
}
