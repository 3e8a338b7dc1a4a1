/** Whether every step of the script has its share in a change, told by the latency of its middle request. */
import type { LatencyCurve, Report } from '../../harness/model/report.ts'
import { sound } from '../../harness/words/numbers.ts'
import type { Pair } from './pairs.ts'

/** ` 2 of 4 steps answer no faster.`; empty where all do, or where nobody can tell. */
export function unmovedSteps({ analysis }: Report, pair: Pair): string {
  const change = sound(pair.headline?.change)
  const saturated = analysis.findings.some(({ code }) => code === 'loader-saturated')
  if (!change || saturated || (change.low <= 0 && change.high >= 0)) return ''
  const worse = pair.headline?.better === 'lower' ? change.estimate > 0 : change.estimate < 0
  const medians = (variant: string) =>
    new Map(
      analysis.latency.filter(it => it.variant === variant && isStep(it)).map(it => [it.step, median(it)]),
    )
  const [before, after] = [medians(pair.baseline.id), medians(pair.variant.id)]
  const unmoved = [...before].filter(([step, from]) => {
    const to = after.get(step)
    return !from || !to || (worse ? to.low <= from.high : to.high >= from.low)
  })
  if (before.size < 2 || unmoved.length === 0) return ''
  return ` ${unmoved.length} of ${before.size} steps answer no ${worse ? 'slower' : 'faster'}.`
}

const isStep = ({ step, kind, phase }: LatencyCurve): boolean =>
  step !== 'all' && kind !== 'uncorrected' && phase === undefined

/** Its value, and its extremes over rounds. */
const median = ({ points }: LatencyCurve) => points.find(({ percentile }) => percentile === 50)
