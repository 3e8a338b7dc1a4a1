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
    const whole = withoutDamage(run, metrics)
    if (whole) return conclude(whole, metrics)
    throw new UsageError('A histogram or a profile in the record is damaged.', {
      place,
      details: cause instanceof Error ? cause.message : String(cause),
      advice: 'Take another record, or measure again.',
      cause,
    })
  }
}

/** Undefined when no round is whole, or when each of them is, so that the problem is another. */
function withoutDamage({ recorded, ...run }: RunRecord, metrics: Metric[]): RunRecord | undefined {
  const isWhole = (of: RunRecord) => (round: RoundRecord) => isReadable({ ...of, rounds: [round] }, metrics)
  const [own, earlier] = [run, recorded].map(each => each?.rounds.filter(isWhole(each)) ?? [])
  const lost = run.rounds.filter(round => !own!.includes(round)).map(({ index }) => index)
  const lostBefore = (recorded?.rounds.length ?? 0) - earlier!.length
  if (own!.length === 0 || (recorded && earlier!.length === 0) || lost.length + lostBefore === 0)
    return undefined
  const problem = 'a histogram or a profile in it cannot be read'
  return {
    ...run,
    rounds: own!,
    findings: [...run.findings, ...lost.map(round => damaged({ round, problem }))],
    recorded: recorded && { ...recorded, rounds: earlier! },
  }
}

function isReadable(run: RunRecord, metrics: Metric[]): boolean {
  try {
    conclude(run, metrics)
    return true
  } catch {
    return false
  }
}
