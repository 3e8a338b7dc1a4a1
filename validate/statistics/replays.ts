/**
 * Rounds of real services that were measured against themselves: `test/replays/*.json.gz`, one record each.
 *
 * A pseudo-experiment draws rounds with replacement and turns each of them around at random, which is what a change
 * that does nothing may do: which side is called "before" is the only thing that is made up.
 */
import { join } from 'node:path'
import { excludedSamples } from '../../harness/analyze/exclusion.ts'
import { ratiosOf } from '../../harness/analyze/ratios.ts'
import { evidenceOfRun } from '../../harness/evidence/index.ts'
import type { Metric } from '../../harness/model/metric.ts'
import type { RunRecord } from '../../harness/model/record.ts'
import type { Random } from '../../harness/stats/random.ts'
import { readReplay, replayFiles } from '../capture/replays.ts'
import type { Round } from './trial.ts'

const FOLDER = join(import.meta.dirname, '..', '..', 'test', 'replays')

/** The first ones are what a scenario gates on; CPU per request carries the targets. */
const GATED = ['cpu.perRequest', 'latency.p50', 'latency.p99', 'throughput', 'cpu.mainThread']

export interface Pool {
  name: string
  runs: RunRecord[]
  rounds: Round[]
  /** What a round took, with all that came between two of them. */
  roundSeconds: number
}

/** One pool per file name without its number: `injected-quiet-1.json.gz` and `-2` are one. */
export function readPools(metrics: Metric[]): Pool[] {
  const groups = Map.groupBy(replayFiles(FOLDER), file => file.replace(/(-\d+)?\.json\.gz$/, ''))
  return [...groups].map(([name, group]) => {
    const runs = group.map(file => readReplay(FOLDER, file))
    return {
      name,
      runs,
      rounds: runs.flatMap(run => roundsOf(run, gated(metrics))),
      roundSeconds: secondsOf(runs),
    }
  })
}

function secondsOf(runs: RunRecord[]): number {
  const time = runs.reduce((total, { duration }) => total + duration, 0)
  return time / 1_000 / runs.flatMap(({ rounds }) => rounds).length
}

export function replay({ rounds }: Pool, random: Random): Round {
  const round = rounds[Math.floor(random() * rounds.length)]!
  return random() < 0.5 ? round : round.map(ratio => (ratio === null ? null : -ratio))
}

function gated(metrics: Metric[]): Metric[] {
  const rank = ({ id }: Metric) => (GATED.includes(id) ? GATED.indexOf(id) : GATED.length)
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
