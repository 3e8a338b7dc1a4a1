/**
 * Two measurements of different times: the machine may have been another one in between. Bytes and exact figures do not
 * care. Of times, each round's ratio to the yardstick is compared, and both sides' variances count. Without a yardstick that
 * both have measured alike, times are shown and nothing rests on them.
 */
import type { Metric } from '../model/metric.ts'
import type { RoundRecord, RunRecord } from '../model/record.ts'
import type { Across } from '../model/report.ts'
import { centreOf } from '../stats/centre.ts'
import { measured } from '../stats/describe.ts'
import { differenceOf } from '../stats/welch.ts'
import { logRatio, measureLaunch, middleOf, type Ratios, ratiosOf } from './ratios.ts'

/**
 * Fractions by which a gate's margin is wider: what the yardstick does not cancel from one session to the next, as
 * `npm run validate:yardstick` measures it (docs/baselines.md). Waiting depends on more than on the machine's speed.
 */
export const ALLOWANCE = { processorTime: 0.03, otherTime: 0.25 }

const allowanceFor = ({ id }: Metric): number =>
  id.startsWith('cpu.') ? ALLOWANCE.processorTime : ALLOWANCE.otherTime

export const carriesOver = ({ exact, unit }: Pick<Metric, 'exact' | 'unit'>): boolean =>
  exact === true || unit === 'bytes'

const TIMES: Metric['unit'][] = ['ns', 'µs', 'ms', '1/s']

/** @param excluded indexes of rounds that carry nothing, by the rule of `exclusion.ts` */
export function ratiosAcross(
  { plan, rounds }: RunRecord,
  metric: Metric,
  variant: string,
  excluded: ReadonlySet<number>,
): Ratios & { across: Across } {
  const direct = carriesOver(metric)
  const corrected = !direct && TIMES.includes(metric.unit) && plan.yardstick !== undefined
  const [before, after] = [plan.baseline, variant].map(id =>
    rounds.map(round => (excluded.has(round.index) ? null : logOf(round, id, metric, corrected))),
  ) as [(number | null)[], (number | null)[]]
  return {
    ...ratiosOf(rounds, metric, variant, plan.baseline, excluded),
    ratios: before.map((was, i) => (was === null || after[i] == null ? null : after[i] - was)),
    across: {
      allowance: corrected ? allowanceFor(metric) : 0,
      centre: differenceOf(centreOf(measured(before)), centreOf(measured(after))),
      ...(!direct &&
        !corrected && { unsure: `${metric.title} was measured at two times, with no yardstick for it.` }),
    },
  }
}

/** A side's own value in a round, as a logarithm: in units of the yardstick, or as it is. */
function logOf(round: RoundRecord, id: string, metric: Metric, corrected: boolean): number | null {
  const own = measureLaunch(launchOf(round.launches, id), metric)
  if (corrected) return logRatio(measureLaunch(launchOf(round.yardsticks ?? [], id), metric), own)
  const value = middleOf(own)
  return value !== null && value > 0 ? Math.log(value) : null
}

const launchOf = (launches: RoundRecord['launches'], id: string) =>
  launches.find(({ variant }) => variant === id)
