/** Opens saved records for the commands that do not measure. */
import { resolve } from 'node:path'
import { conclude } from '../bench.ts'
import type { Metric } from '../model/capabilities.ts'
import { UsageError } from '../model/errors.ts'
import type { RoundRecord, RunRecord } from '../model/record.ts'
import type { Report } from '../model/report.ts'
import { damaged, readRecord } from '../store/index.ts'
import type { Host } from './host.ts'

/** @throws UsageError when the record cannot be read */
export const openRecord = (path: string, host: Host): Promise<RunRecord> =>
  readRecord(resolve(host.cwd(), path))

/**
 * A damaged histogram or profile only shows when it is decoded. Rounds with one are left out, and a finding says so.
 *
 * @throws UsageError when no round is intact
 */
export function concludeSaved(run: RunRecord, metrics: Metric[], place: string): Report {
  try {
    return conclude(run, metrics)
  } catch (cause) {
    const whole = run.rounds.filter(round => !problemOf({ ...run, rounds: [round] }, metrics))
    if (whole.length > 0 && whole.length < run.rounds.length)
      return concludeSaved(without(run, whole), metrics, place)
    throw new UsageError('A histogram or a profile in the record is damaged.', {
      place,
      details: cause instanceof Error ? cause.message : String(cause),
      advice: 'Take another record, or measure again.',
      cause,
    })
  }
}

function problemOf(run: RunRecord, metrics: Metric[]): unknown {
  try {
    conclude(run, metrics)
  } catch (problem) {
    return problem
  }
}

function without(run: RunRecord, whole: RoundRecord[]): RunRecord {
  const lost = run.rounds.filter(round => !whole.includes(round)).map(({ index }) => index)
  const problem = 'a histogram or a profile in it cannot be read'
  return {
    ...run,
    rounds: whole,
    findings: [...run.findings, ...lost.map(round => damaged({ round, problem }))],
  }
}
