/** What each collector cost: CPU per request with it and without it, in the same launches. */
import type { Evidence, Sample } from '../model/evidence.ts'
import type { Change, Overhead } from '../model/report.ts'
import { centreOf, intervalOf } from '../stats/centre.ts'
import { CONFIDENCE, changeOf } from '../stats/change.ts'
import { typicalRatio } from '../stats/columns.ts'
import { mean, measured } from '../stats/describe.ts'
import { unitsOf } from './pairs.ts'

export function overheads(evidence: Evidence): Overhead[] {
  return evidence.collectors.map(collector => ({ collector, change: overheadOf(evidence, collector) }))
}

/** One log-ratio per round, the mean over its samples; two rounds give an interval. */
function overheadOf(evidence: Evidence, collector: string): Change | null {
  const perRound = unitsOf(evidence).flatMap(unit => {
    const logs = measured(unit.map(sample => logOverhead(sample, collector)))
    return logs.length > 0 ? [mean(logs)] : []
  })
  const centre = centreOf(perRound)
  return centre && changeOf(intervalOf(centre, (1 - CONFIDENCE) / 2))
}

function logOverhead({ columns, collected }: Sample, collector: string): number | null {
  const slices = collected[collector]?.slices ?? {}
  const [without, during] = [columns, slices].map(table =>
    typicalRatio([{ columns: table }], 'cpu', 'requests'),
  )
  return without && during ? Math.log(during / without) : null
}
