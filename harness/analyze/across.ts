/**
 * Two measurements of different times: the machine may have been another one in between. Bytes and exact figures do not
 * care. Of times, each round's ratio to the yardstick is compared, and both sides' variances count. Without a yardstick that
 * both have measured alike, times are shown and nothing rests on them.
 */
import type { Metric } from '../model/metric.ts'
import type { LaunchRecord, RoundRecord, RunRecord } from '../model/record.ts'
import type { Across } from '../model/report.ts'
import { centreOf } from '../stats/centre.ts'
import { measured } from '../stats/describe.ts'
import { differenceOf } from '../stats/welch.ts'
import { logRatio, measureLaunch, middleOf, type Ratios, ratiosOf } from './ratios.ts'
import { typicalRatio } from './totals.ts'

/**
 * Fractions by which a gate's margin is wider: what the yardstick does not cancel from one session to the next, as
 * `npm run validate:yardstick` measures it (docs/baselines.md). Waiting depends on more than on the machine's speed. And a
 * machine that has become slower has not become so for everything alike: of the yardstick's change a share is left.
 */
export const ALLOWANCE = { processorTime: 0.03, otherTime: 0.25, ofShift: 1 / 3 }

/** @param shift how much the machine has changed, as a log-ratio of the yardstick's CPU time per request */
export function allowances(shift: number): { processorTime: number; otherTime: number } {
  const left = ALLOWANCE.ofShift * Math.abs(shift)
  const processorTime = ALLOWANCE.processorTime + left
  return { processorTime, otherTime: Math.max(ALLOWANCE.otherTime, processorTime) }
}

/** Of all yardsticks of a side, in the typical slice; 0 where they were not measured alike. */
export function shiftOf(before: LaunchRecord[], after: LaunchRecord[]): number {
  const [was, is] = [before, after].map(launches => typicalRatio(launches, 'cpu', 'requests'))
  return was && is ? Math.log(is / was) : 0
}

const yardsticksOf = (rounds: RoundRecord[], id: string): LaunchRecord[] =>
  rounds.flatMap(({ yardsticks = [] }) => yardsticks.filter(({ variant }) => variant === id))

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
  const [there, here] = [plan.baseline, variant].map(id => yardsticksOf(rounds, id))
  const { processorTime, otherTime } = allowances(shiftOf(there!, here!))
  return {
    ...ratiosOf(rounds, metric, variant, plan.baseline, excluded),
    ratios: before.map((was, i) => (was === null || after[i] == null ? null : after[i] - was)),
    across: {
      allowance: corrected ? (metric.id.startsWith('cpu.') ? processorTime : otherTime) : 0,
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
