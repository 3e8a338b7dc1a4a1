/**
 * Rounds of real services that were measured against themselves: `test/replays/*.json.gz`, one record each.
 *
 * A pseudo-experiment draws rounds with replacement and turns each of them around at random. Only which side is called
 * "before" is made up, and for a change that does nothing it could have been either.
 */
import { join } from 'node:path'
import { excludedSamples } from '../../harness/analyze/exclusion.ts'
import { ratiosOf } from '../../harness/analyze/ratios.ts'
import { evidenceOfRun } from '../../harness/evidence/index.ts'
import type { LaunchRecord } from '../../harness/model/launch.ts'
import type { Metric } from '../../harness/model/metric.ts'
import type { RunRecord } from '../../harness/model/record.ts'
import { measured, median, midmean, standardDeviation, sum } from '../../harness/stats/describe.ts'
import type { Random } from '../../harness/stats/random.ts'
import { readReplay, replayFiles } from '../capture/replays.ts'
import type { Round } from './trial.ts'

const FOLDER = join(import.meta.dirname, '..', '..', 'test', 'replays')

/** Metrics that scenarios gate on, which come first; the targets are about the first one. */
const GATED = ['cpu.perRequest', 'latency.p50', 'latency.p99', 'throughput', 'cpu.mainThread']
/** The same for services that wait. */
const GATED_WAITING = ['latency.p50', 'latency.p99', 'cpu.perRequest']

export interface Pool {
  name: string
  runs: RunRecord[]
  rounds: Round[]
  /** Duration of a round, with all that comes between two of them. */
  roundSeconds: number
}

/** One pool per file name without its number: `injected-quiet-1.json.gz` and `-2` are one. */
export function readPools(metrics: Metric[]): Pool[] {
  const groups = Map.groupBy(replayFiles(FOLDER), file => file.replace(/(-\d+)?\.json\.gz$/, ''))
  return [...groups].map(([name, group]) => {
    const runs = group.map(file => readReplay(FOLDER, file))
    const seconds = sum(runs.map(({ duration }) => duration)) / 1_000
    const roundSeconds = seconds / sum(runs.map(({ rounds }) => rounds.length))
    return { name, runs, rounds: runs.flatMap(run => roundsOf(run, gated(metrics, run))), roundSeconds }
  })
}

export function replay({ rounds }: Pool, random: Random): Round {
  const round = rounds[Math.floor(random() * rounds.length)]!
  return random() < 0.5 ? round : round.map(ratio => (ratio === null ? null : -ratio))
}

function gated(metrics: Metric[], { plan }: RunRecord): Metric[] {
  const first = plan.gates.some(({ metric }) => metric.startsWith('latency.')) ? GATED_WAITING : GATED
  const rank = ({ id }: Metric) => (first.includes(id) ? first.indexOf(id) : first.length)
  return metrics.filter(({ family }) => family !== 'exact').toSorted((a, b) => rank(a) - rank(b))
}

function roundsOf(run: RunRecord, metrics: Metric[]): Round[] {
  const evidence = evidenceOfRun(run)
  const excluded = excludedSamples(evidence)
  return evidence.subjects
    .filter(({ id }) => id !== evidence.baseline)
    .flatMap(({ id }) => {
      const columns = metrics.map(metric => ratiosOf(evidence, metric, id, excluded).ratios)
      return run.rounds.map((_, round) => columns.map(column => column[round] ?? null))
    })
    .filter(round => round[0] !== null)
}

const logRatios = (before: number[], after: number[]) =>
  measured(before.map((cost, row) => Math.log(after[row]! / cost)))

/** Ways of making one value out of the paired slices of a round. */
export const ESTIMATORS: Record<string, (before: number[], after: number[]) => number | null> = {
  'totals of both': (before, after) => Math.log(sum(after) / sum(before)),
  'median of pairs': (before, after) => median(logRatios(before, after)),
  'midmean of pairs': (before, after) => midmean(logRatios(before, after)),
}

/** Standard deviation of CPU per request over rounds, for each of the estimators. */
export function scatter(runs: RunRecord[]): number[] {
  const pairs = runs.flatMap(({ plan, rounds }) =>
    rounds.flatMap(({ launches }) => {
      const before = launches.find(({ variant }) => variant === plan.baseline)
      return before ? launches.filter(launch => launch !== before).map(after => [before, after] as const) : []
    }),
  )
  return Object.values(ESTIMATORS).map(estimate =>
    standardDeviation(measured(pairs.map(([before, after]) => estimate(costs(before), costs(after))))),
  )
}

const costs = ({ timed }: LaunchRecord): number[] =>
  (timed.cpu ?? []).map((cpu, row) => (cpu ?? Number.NaN) / (timed.requests?.[row] ?? Number.NaN))
