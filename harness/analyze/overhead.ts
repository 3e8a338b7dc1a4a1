/** What each collector itself cost: CPU per request with it against without it, in the same launches. */
import type { LaunchRecord, RunRecord, Slices } from '../model/record.ts'
import type { Change, Overhead } from '../model/report.ts'
import { centreOf, intervalOf } from '../stats/centre.ts'
import { CONFIDENCE, changeOf } from '../stats/change.ts'
import { isMeasured, mean, measured, median } from '../stats/describe.ts'

export function overheads(run: RunRecord): Overhead[] {
  return run.plan.collectors.map(collector => ({ collector, change: overheadOf(run, collector) }))
}

/** One log-ratio per round, the mean over its launches; two rounds give an interval. */
function overheadOf(run: RunRecord, collector: string): Change | null {
  const perRound = run.rounds.flatMap(round => {
    const logs = measured(round.launches.map(launch => logOverhead(launch, collector)))
    return logs.length > 0 ? [mean(logs)] : []
  })
  const centre = centreOf(perRound)
  return centre && changeOf(intervalOf(centre, (1 - CONFIDENCE) / 2))
}

function logOverhead(launch: LaunchRecord, collector: string): number | null {
  const capture = launch.captures[collector]
  const [without, during] = [cpuPerRequest(launch.timed), capture ? cpuPerRequest(capture.slices) : null]
  return without && during ? Math.log(during / without) : null
}

function cpuPerRequest({ cpu, requests }: Slices): number | null {
  const costs = cpu.flatMap((nanoseconds, row) => {
    const count = requests[row]
    return isMeasured(nanoseconds) && isMeasured(count) && count > 0 ? [nanoseconds / count] : []
  })
  return costs.length > 0 ? median(costs) : null
}
