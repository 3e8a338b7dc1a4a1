/** How far rounds of the same code scatter, for each way of making one figure out of a round's paired slices. */

import type { LaunchRecord } from '../../harness/model/launch.ts'
import type { RunRecord } from '../../harness/model/record.ts'
import { measured, median, midmean, standardDeviation } from '../../harness/stats/describe.ts'
import { percentage } from './table.ts'

type Estimator = (before: number[], after: number[]) => number | null

const sum = (values: number[]) => values.reduce((total, value) => total + value, 0)

const logRatios = (before: number[], after: number[]) =>
  measured(before.map((cost, row) => Math.log(after[row]! / cost)))

export const ESTIMATORS: Record<string, Estimator> = {
  'totals of both': (before, after) => Math.log(sum(after) / sum(before)),
  'median of pairs': (before, after) => median(logRatios(before, after)),
  'midmean of pairs': (before, after) => midmean(logRatios(before, after)),
}

/** Standard deviation over rounds of CPU per request, in per cent, for each of the estimators. */
export function scatter(runs: RunRecord[]): string[] {
  const pairs = runs.flatMap(({ plan, rounds }) =>
    rounds.flatMap(({ launches }) => {
      const before = launches.find(({ variant }) => variant === plan.baseline)
      return before ? launches.filter(launch => launch !== before).map(after => [before, after] as const) : []
    }),
  )
  return Object.values(ESTIMATORS).map(estimate =>
    percentage(
      standardDeviation(measured(pairs.map(([before, after]) => estimate(costs(before), costs(after))))),
    ),
  )
}

const costs = ({ timed }: LaunchRecord): number[] =>
  (timed.cpu ?? []).map((cpu, row) => (cpu ?? Number.NaN) / (timed.requests?.[row] ?? Number.NaN))
